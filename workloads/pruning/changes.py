"""The phases that change a network without training it: one function per phase."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch

from workloads.data.splits import DataSet
from workloads.network.shrinking import shrunk
from workloads.network.snapshot import restored
from workloads.network.state import State
from workloads.pruning.allocation import (  # fmt: skip
    Budget,
    budget_at,
    budget_on_the_way,
    counts,
    counts_after,
    total,
    total_after,
)
from workloads.pruning.ranking import scores
from workloads.pruning.row_groups import groups_of
from workloads.pruning.select import select
from workloads.pruning.solving.layers import solve_layers
from workloads.pruning.unit_removal import remove_units
from workloads.randomness import generator
from workloads.script.phases import Narrow, Reinitialize, Rescale, Return, Rewind, Shrink, Shuffle
from workloads.script.removals import Cut, Prune

if TYPE_CHECKING:
    from workloads.trial import Trial


def prune(phase: Prune, state: State, trial: Trial, data: DataSet) -> State:
    """Keep the remaining weights with the highest scores, as many as the phase asks for. Each iteration scores anew."""
    if not phase.changes:
        return state
    for budget in _budgets(phase, state):
        weight_scores = scores(phase.criterion, state.weights, state, data.train, trial.seed)
        state.put_masks(select(weight_scores, budget, state.masks, trial.seed))
    return state


def _budgets(phase: Prune, state: State) -> Iterator[Budget]:
    """The number of weights to keep in each iteration, given what the last one has left."""
    if phase.pattern is not None:
        yield groups_of(state.layers, phase.pattern)
        return
    if phase.to is None:
        yield _budget_by_rate(phase, state)
        return
    allocation, dense = phase.allocation, phase.dense_layers
    for level in phase.levels[:-1]:
        yield budget_on_the_way(state.layers, level, phase.to, allocation, dense, state.kept_counts)
    yield budget_at(state.layers, phase.to, allocation, dense)


def _budget_by_rate(phase: Prune, state: State) -> Budget:
    rate, limit = phase.rate or 0.0, phase.limit or None
    if phase.allocation == "global":
        least = 0 if limit is None else total(state.layers, limit)
        return total_after(sum(state.kept_counts.values()), rate, phase.times, least)
    output_rate = phase.output_rate if state.workload.has_prunable_output else None
    floors = None if limit is None else counts(state.layers, limit, phase.allocation)
    return counts_after(state.kept_counts, rate, output_rate, phase.times, floors)


def cut(phase: Cut, state: State, trial: Trial, data: DataSet) -> State:
    """Keep the weights with |w| >= threshold x the standard deviation of the layer's weights."""
    del trial, data
    limits = {name: phase.threshold * weight.detach().std(correction=0) for name, weight in state.weights.items()}
    state.put_masks({name: weight.detach().abs() >= limits[name] for name, weight in state.weights.items()})
    return state


def narrow(phase: Narrow, state: State, trial: Trial, data: DataSet) -> State:
    """Replace the network by a new one with narrower hidden layers."""
    del data
    if not phase.changes:
        return state
    smaller = trial.workload.narrowed(total(trial.workload.layers, phase.to))
    return State.new(smaller, trial.seed, state.device)


def shuffle(phase: Shuffle, state: State, trial: Trial, data: DataSet) -> State:
    """Permute the entries of each layer's mask at random."""
    del data
    rng = generator(trial.seed, "shuffle", phase.draw - 1)
    orders = {name: torch.randperm(mask.numel(), generator=rng).to(mask.device) for name, mask in state.masks.items()}
    state.put_masks({name: mask.flatten()[orders[name]].view_as(mask) for name, mask in state.masks.items()})
    return state


def rescale(phase: Rescale, state: State, trial: Trial, data: DataSet) -> State:
    """Multiply each layer's weights by 1 / sqrt(density), which restores the variance of its units' inputs."""
    del phase, trial, data
    for name, count in state.kept_counts.items():
        if count:  # an empty layer has nothing to scale
            state.weight(name).data.mul_((state.masks[name].numel() / count) ** 0.5)
    return state


def shrink(phase: Shrink, state: State, trial: Trial, data: DataSet) -> State:
    """Take out all dead units."""
    del phase
    return shrunk(state, data.train, trial.seed)


def reinitialize(phase: Reinitialize, state: State, trial: Trial, data: DataSet) -> State:
    """Restart from newly drawn weights under the current masks."""
    del data
    state.start_over(state.workload.model(trial.seed, phase.draw).state_dict(), step=0)
    return state


def rewind(phase: Rewind, state: State, trial: Trial, data: DataSet) -> State:
    """Restart from the remembered weights under the current masks."""
    del trial, data
    early = state.remembered[phase.to]
    state.start_over(early.group("model"), early.facts["tally"]["step"])
    return state


def go_back(phase: Return, state: State, trial: Trial, data: DataSet) -> State:
    """Go back to a remembered network and begin a new run."""
    del trial, data
    earlier = restored(state.remembered[phase.to], state.device)
    earlier.remembered = state.remembered
    earlier.begin_run()
    return earlier


CHANGES: dict[str, Callable[[Any, State, Trial, DataSet], State]] = {
    "prune": prune,
    "solve_layers": solve_layers,
    "cut": cut,
    "remove_units": remove_units,
    "narrow": narrow,
    "shuffle": shuffle,
    "rescale": rescale,
    "shrink": shrink,
    "reinitialize": reinitialize,
    "rewind": rewind,
    "return": go_back,
}
