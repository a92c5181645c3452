"""Trends of looks made up by hand."""

import numpy as np
import pytest

from workloads.measure.trends import trends
from workloads.network.state import Look


def looks(steps: list[int], sparsities: list[float], rates: dict[int, float] | None = None) -> list[Look]:
    """`rates`: the revival rate of some looks, by their place."""
    rates = rates or {}
    return [
        Look(step, {"sparsity/overall": sparse} | ({"weight_revival/revival_rate": rates[at]} if at in rates else {}))
        for at, (step, sparse) in enumerate(zip(steps, sparsities))
    ]


def test_slope_is_per_thousand_steps():
    assert trends(looks([200, 400], [0.1, 0.2])) == {"trends/sparsity_slope": pytest.approx(0.5)}
    assert trends(looks([0, 1000, 2000], [0.0, 0.0, 0.6])) == {"trends/sparsity_slope": pytest.approx(0.3)}


def test_slope_is_of_the_last_ten_looks():
    steps = [*range(200, 2800, 200), 2731]
    sparsities = [0.9, 0.1, 0.8, 0.0, 0.05, 0.1, 0.2, 0.21, 0.3, 0.3, 0.31, 0.5, 0.6, 0.61]
    expected = 1000 * np.polyfit(steps[-10:], sparsities[-10:], 1)[0]
    assert trends(looks(steps, sparsities))["trends/sparsity_slope"] == pytest.approx(expected, rel=1e-9)


def test_a_constant_sparsity_has_no_slope_at_all():
    assert trends(looks(list(range(7, 97, 9)), [0.9] * 10)) == {"trends/sparsity_slope": 0}


def test_one_look_has_no_slope():
    assert trends(looks([200], [0.1])) == {}
    assert trends(looks([200, 200], [0.1, 0.2])) == {}
    assert trends([]) == {}


def test_revival_is_averaged_over_those_of_the_last_ten_looks_that_have_it():
    steps, sparsities = list(range(1, 13)), [0.5] * 12
    early = {0: 1.0, 1: 1.0}
    assert trends(looks(steps, sparsities, early)) == {"trends/sparsity_slope": 0}
    mixed = early | {2: 0.5, 5: 0.25, 11: 0.0}
    assert trends(looks(steps, sparsities, mixed))["trends/avg_revival_rate"] == pytest.approx(0.25)
