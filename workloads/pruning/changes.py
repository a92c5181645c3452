"""What the phases that are no training do to a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch

from workloads.data.splits import DataSet
from workloads.network.snapshot import restored
from workloads.network.state import State
from workloads.pruning.allocation import Kept, counts, counts_after, kept_at, total, total_after
from workloads.pruning.ranking import scores
from workloads.pruning.select import chosen
from workloads.randomness import generator
from workloads.script.phases import Cut, Narrow, Prune, Reinitialize, Rescale, Return, Rewind, Shuffle

if TYPE_CHECKING:
    from workloads.trial import Trial


def prune(phase: Prune, state: State, trial: Trial, data: DataSet) -> State:
    """Keep as many of the weights that are left as the phase says, those with the highest scores."""
    if not phase.changes:
        return state
    scored = scores(phase.criterion, state.weights, state, data.train, trial.seed)
    state.put_masks(chosen(scored, _kept(phase, state), state.masks, trial.seed))
    return state


def _kept(phase: Prune, state: State) -> Kept:
    """Weights that stay: at a sparsity, or after a rate."""
    if phase.to is not None:
        return kept_at(state.layers, phase.to, phase.allocation, phase.dense_layers)
    rate, limit = phase.rate or 0.0, phase.limit or None
    if phase.allocation == "global":
        least = 0 if limit is None else total(state.layers, limit)
        return total_after(sum(state.kept_counts.values()), rate, phase.times, least)
    output_rate = phase.output_rate if state.workload.has_prunable_output else None
    floors = None if limit is None else counts(state.layers, limit, phase.allocation)
    return counts_after(state.kept_counts, rate, output_rate, phase.times, floors)


def cut(phase: Cut, state: State, trial: Trial, data: DataSet) -> State:
    """Keep the weights beyond the threshold: |w| >= threshold x the standard deviation of the layer's weights."""
    del trial, data  # the weights say it all
    limits = {name: phase.threshold * weight.detach().std(correction=0) for name, weight in state.weights.items()}
    state.put_masks({name: weight.detach().abs() >= limits[name] for name, weight in state.weights.items()})
    return state


def narrow(phase: Narrow, state: State, trial: Trial, data: DataSet) -> State:
    """A new network in place of the old one, with narrower hidden layers."""
    del data  # the new network has seen none
    if not phase.changes:
        return state
    smaller = trial.workload.narrowed(total(trial.workload.layers, phase.to))
    return State.new(smaller, trial.seed, state.device)


def shuffle(phase: Shuffle, state: State, trial: Trial, data: DataSet) -> State:
    """The masks with each layer's places in another order."""
    del data  # chance alone decides
    drawn = generator(trial.seed, "shuffle", phase.draw - 1)
    orders = {name: torch.randperm(mask.numel(), generator=drawn).to(mask.device) for name, mask in state.masks.items()}
    state.put_masks({name: mask.flatten()[orders[name]].view_as(mask) for name, mask in state.masks.items()})
    return state


def rescale(phase: Rescale, state: State, trial: Trial, data: DataSet) -> State:
    """The kept weights of each layer larger by as much as keeps the variance of what its units receive."""
    del phase, trial, data  # the masks say it all
    for name, kept in state.kept_counts.items():
        if kept:  # of a layer that is empty there is nothing to scale
            state.weight(name).data.mul_((state.masks[name].numel() / kept) ** 0.5)
    return state


def reinitialize(phase: Reinitialize, state: State, trial: Trial, data: DataSet) -> State:
    """A network that begins anew with other weights under the same masks."""
    del data  # the new weights have seen none
    state.start_over(state.workload.model(trial.seed, phase.draw).state_dict(), step=0)
    return state


def rewind(phase: Rewind, state: State, trial: Trial, data: DataSet) -> State:
    """A network that begins anew with its own early weights under the masks that it has now."""
    del trial, data  # all is remembered
    early = state.remembered[phase.to]
    state.start_over(early.group("model"), early.facts["tally"]["step"])
    return state


def go_back(phase: Return, state: State, trial: Trial, data: DataSet) -> State:
    """The network that was there before, in a new run."""
    del trial, data  # all is remembered
    before = restored(state.remembered[phase.to], state.device)
    before.remembered = state.remembered
    before.begin_run()
    return before


CHANGES: dict[str, Callable[[Any, State, Trial, DataSet], State]] = {
    "prune": prune,
    "cut": cut,
    "narrow": narrow,
    "shuffle": shuffle,
    "rescale": rescale,
    "reinitialize": reinitialize,
    "rewind": rewind,
    "return": go_back,
}
