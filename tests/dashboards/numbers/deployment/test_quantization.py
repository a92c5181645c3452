"""Pruning and quantization, each alone and both, by hand."""

import pytest

from dashboards.numbers.deployment.networks import deployment
from dashboards.numbers.deployment.quantization import quantizations
from tests.dashboards.made_up_deployment import deployed, deployment_sweep
from tests.dashboards.made_up_pruned import dense, pruned
from tests.dashboards.made_up_results import in_memory

ONE_SHOT = {"name": "one_shot", "sparsity": 0.8}


def _in_int8(runs, outcomes):
    return [run if reached is None else deployed(run, int8__test_accuracy=reached)
            for run, reached in zip(runs, outcomes, strict=True)]  # fmt: skip


def _quantizations(runs):
    return quantizations(deployment(in_memory(runs)).networks, 0.95)


def test_both_together_may_cost_more_than_the_sum():
    """Pruning −10 and −8, int8 −1 and −2, both −12 and −14 points: −1 and −4 beyond the sum."""
    runs = [*_in_int8(dense([0.9, 0.92]), [0.89, 0.90]), *_in_int8(pruned(ONE_SHOT, [0.8, 0.84]), [0.78, 0.78])]
    (one,) = _quantizations(runs)
    means = [one.dense, one.pruned, one.quantized, one.both]
    assert [value.mean for value in means] == pytest.approx([0.91, 0.82, 0.895, 0.78])
    changes = [one.pruned_change, one.quantized_change, one.both_change, one.beyond]
    assert [change.mean for change in changes] == pytest.approx([-0.09, -0.015, -0.13, -0.025])
    assert all(change.n == 2 and change.interval for change in changes)


def test_only_the_seeds_of_the_quantized_network_take_part():
    """Seed 1 was not converted: its accuracies don't count."""
    runs = [*_in_int8(dense([0.9, 0.1]), [0.89, None]), *_in_int8(pruned(ONE_SHOT, [0.8, 0.1]), [0.78, None])]
    (one,) = _quantizations(runs)
    assert (one.dense.mean, one.pruned.mean) == (0.9, 0.8)
    assert (one.both_change.n, one.both_change.interval) == (1, None)


def test_a_dense_network_that_was_not_quantized_leaves_its_column_empty():
    runs = [*dense([0.9]), *_in_int8(pruned(ONE_SHOT, [0.8]), [0.78])]
    (one,) = _quantizations(runs)
    assert (one.quantized, one.quantized_change, one.beyond) == (None, None, None)
    assert one.both_change.mean == pytest.approx(-0.12)


def test_series_without_int8_have_no_row():
    (run,) = pruned(ONE_SHOT, [0.8])
    assert _quantizations([*dense([0.9]), deployed(run, csr__test_accuracy=0.8)]) == ()
    assert _quantizations([*dense([0.9]), deployed(run, int8__bytes=10)]) == ()
    assert [one.cell.level for one in _quantizations(deployment_sweep())] == [0.2, 0.8]
