"""Which weights stay: those with the highest scores, and as many of them as an allocation says."""

from collections.abc import Mapping

import torch
from torch import Tensor

from workloads.pruning.allocation import Kept
from workloads.pruning.select import keep_highest, keep_highest_overall
from workloads.randomness import generator


def chosen(scores: Mapping[str, Tensor], kept: Kept, among: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    """Masks that keep so many of the best-scored weights of the masks `among`, and never others.

    Raises ValueError where more are to be kept than there are: what was removed does not come back."""
    ties = generator(seed, "mask", 1)
    there = {name: int(mask.sum()) for name, mask in among.items()}
    left = {name: score.masked_fill(~among[name], -torch.inf) for name, score in scores.items()}
    if isinstance(kept, int):
        _check(kept, sum(there.values()), "all layers")
        return keep_highest_overall(left, kept, ties)
    for name, count in kept.items():
        _check(count, there[name], name)
    return {name: keep_highest(score, kept[name], ties) for name, score in left.items()}


def _check(kept: int, there: int, where: str) -> None:
    if kept > there:
        raise ValueError(f"cannot keep {kept} weights of {where}, of which {there} are left: what was removed before "
                         "stays removed")  # fmt: skip
