"""What rules do to the masks of a network in training, between two optimizer steps."""

import torch

from workloads.data.images import Images
from workloads.pruning.allocation import kept_at
from workloads.pruning.choice import chosen
from workloads.pruning.criteria import scores
from workloads.pruning.phases import Gradual
from workloads.training.state import State
from workloads.trial import Trial


def apply(rule: Gradual | None, position: int, state: State, trial: Trial, images: Images) -> None:
    """Carry out what a rule has to do after `position` steps of the training: at most times nothing."""
    if rule is not None and position in rule.positions:
        RULES[rule.name](rule, position, state, trial, images)


def _gradual(rule: Gradual, position: int, state: State, trial: Trial, images: Images) -> None:
    """Remove as many weights as the schedule says. Soft: those removed before keep their values and compete again."""
    held = state.removed or {}
    weights = {name: weight.detach() + held.get(name, 0) for name, weight in state.weights.items()}
    again = rule.masks == "soft"
    among = {name: torch.ones_like(mask) for name, mask in state.masks.items()} if again else state.masks
    scored = scores(rule.criterion, weights, state, images.train, trial.seed)
    kept = kept_at(state.layers, rule.sparsity_at(position), rule.allocation, rule.dense_layers)
    masks = chosen(scored, kept, among, trial.seed)
    if again:
        state.removed = {name: weight.masked_fill(masks[name], 0) for name, weight in weights.items()}
        for name, weight in weights.items():
            state.weight(name).data.copy_(weight)
    state.put_masks(masks)


RULES = {"gradual": _gradual}
