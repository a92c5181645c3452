"""Log axes whose ticks are known by hand."""

from math import log10

import pytest

from dashboards.draw.axes import log_axis
from dashboards.words.quantities import large, size


def test_every_tick_of_a_log_axis_has_its_full_number_and_its_unit():
    """Fault 15: ticks were 2, 5, 1G, 2."""
    axis = log_axis([15e3, 350e3], size)
    assert axis["tickvals"] == (20e3, 50e3, 100e3, 200e3)
    assert axis["ticktext"] == ("20<br>kB", "50<br>kB", "100<br>kB", "200<br>kB")
    assert log_axis([4e8, 3e9], large)["ticktext"] == ("500<br>million", "1<br>billion", "2<br>billion")


def test_an_axis_around_a_constant_reaches_the_ticks_beside_it():
    """Fault 15: an axis ran from 915 to 917."""
    axis = log_axis([916.0, 916.0], large)
    assert axis["tickvals"] == (500.0, 1000.0, 2000.0)
    assert axis["range"] == [log10(500), log10(2000)]


def test_many_decades_have_few_ticks():
    assert log_axis([1.0, 1e4], "{:g}".format)["tickvals"] == (1.0, 10.0, 100.0, 1000.0, 10_000.0)
    assert len(log_axis([1.0, 1e30], "{:g}".format)["tickvals"]) <= 7


@pytest.mark.parametrize("low", [0.013, 1.0, 7.3, 9e14])
@pytest.mark.parametrize("factor", [1.0, 1.4, 8.0, 77.0, 1e5, 1e12])
def test_all_values_are_inside_and_two_ticks_or_more(low, factor):
    axis = log_axis([low, low * factor], large, most=5)
    assert axis["range"][0] <= log10(low) and axis["range"][1] >= log10(low * factor)
    assert 2 <= len(axis["tickvals"]) <= 7
    inside = [axis["range"][0] - 1e-9 <= log10(tick) <= axis["range"][1] + 1e-9 for tick in axis["tickvals"]]
    assert all(inside)
