"""Which weights stay: those with the highest scores, and as many of them as an allocation says."""

from collections.abc import Mapping

import torch
from torch import Tensor

from workloads.pruning.allocation import Kept
from workloads.pruning.select import keep_highest, keep_highest_overall
from workloads.randomness import generator


def chosen(scores: Mapping[str, Tensor], kept: Kept, among: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    """Masks that keep so many of the best-scored weights of the masks `among`, and never others."""
    ties = generator(seed, "mask", 1)
    left = {name: score.masked_fill(~among[name], -torch.inf) for name, score in scores.items()}
    if isinstance(kept, int):
        return keep_highest_overall(left, kept, ties)
    return {name: keep_highest(score, min(kept[name], int(among[name].sum())), ties) for name, score in left.items()}
