"""Crossings worked out by hand on the scale of log2 density: 0.5 is -1, 0.75 is -2, 0.875 is -3."""

from math import log

import pytest
from made_up import level

from dashboards.cells import cells
from dashboards.critical import critical, crossing

DENSE = {"name": "dense"}


def _at(halvings: float) -> float:
    """The sparsity after so many halvings of the density."""
    return 1 - 0.5**halvings


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([(0.5, 0.0), (0.75, -0.02)], _at(1.5)),  # half way down
        ([(0.5, 0.0), (0.75, -0.04)], _at(1.25)),
        ([(0.5, -0.02)], _at(0.5)),  # between the twin and the first level
        ([(0.5, -0.01), (0.75, -0.03)], _at(1.0)),  # exactly on the margin is not beyond it
        ([(0.5, 0.0), (0.75, -0.005)], None),
        ([(0.5, -0.02), (0.75, 0.0), (0.875, -0.03)], _at(2.0)),  # the first two are pooled to -0.01
        ([(0.5, 0.5), (0.75, -0.09)], _at(1 + 0.26 / 0.34)),  # the twin and the first level are pooled to 0.25
    ],
)
def test_where_the_loss_reaches_one_point(levels, expected):
    found = crossing(levels, 0.01)
    assert found == (None if expected is None else pytest.approx(expected))


def _series(stored, *losses_by_seed):
    """A series at the sparsities 0.5, 0.75 and 0.875 with the given losses of each seed."""
    runs = level(DENSE, [0.9] * len(losses_by_seed))
    for index, sparsity in enumerate((0.5, 0.75, 0.875)):
        accuracies = [0.9 - losses[index] for losses in losses_by_seed]
        runs += level({"name": "static_random", "sparsity": sparsity}, accuracies)
    found = [cell for cell in cells(stored(runs)) if not cell.series.dense]
    return critical(found, 0.01, 0.95)


def test_the_mean_is_taken_over_log_density(stored):
    one = _series(stored, (0, 0.02, 0.1), (0, 0, 0.02))  # 1.5 and 2.5 halvings
    assert one.by_seed == {0: pytest.approx(_at(1.5)), 1: pytest.approx(_at(2.5))}
    assert one.typical == pytest.approx(_at(2.0))
    assert one.between == (0.5, 0.75) and one.crossed == 2
    low, high = one.interval
    half = 12.706204736 * log(2) / 2  # t of one degree of freedom; the standard error is half a halving
    assert (log(1 - low), log(1 - high)) == pytest.approx((-2 * log(2) + half, -2 * log(2) - half))


def test_where_a_seed_never_loses_the_margin_the_median_stands(stored):
    one = _series(stored, (0, 0.02, 0.1), (0, 0, 0.02), (0, 0, 0))
    assert (one.crossed, one.log_density, one.interval) == (2, None, None)
    assert one.typical == pytest.approx(_at(2.5)) and one.between == (0.75, 0.875)


def test_where_most_seeds_never_lose_it_nothing_is_made_up(stored):
    one = _series(stored, (0, 0.02, 0.1), (0, 0, 0), (0, 0, 0.001))
    assert (one.crossed, one.typical, one.sparsest, one.between) == (1, None, 0.875, None)


def test_without_pairs_there_is_none(stored):
    assert critical(cells(stored(level(DENSE, [0.9]))), 0.01, 0.95) is None
