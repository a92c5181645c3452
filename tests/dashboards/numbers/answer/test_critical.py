"""Crossings worked out by hand on the scale of log2 density: 0.5 is -1, 0.75 is -2, 0.875 is -3."""

from dataclasses import replace
from math import log

import pytest

from dashboards.numbers.answer.critical import Crossing, critical, crossing
from dashboards.numbers.cells.cells import cells
from dashboards.sections.answer.limits_sentences import critical_interval
from tests.dashboards.made_up import level

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
    assert (found and found.at) == (None if expected is None else pytest.approx(expected))


def test_the_levels_on_both_sides_are_told():
    assert crossing([(0.5, 0.0), (0.75, -0.02)], 0.01) == Crossing(pytest.approx(_at(1.5)), 0.5, 0.75)
    assert crossing([(0.5, -0.02)], 0.01) == Crossing(pytest.approx(_at(0.5)), 0.0, 0.5)
    pooled = crossing([(0.5, -0.02), (0.75, 0.0), (0.875, -0.03)], 0.01)
    assert (pooled.denser, pooled.sparser) == (0.75, 0.875)


def _series(stored, *losses_by_seed):
    """A series at the sparsities 0.5, 0.75 and 0.875 with the given losses of each seed."""
    runs = level(DENSE, [0.9] * len(losses_by_seed))
    for index, sparsity in enumerate((0.5, 0.75, 0.875)):
        accuracies = [0.9 - losses[index] for losses in losses_by_seed]
        runs += level({"name": "static_random", "sparsity": sparsity}, accuracies)
    found = [cell for cell in cells(stored(runs)) if not cell.series.dense]
    return critical(found, 0.01, 0.95)


def _ats(one):
    return {seed: found and found.at for seed, found in one.by_seed.items()}


def test_the_mean_is_taken_over_log_density(stored):
    one = _series(stored, (0, 0.02, 0.1), (0, 0, 0.02))  # 1.5 and 2.5 halvings
    assert _ats(one) == {0: pytest.approx(_at(1.5)), 1: pytest.approx(_at(2.5))}
    assert one.typical == Crossing(pytest.approx(_at(2.0)), 0.5, 0.875) and one.crossed == 2


def test_the_interval_runs_from_the_lower_brackets_to_the_upper_ones(stored):
    """Brackets of 1 to 2, 2 to 3 and 1 to 2 halvings: means 4/3 and 7/3, both with an error of 1/3; t = 4.302653."""
    one = _series(stored, (0, 0.02, 0.1), (0, 0, 0.02), (0, 0.02, 0.1))
    assert one.interval is None  # 4/3 - 1.434 halvings are more than all weights, 7/3 + 1.434 beyond what was tried
    low, high = replace(one, confidence=0.8).interval  # t = 1.885618
    assert log(1 - low) == pytest.approx(-(4 / 3 - 1.885618 / 3) * log(2), rel=1e-6)
    assert log(1 - high) == pytest.approx(-(7 / 3 + 1.885618 / 3) * log(2), rel=1e-6)
    assert high < one.sparsest and critical_interval(replace(one, confidence=0.8)) == "38.6 to 87.2 %"
    assert critical_interval(replace(one, confidence=0.85)).endswith("to beyond 87.5 %")


def test_seeds_that_cross_between_the_same_levels_know_no_more_than_those(stored):
    one = _series(stored, (0, 0.02, 0.1), (0, 0.04, 0.1))
    assert one.interval == pytest.approx((0.5, 0.75)) == (one.typical.denser, one.typical.sparser)
    assert critical_interval(one) == "50.0 to 75.0 %"


def test_one_seed_has_no_interval(stored):
    one = _series(stored, (0, 0.02, 0.1))
    assert one.typical.at == pytest.approx(_at(1.5)) and one.interval is None


def test_a_coarser_grid_has_a_wider_interval(stored):
    """The loss is the same straight line over log density; with the level in between left out less is known."""
    lost = {0.5: 0.005, 0.75: 0.015, 0.875: 0.025}
    found = []
    for levels in (tuple(lost), (0.5, 0.875)):
        runs = level(DENSE, [0.9, 0.9])
        for sparsity in levels:
            runs += level({"name": "static_random", "sparsity": sparsity}, [0.9 - lost[sparsity]] * 2)
        found.append(critical([cell for cell in cells(stored(runs)) if not cell.series.dense], 0.01, 0.95))
    assert [one.interval for one in found] == [pytest.approx((0.5, 0.75)), pytest.approx((0.5, 0.875))]
    assert [one.typical.at for one in found] == pytest.approx([_at(1.5)] * 2)


def test_where_a_seed_never_loses_the_margin_the_median_stands(stored):
    one = _series(stored, (0, 0.02, 0.1), (0, 0, 0.02), (0, 0, 0))
    assert (one.crossed, one.interval) == (2, None)
    assert one.typical == Crossing(pytest.approx(_at(2.5)), 0.5, 0.875)


def test_where_most_seeds_never_lose_it_nothing_is_made_up(stored):
    one = _series(stored, (0, 0.02, 0.1), (0, 0, 0), (0, 0, 0.001))
    assert (one.crossed, one.typical, one.sparsest) == (1, None, 0.875)


def test_without_pairs_there_is_none(stored):
    assert critical(cells(stored(level(DENSE, [0.9]))), 0.01, 0.95) is None
