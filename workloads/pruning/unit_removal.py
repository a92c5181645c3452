"""Structured pruning: masks that remove whole units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from workloads.data.splits import DataSet
from workloads.network.entries import places, unit_sums
from workloads.network.state import State
from workloads.pruning.allocation import units_after, units_left
from workloads.pruning.ranking import Ranking
from workloads.pruning.select import select
from workloads.script.removals import RemoveUnits

if TYPE_CHECKING:
    from workloads.trial import Trial


def remove_units(phase: RemoveUnits, state: State, trial: Trial, data: DataSet) -> State:
    """Keep the units with the highest scores among those that remain, as many as the phase asks for."""
    if not phase.changes:
        return state
    scores = phase.criterion.unit_scores(Ranking(state.weights, state, data.train, trial.seed))
    mask_units(state, chosen(phase, scores, state, trial.seed))
    return state


def chosen(phase: RemoveUnits, scores: dict[str, Tensor], state: State, seed: int) -> dict[str, Tensor]:
    """Block, by the layer that computes its units -> the units to keep: bool (units,).

    A global ranking divides scores by their mean in the block, so that blocks compare, and keeps each block's best."""
    left = remaining_units(state)
    if phase.allocation == "global":
        best = select(scores, {name: min(1, int(units.sum())) for name, units in left.items()}, left, seed)
        scores = {name: (score / score[left[name]].mean()).nan_to_num(0.0) for name, score in scores.items()}
        scores = {name: score.masked_fill(best[name], torch.inf) for name, score in scores.items()}
        (count,) = units_after([sum(units.numel() for units in left.values())], phase.ratio or 0.0)
        return select(scores, min(max(count, len(left)), sum(int(units.sum()) for units in left.values())), left, seed)
    counts = dict(zip(left, units_left(state.workload, phase), strict=True))
    return select(scores, {name: min(counts[name], int(units.sum())) for name, units in left.items()}, left, seed)


def remaining_units(state: State) -> dict[str, Tensor]:
    """Block -> the units of which the masks keep weights that compute them: bool (units,)."""
    return {block.layer: unit_sums(state.masks[block.layer], block.incoming[0]) > 0 for block in state.workload.units()}


def mask_units(state: State, kept: dict[str, Tensor]) -> None:
    """Mask all weights of the other units, and set their biases, norms and optimizer buffers to zero.

    The output of such a unit is 0 and stays 0 in training. Its weights are masked on both sides: without weights that
    read it, its bias and norm get no gradient, weight decay leaves 0 at 0, and the optimizer's empty buffers move
    nothing."""
    parameters = dict(state.model.named_parameters())
    masks = {f"{name}.weight": mask.clone() for name, mask in state.masks.items()}
    for block in state.workload.units():
        for entries in (*block.incoming, *block.outgoing):
            removed = places(entries, ~kept[block.layer])
            if entries.tensor in masks:
                masks[entries.tensor].index_fill_(entries.axis, removed, False)
                continue
            parameter = parameters[entries.tensor]
            for tensor in (parameter.data, *state.buffers(parameter)):
                tensor.index_fill_(entries.axis, removed, 0)
    state.put_masks({name: masks[f"{name}.weight"] for name in state.masks})
