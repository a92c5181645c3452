"""Densities at which a format overtakes the dense network, by hand."""

import pytest

from dashboards.numbers.deployment.break_even import Threshold, break_evens, threshold
from dashboards.numbers.deployment.networks import deployment
from tests.dashboards.made_up_deployment import deployed, deployment_sweep
from tests.dashboards.made_up_pruned import dense, pruned
from tests.dashboards.made_up_results import in_memory


def _break_evens(runs):
    return {one.form: one for one in break_evens(deployment(in_memory(runs)).networks)}


def test_break_even_lies_between_two_levels():
    """From twice to half the size on the way from 40 % to 10 %: the middle of their logarithms is 20 %."""
    assert threshold([(0.1, 0.5), (0.4, 2.0)]).density == pytest.approx(0.2)


def test_a_ratio_of_one_is_no_gain_and_a_crossing_there_is_at_that_level():
    assert threshold([(0.5, 1.0), (0.1, 0.5)]) == Threshold(pytest.approx(0.5), True)
    assert threshold([(0.5, 1.0)]) == Threshold(None, False)


def test_ahead_at_every_level_or_at_none_there_is_no_density():
    assert threshold([(1.0, 0.9), (0.1, 0.5)]) == Threshold(None, True)
    assert threshold([(1.0, 3.0), (0.1, 2.0)]) == Threshold(None, False)
    assert threshold([]) is threshold([(0.5, None)]) is None


def test_the_last_crossing_counts():
    """Ahead at 50 %, behind at 40 %, ahead at 10 %."""
    assert threshold([(1.0, 2.0), (0.5, 0.9), (0.4, 2.0), (0.1, 0.5)]).density == pytest.approx(0.2)


def test_the_dense_network_in_a_format_is_its_first_level():
    """Compressed rows: twice the density in bytes, four times in seconds, at 100, 80 and 20 %."""
    found = _break_evens(deployment_sweep())
    assert list(found) == ["bitmask", "csr", "int8", "onnx"]
    assert found["csr"].bytes.density == pytest.approx(0.5)
    assert [found["csr"].latencies[batch].density for batch in (1, 256)] == pytest.approx([0.25, 0.25])
    assert 0.8 < found["bitmask"].bytes.density < 1  # 33/32 of the dense file at 100 %
    assert found["bitmask"].latencies == {1: None, 256: None}
    assert found["int8"].bytes == Threshold(None, True)
    assert (found["onnx"].bytes, found["onnx"].latencies[1]) == (Threshold(None, False), Threshold(None, True))


def test_one_level_without_a_converted_dense_network_gives_no_ratio():
    (run,) = pruned({"name": "one_shot", "sparsity": 0.5}, [0.8])
    assert _break_evens([*dense([0.9]), deployed(run, csr__bytes=100)])["csr"].bytes is None
