"""Exact top-k: scores become masks here and nowhere else."""

from collections.abc import Mapping

import torch
from torch import Tensor

from workloads.pruning.allocation import Budget
from workloads.randomness import generator


def select(
    scores: Mapping[str, Tensor], budget: Budget, candidates: Mapping[str, Tensor], seed: int
) -> dict[str, Tensor]:
    """Masks that keep the highest scores among the weights that the masks `candidates` keep.

    Raises ValueError if the budget exceeds the number of candidates, since removed weights do not come back."""
    ties = generator(seed, "ties")
    available = {name: int(mask.sum()) for name, mask in candidates.items()}
    scores = {name: score.masked_fill(~candidates[name], -torch.inf) for name, score in scores.items()}
    if isinstance(budget, int):
        _check(budget, sum(available.values()), "all layers")
        return keep_highest_overall(scores, budget, ties)
    for name, count in budget.items():
        _check(count, available[name], name)
    return {name: keep_highest(score, budget[name], ties) for name, score in scores.items()}


def grow(scores: Mapping[str, Tensor], budget: Budget, masks: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    """Masks that keep more weights than `masks`: the removed weights with the highest scores are added.

    `budget` is the number to add. Raises ValueError if it exceeds the number of removed weights."""
    additions = select(scores, budget, {name: ~mask for name, mask in masks.items()}, seed)
    return {name: mask | additions[name] for name, mask in masks.items()}


def keep_highest_overall(scores: Mapping[str, Tensor], count: int, ties: torch.Generator) -> dict[str, Tensor]:
    """Masks that keep exactly the `count` highest scores over all layers."""
    flat = keep_highest(torch.cat([score.flatten() for score in scores.values()]), count, ties)
    parts = flat.split([score.numel() for score in scores.values()])
    return {name: part.view_as(score) for (name, score), part in zip(scores.items(), parts, strict=True)}


def keep_highest(scores: Tensor, count: int, ties: torch.Generator) -> Tensor:
    """A mask that is True at exactly the `count` highest scores. Between equal scores, `ties` decides at random.

    Ties by position would empty the first rows of a layer, and a threshold would keep too many or too few weights.
    Raises ValueError if a score is not a number.

    >>> keep_highest(torch.tensor([[0.1, 0.4], [0.3, 0.2]]), 2, torch.Generator())
    tensor([[False,  True],
            [ True, False]])
    """
    if undefined := int(scores.isnan().sum()):
        raise ValueError(f"{undefined} of {scores.numel()} scores are not numbers; nothing can be ranked")
    flat, shuffled = scores.flatten(), torch.randperm(scores.numel(), generator=ties).to(scores.device)
    if count == 0:
        return torch.zeros_like(scores, dtype=torch.bool)
    lowest = flat.kthvalue(flat.numel() - count + 1).values  # that is kept; a fourth of the time of sorting
    mask = flat > lowest
    tied = shuffled[(flat == lowest)[shuffled]]
    mask[tied[: count - int(mask.sum())]] = True
    return mask.view_as(scores)


def _check(count: int, available: int, place: str) -> None:
    if count > available:
        raise ValueError(f"cannot choose {count} weights of {place}: only {available} are available; ask for fewer")
