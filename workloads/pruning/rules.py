"""What rules do to the masks of a network in training, between two optimizer steps."""

from workloads.pruning.choice import chosen
from workloads.pruning.phases import Gradual
from workloads.training.state import State
from workloads.trial import Trial


def apply(rule: Gradual | None, position: int, state: State, trial: Trial) -> None:
    """Carry out what a rule has to do after `position` steps of the training: at most times nothing."""
    if rule is not None and position in rule.positions:
        RULES[rule.name](rule, position, state, trial)


def _gradual(rule: Gradual, position: int, state: State, trial: Trial) -> None:
    """Remove as many weights as the schedule says. Soft: those removed before keep their values and compete again."""
    held = state.removed or {}
    weights = {name: weight.detach() + held.get(name, 0) for name, weight in state.weights.items()}
    again = rule.masks == "soft"
    masks = chosen(rule, rule.sparsity_at(position), weights, None if again else state.masks, state.layers, trial.seed)
    if again:
        state.removed = {name: weight.masked_fill(masks[name], 0) for name, weight in weights.items()}
        for name, weight in weights.items():
            state.weight(name).data.copy_(weight)
    state.put_masks(masks)


RULES = {"gradual": _gradual}
