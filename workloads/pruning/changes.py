"""What the phases that are no training do to a network."""

from workloads.data.images import Images
from workloads.pruning.allocation import kept_after, kept_at, total
from workloads.pruning.choice import chosen
from workloads.pruning.criteria import scores
from workloads.pruning.phases import Cut, Narrow, Prune
from workloads.training.state import State
from workloads.trial import Trial


def prune(phase: Prune, state: State, trial: Trial, images: Images) -> State:
    """Keep as many of the weights that are left as the phase says, those with the highest scores."""
    if not phase.changes:
        return state
    scored = scores(phase.criterion, state.weights, state, images.train, trial.seed)
    if phase.to is not None:
        kept = kept_at(state.layers, phase.to, phase.allocation, phase.dense_layers)
    else:
        kept = kept_after(state.kept, phase.rate, phase.allocation, phase.output_rate)
    state.put_masks(chosen(scored, kept, state.masks, trial.seed))
    return state


def cut(phase: Cut, state: State, trial: Trial, images: Images) -> State:
    """Keep the weights beyond the threshold: |w| >= threshold x the standard deviation of the layer's weights."""
    del trial, images  # the weights say it all
    limits = {name: phase.threshold * weight.detach().std(correction=0) for name, weight in state.weights.items()}
    state.put_masks({name: weight.detach().abs() >= limits[name] for name, weight in state.weights.items()})
    return state


def narrow(phase: Narrow, state: State, trial: Trial, images: Images) -> State:
    """A new network in place of the old one, with narrower hidden layers."""
    del images  # the new network has seen none
    if not phase.changes:
        return state
    smaller = trial.workload.narrowed(total(trial.workload.layers, phase.to))
    return State.new(smaller, trial.seed, state.device)


CHANGES = {"prune": prune, "cut": cut, "narrow": narrow}
