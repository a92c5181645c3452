"""Exact top-k: the one place where scores become masks."""

from collections.abc import Mapping

import torch
from torch import Tensor

from workloads.pruning.allocation import Kept
from workloads.randomness import generator


def chosen(scores: Mapping[str, Tensor], kept: Kept, among: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    """Masks that keep so many of the best-scored weights of the masks `among`, and never others.

    Raises ValueError where more are to be kept than there are: what `among` leaves out does not come back."""
    ties = generator(seed, "ties")
    there = {name: int(mask.sum()) for name, mask in among.items()}
    left = {name: score.masked_fill(~among[name], -torch.inf) for name, score in scores.items()}
    if isinstance(kept, int):
        _check(kept, sum(there.values()), "all layers")
        return keep_highest_overall(left, kept, ties)
    for name, count in kept.items():
        _check(count, there[name], name)
    return {name: keep_highest(score, kept[name], ties) for name, score in left.items()}


def grown(scores: Mapping[str, Tensor], more: Kept, masks: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    """Masks that keep so many weights more: the best-scored of those that `masks` leave out.

    Raises ValueError where more are to come back than are gone."""
    added = chosen(scores, more, {name: ~mask for name, mask in masks.items()}, seed)
    return {name: mask | added[name] for name, mask in masks.items()}


def keep_highest_overall(scores: Mapping[str, Tensor], count: int, ties: torch.Generator) -> dict[str, Tensor]:
    """Masks that keep exactly `count` of the highest scores of all layers together."""
    together = keep_highest(torch.cat([score.flatten() for score in scores.values()]), count, ties)
    parts = together.split([score.numel() for score in scores.values()])
    return {name: part.view_as(score) for (name, score), part in zip(scores.items(), parts, strict=True)}


def keep_highest(scores: Tensor, count: int, ties: torch.Generator) -> Tensor:
    """A mask that is True at exactly `count` of the highest scores; equal scores are told apart by `ties` alone.

    Never by position, which would empty the first rows wherever scores tie, and never by comparing with a
    threshold, which keeps too many or too few. Raises ValueError where a score is not a number.

    >>> keep_highest(torch.tensor([[0.1, 0.4], [0.3, 0.2]]), 2, torch.Generator())
    tensor([[False,  True],
            [ True, False]])
    """
    if undefined := int(scores.isnan().sum()):
        raise ValueError(f"{undefined} of {scores.numel()} scores are not numbers; nothing can be ranked")
    shuffled = torch.randperm(scores.numel(), generator=ties).to(scores.device)
    order = scores.flatten()[shuffled].argsort(descending=True, stable=True)
    mask = torch.zeros(scores.numel(), dtype=torch.bool, device=scores.device)
    mask[shuffled[order[:count]]] = True
    return mask.view_as(scores)


def _check(kept: int, there: int, where: str) -> None:
    if kept > there:
        raise ValueError(f"cannot choose {kept} weights of {where}, of which {there} are there: what was removed "
                         "before stays removed")  # fmt: skip
