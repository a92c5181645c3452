"""Seconds per epoch against the twin's."""

import pytest

from dashboards.numbers.cost.epochs import epochs, speeds
from tests.dashboards.made_up_costs import DENSE, timed, timed_static
from tests.dashboards.made_up_ladder import Ladder, Rung

NAN = float("nan")


def test_times_are_paired_with_the_twins(stored):
    """2.2 / 2 and 4.0 / 4: the mean of 1.1 and 1.0."""
    dense, sparse = epochs(stored(timed(DENSE, [2.0, 4.0]) + timed_static(0.9, [2.2, 4.0])))
    assert (dense.seconds.mean, dense.times) == (3.0, None)
    assert (sparse.seconds.mean, sparse.times.mean) == (pytest.approx(3.1), pytest.approx(1.05))


def test_a_ratio_has_the_interval_of_its_own_level(stored):
    """1.0, 1.1 and 1.2: 4.302653 times 0.1 / sqrt 3 around 1.1."""
    runs = timed(DENSE, [2.0] * 3) + timed_static(0.5, [2.0, 2.2, 2.4]) + timed_static(0.9, [3.0] * 3)
    _, half, _ = epochs(stored(runs))
    assert (half.times.low, half.times.high) == (pytest.approx(0.85158, rel=1e-4), pytest.approx(1.34842, rel=1e-4))


def test_what_was_not_timed_has_no_row(stored):
    (alone,) = epochs(stored(timed(DENSE, [None, 2.0]) + timed_static(0.9, [None])))
    assert (alone.cell.series.label, alone.seconds.n, alone.seconds.low) == ("dense", 1, None)
    (single,) = epochs(stored(timed_static(0.9, [2.0])))
    assert single.times is None and speeds([single]) == ()


def test_without_times_there_are_no_rows(stored):
    assert epochs(stored(timed(DENSE, [None]))) == () == epochs(stored(timed(DENSE, [NAN])))


def test_a_control_has_no_dense_twin(stored):
    times = {"final/test_accuracy": 0.9, "cost/seconds_per_epoch": 2.0}
    rungs = (Rung(0, 0.0, times), Rung(1, 0.9, times), Rung(1, 0.9, times, arm="reinit", draw=1))
    results = stored([Ladder({"name": "lottery_ticket", "levels": [0.9]}, 0, rungs)])
    assert [(one.cell.series.control, one.times) for one in epochs(results)] == [
        (False, None), (False, None), (True, None)]  # fmt: skip


def test_a_series_is_told_at_its_sparsest_level_alone(stored):
    """Fault 9: a range over levels read as an interval. At 90 %, 1.2 on average."""
    runs = timed(DENSE, [2.0] * 2) + timed_static(0.9, [2.2, 2.6]) + timed_static(0.5, [2.0, 2.0])
    (speed,) = speeds(epochs(stored(runs)))
    assert (speed.cell.level, speed.times.mean, speed.p_value) == (0.9, pytest.approx(1.2), None)


def test_speeds_are_tested_against_one_by_holm(stored):
    """Ratios of 1.1, 1.2, 1.3, 1.4 and 1.5: t = 0.3 / (0.15811 / sqrt 5), p = 0.013235; twice that for two series."""
    slow = [2 + 0.2 * (seed + 1) for seed in range(5)]
    runs = timed(DENSE, [2.0] * 5) + timed_static(0.9, slow)
    (speed,) = speeds(epochs(stored(runs)))
    assert speed.p_value == pytest.approx(0.013235, rel=1e-3)
    pair = speeds(epochs(stored(runs + timed({"name": "small_dense", "sparsity": 0.9}, slow))))
    assert [one.p_value for one in pair] == [pytest.approx(2 * 0.013235, rel=1e-3)] * 2
