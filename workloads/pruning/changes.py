"""What the phases that are no training do to a network."""

from workloads.pruning.allocation import total
from workloads.pruning.choice import chosen
from workloads.pruning.phases import Cut, Narrow, Prune
from workloads.training.state import State
from workloads.trial import Trial


def prune(phase: Prune, state: State, trial: Trial) -> State:
    """Keep as many weights as the allocation says, those with the highest scores."""
    if not phase.changes:
        return state
    state.put_masks(chosen(phase, phase.to, state.weights, None, state.layers, trial.seed))
    return state


def cut(phase: Cut, state: State, trial: Trial) -> State:
    """Keep the weights beyond the threshold: |w| >= threshold x the standard deviation of the layer's weights."""
    del trial  # nothing here is random
    limits = {name: phase.threshold * weight.detach().std(correction=0) for name, weight in state.weights.items()}
    state.put_masks({name: weight.detach().abs() >= limits[name] for name, weight in state.weights.items()})
    return state


def narrow(phase: Narrow, state: State, trial: Trial) -> State:
    """A new network in place of the old one, with narrower hidden layers."""
    if not phase.changes:
        return state
    smaller = trial.workload.narrowed(total(trial.workload.layers, phase.to))
    return State.new(smaller, trial.seed, state.device)


CHANGES = {"prune": prune, "cut": cut, "narrow": narrow}
