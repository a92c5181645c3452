"""How far masks move: what one update changed, and what all of them have kept so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from workloads.network.rule_state import RuleState

EXPLORED = "explored"  # the group of a rule's tensors that holds the places that any mask has kept


def explored(memory: RuleState, *masks: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Layer name -> whether one of `masks`, or a mask before, keeps the weight."""
    places = memory.group(EXPLORED)
    for mask in masks:
        places = {name: places[name] | kept if name in places else kept.clone() for name, kept in mask.items()}
    return places


def moves(before: Mapping[str, Tensor], after: Mapping[str, Tensor], places: Mapping[str, Tensor]) -> dict[str, float]:
    """The metrics of an update of masks, over all layers; `places` as from `explored`.

    `masks/churn` is the fraction of the weights kept before that are removed after. `masks/exploration` is the fraction
    of all prunable weights that any mask has kept (Liu et al. 2021)."""
    kept = sum(int(mask.sum()) for mask in before.values())
    removed = sum(int((mask & ~after[name]).sum()) for name, mask in before.items())
    visited, size = sum(int(mask.sum()) for mask in places.values()), sum(mask.numel() for mask in places.values())
    return {"masks/churn": removed / kept, "masks/exploration": visited / size}
