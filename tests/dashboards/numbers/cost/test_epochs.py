"""Seconds per epoch against the twin's."""

from dataclasses import replace

import pytest

from dashboards.numbers.cost.epochs import epochs
from dashboards.sections.cost.epochs import SECTION
from tests.dashboards.made_up import level
from tests.dashboards.made_up_ladder import Ladder, Rung

DENSE, NAN = {"name": "dense"}, float("nan")


def _timed(method, seconds, zeros=0.0):
    def of(seed):
        return {"metrics": {"final/test_accuracy": 0.9, "layer_sparsity/output": zeros}
                | ({"cost/seconds_per_epoch": seconds[seed]} if seconds[seed] else {})}  # fmt: skip

    return level(method, [0] * len(seconds), of)


def _static(sparsity, seconds):
    return _timed({"name": "static_random", "sparsity": sparsity}, seconds, zeros=sparsity)


def test_times_are_paired_with_the_twins(stored):
    """2.2 / 2 and 4.0 / 4: the mean of 1.1 and 1.0."""
    dense, sparse = epochs(stored(_timed(DENSE, [2.0, 4.0]) + _static(0.9, [2.2, 4.0])))
    assert (dense.seconds.mean, dense.times, dense.simulated) == (3.0, None, False)
    assert (sparse.seconds.mean, sparse.times.mean, sparse.simulated) == (
        pytest.approx(3.1), pytest.approx(1.05), True)  # fmt: skip


def test_simulated_sparsity_is_said_and_a_narrow_network_has_none(stored):
    runs = _timed(DENSE, [2.0, 2.0]) + _static(0.5, [2.0, 2.0]) + _static(0.9, [2.4, 2.4])
    runs += _timed({"name": "small_dense", "sparsity": 0.9}, [1.0, 1.0])
    numbers = SECTION.summarize(stored(runs))
    assert SECTION.text(numbers)[:2] == (
        "An epoch of static_random takes 1.00 times as long as its dense twin's at 50 % sparsity and 1.20 times at "
        "90 % sparsity (n = 2, simulated sparsity).",
        "An epoch of small_dense takes 0.50 times as long as its dense twin's at 90 % sparsity (n = 2, no zeros "
        "multiplied).",
    )
    assert SECTION.text(numbers)[2].startswith("Sparsity is simulated")
    (table,) = SECTION.tables(numbers)
    assert [row[-1] for row in table.rows] == ["none", "multiplied", "multiplied", "none"]
    lines = {line.name: line for line in SECTION.draw(numbers).data}
    assert all(symbol.endswith("-open") for symbol in lines["static_random"].marker.symbol)
    assert not any(symbol.endswith("-open") for symbol in lines["small_dense"].marker.symbol)


def test_a_ratio_has_the_interval_of_its_own_level(stored):
    """1.0, 1.1 and 1.2: 4.302653 times 0.1 / sqrt 3 around 1.1."""
    runs = _timed(DENSE, [2.0] * 3) + _static(0.5, [2.0, 2.2, 2.4]) + _static(0.9, [3.0] * 3)
    assert SECTION.text(SECTION.summarize(stored(runs)))[0] == (
        "An epoch of static_random takes 1.10 (0.85 to 1.35) times as long as its dense twin's at 50 % sparsity and "
        "1.50 times at 90 % sparsity (n = 3, simulated sparsity).")  # fmt: skip


def test_networks_are_averaged_seed_by_seed(stored):
    wide = {"workload": {"name": "fashion_mnist_mlp", "hidden": [20]}}
    others = [replace(run, **wide) for run in _timed(DENSE, [2.0, 2.0]) + _static(0.9, [3.0, 3.2])]
    runs = _timed(DENSE, [2.0, 2.0]) + _static(0.9, [2.0, 2.2]) + others
    assert SECTION.text(SECTION.summarize(stored(runs)))[0].startswith(
        "An epoch of static_random takes 1.30 (0.66 to 1.94) times as long as its dense twin's at 90 % sparsity, on 2 "
        "networks (n = 2, ")  # fmt: skip


def test_what_was_not_timed_has_no_row(stored):
    (one,) = epochs(stored(_timed(DENSE, [None, 2.0]) + _static(0.9, [None])))
    assert (one.cell.series.label, one.seconds.n, one.seconds.low) == ("dense", 1, None)
    (alone,) = epochs(stored(_static(0.9, [2.0])))
    assert alone.times is None and SECTION.text(SECTION.summarize(stored(_static(0.9, [2.0]))))[0].startswith(
        "Sparsity is"
    )


def test_without_times_there_is_nothing_to_say(stored):
    assert SECTION.summarize(stored(_timed(DENSE, [None]))) is None
    assert SECTION.summarize(stored(_timed(DENSE, [NAN]))) is None


def test_a_control_has_no_dense_twin(stored):
    timed = {"final/test_accuracy": 0.9, "cost/seconds_per_epoch": 2.0}
    rungs = (Rung(0, 0.0, timed), Rung(1, 0.9, timed), Rung(1, 0.9, timed, arm="reinit", draw=1))
    results = stored([Ladder({"name": "lottery_ticket", "levels": [0.9]}, 0, rungs)])
    assert [(one.cell.series.control, one.times) for one in epochs(results)] == [
        (False, None), (False, None), (True, None)]  # fmt: skip
