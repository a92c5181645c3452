"""Churn and exploration by hand."""

import torch

from workloads.network.groups import grouped
from workloads.network.rule_state import RuleState
from workloads.rules.moves import EXPLORED, explored, moves


def masks(*kept: int) -> dict[str, torch.Tensor]:
    """Two layers of five weights in all, of which those with these numbers are kept."""
    flat = torch.tensor([number in kept for number in range(5)])
    return {"a": flat[:3].view(1, 3), "b": flat[3:].view(2, 1)}


def test_five_weights_by_hand():
    """Of the three kept before, two are gone; four of the five have been kept by now, and the fifth long ago."""
    before, after = masks(0, 2, 3), masks(0, 4)
    found = moves(before, after, explored(RuleState(), before, after))
    assert found == {"masks/churn": 2 / 3, "masks/exploration": 0.8}
    memory = RuleState(tensors=grouped(EXPLORED, masks(1)))
    assert moves(before, after, explored(memory, before, after)) == {"masks/churn": 2 / 3, "masks/exploration": 1.0}


def test_what_was_explored_is_not_changed_in_place():
    before = masks(0)
    explored(RuleState(), before, masks(1, 2))
    assert [int(mask.sum()) for mask in before.values()] == [1, 0]


def test_a_mask_that_only_grows_has_no_churn():
    before, after = masks(0), masks(0, 1, 2, 3, 4)
    assert moves(before, after, explored(RuleState(), before, after)) == {"masks/churn": 0.0, "masks/exploration": 1.0}
