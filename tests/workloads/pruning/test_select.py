"""Exact top-k, ties included."""

import pytest
import torch
from scipy.stats import chisquare, hypergeom

from workloads.pruning.select import grow, keep_highest
from workloads.randomness import generator


def ties(index: int = 0) -> torch.Generator:
    return generator(0, "shuffle", index)


def test_four_numbers():
    assert keep_highest(torch.tensor([0.1, -0.4, 0.3, 0.2]), 2, ties()).tolist() == [False, False, True, True]


@pytest.mark.parametrize("count", [0, 1, 3, 999, 1000])
def test_counts_are_exact_where_all_scores_tie(count):
    assert int(keep_highest(torch.zeros(10, 100), count, ties()).sum()) == count


def test_higher_scores_always_come_before_ties():
    scores = torch.cat([torch.zeros(500), torch.ones(3), torch.zeros(500)])
    mask = keep_highest(scores, 10, ties())
    assert mask[500:503].all() and int(mask.sum()) == 10


@pytest.mark.parametrize("count", [0, 1, 250, 999, 1000])
def test_the_highest_are_those_of_a_stable_sort_in_random_order(count):
    """Also among many ties."""
    scores = torch.rand(1000, generator=torch.Generator().manual_seed(0)).round(decimals=1)
    order = torch.randperm(1000, generator=ties())
    first = order[scores[order].argsort(descending=True, stable=True)[:count]]
    kept = keep_highest(scores, count, ties()).nonzero().flatten()
    assert kept.tolist() == sorted(first.tolist())


def test_scaling_scores_changes_nothing():
    scores = torch.rand(1000, generator=torch.Generator().manual_seed(0)).round(decimals=1)
    assert torch.equal(keep_highest(scores, 300, ties()), keep_highest(scores * 8, 300, ties()))


def test_ties_do_not_prefer_positions():
    """Kept per row of a tied matrix is hypergeometric: chi-square over 400 draws."""
    rows, columns, kept = 4, 5, 10
    seen = torch.cat([keep_highest(torch.zeros(rows, columns), kept, ties(draw)).sum(1)[:1] for draw in range(400)])
    observed = [int((seen == k).sum()) for k in range(columns + 1)]
    expected = [400 * hypergeom.pmf(k, rows * columns, kept, columns) for k in range(columns + 1)]
    merged = lambda counts: [counts[0] + counts[1], *counts[2:4], counts[4] + counts[5]]  # noqa: E731
    assert chisquare(merged(observed), merged(expected)).pvalue > 1e-3


def test_a_score_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="1 of 3 scores are not numbers"):
        keep_highest(torch.tensor([0.0, float("nan"), 1.0]), 1, ties())


def test_what_grows():
    """Of four weights two are gone; the better of these two comes back, whatever the others score."""
    masks, scores = {"a": torch.tensor([True, False, False, True])}, {"a": torch.tensor([9.0, 1.0, 2.0, 0.0])}
    assert grow(scores, 1, masks, seed=0)["a"].tolist() == [True, False, True, True]
    assert grow(scores, {"a": 2}, masks, seed=0)["a"].tolist() == [True] * 4
    with pytest.raises(ValueError, match="cannot choose 3 weights of all layers: only 2 are available"):
        grow(scores, 3, masks, seed=0)
