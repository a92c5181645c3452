"""Which weights stay: scores, and as many of them as an allocation says."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from workloads.pruning.allocation import counts, total
from workloads.pruning.criteria import scores
from workloads.pruning.phases import Gradual, Prune
from workloads.pruning.select import keep_highest, keep_highest_overall
from workloads.randomness import generator
from workloads.workload import Layer


def chosen(
    how: Prune | Gradual,
    sparsity: float,
    weights: Mapping[str, Tensor],
    among: Mapping[str, Tensor] | None,
    layers: Sequence[Layer],
    seed: int,
) -> dict[str, Tensor]:
    """Masks that keep the best-scored weights at `sparsity`; of those in the masks `among`, where they are given."""
    ties = generator(seed, "mask", 1)
    scored = scores(how.criterion, weights, seed)
    if among is not None:
        scored = {name: score.masked_fill(~among[name], -torch.inf) for name, score in scored.items()}
    if how.allocation == "global":
        return keep_highest_overall(scored, total(layers, sparsity), ties)
    kept = counts(layers, sparsity, how.allocation, how.dense_layers)
    return {name: keep_highest(score, kept[name], ties) for name, score in scored.items()}
