"""Exact top-k: scores become masks here and nowhere else."""

from collections.abc import Mapping

import torch
from torch import Tensor

from workloads.pruning.allocation import Budget
from workloads.pruning.row_groups import RowGroups
from workloads.randomness import generator


def select(
    scores: Mapping[str, Tensor], budget: Budget, candidates: Mapping[str, Tensor], seed: int
) -> dict[str, Tensor]:
    """Masks that keep the highest scores among the weights that the masks `candidates` keep.

    Raises ValueError if the budget exceeds the number of candidates, since removed weights do not come back. Of a group
    with fewer candidates than it may keep all stay."""
    ties = generator(seed, "ties")
    available = {name: int(mask.sum()) for name, mask in candidates.items()}
    scores = {name: score.masked_fill(~candidates[name], -torch.inf) for name, score in scores.items()}
    if isinstance(budget, int):
        _check(budget, sum(available.values()), "all layers")
        return keep_highest_overall(scores, budget, ties)
    masks = {}
    for name, kept in budget.items():
        if isinstance(kept, RowGroups):
            layer = kept.layer
            masks[name] = layer.from_rows(keep_highest_of_groups(layer.rows(scores[name]), kept, ties))
            masks[name] &= candidates[name]
        else:
            _check(kept, available[name], name)
            masks[name] = keep_highest(scores[name], kept, ties)
    return masks


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


def keep_highest_of_groups(scores: Tensor, groups: RowGroups, ties: torch.Generator) -> Tensor:
    """A mask that keeps the highest scores of each group; scores and mask are (out, features), see `Layer.rows`."""
    return keep_highest_of_each(scores.reshape(-1, groups.size), groups.kept, ties).view(scores.shape)


def keep_highest_of_each(scores: Tensor, count: int, ties: torch.Generator) -> Tensor:
    """A mask (groups, size) that is True at exactly the `count` highest scores of each row; ties as `keep_highest`.

    >>> keep_highest_of_each(torch.tensor([[0.1, 0.4], [0.3, 0.2]]), 1, torch.Generator())
    tensor([[False,  True],
            [ True, False]])
    """
    _check_numbers(scores)
    order = torch.rand(scores.shape, generator=ties).argsort(1).to(scores.device)
    best = scores.gather(1, order).argsort(stable=True, dim=1, descending=True)[:, :count]
    return torch.zeros_like(scores, dtype=torch.bool).scatter_(1, order.gather(1, best), True)


def keep_highest(scores: Tensor, count: int, ties: torch.Generator) -> Tensor:
    """A mask that is True at exactly the `count` highest scores. Between equal scores, `ties` decides at random.

    Ties by position would empty the first rows of a layer, and a threshold would keep too many or too few weights.
    Raises ValueError if a score is not a number.

    >>> keep_highest(torch.tensor([[0.1, 0.4], [0.3, 0.2]]), 2, torch.Generator())
    tensor([[False,  True],
            [ True, False]])
    """
    _check_numbers(scores)
    flat, shuffled = scores.flatten(), torch.randperm(scores.numel(), generator=ties).to(scores.device)
    if count == 0:
        return torch.zeros_like(scores, dtype=torch.bool)
    lowest = flat.kthvalue(flat.numel() - count + 1).values  # that is kept; a fourth of the time of sorting
    mask = flat > lowest
    tied = shuffled[(flat == lowest)[shuffled]]
    mask[tied[: count - int(mask.sum())]] = True
    return mask.view_as(scores)


def _check_numbers(scores: Tensor) -> None:
    if undefined := int(scores.isnan().sum()):
        raise ValueError(f"{undefined} of {scores.numel()} scores are not numbers; nothing can be ranked")


def _check(count: int, available: int, place: str) -> None:
    if count > available:
        raise ValueError(f"cannot choose {count} weights of {place}: only {available} are available; ask for fewer")
