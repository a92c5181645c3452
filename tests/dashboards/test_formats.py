import doctest

import pytest

from dashboards import figures, formats, layers, report, schema, series, statistics
from dashboards.statistics import Estimate


@pytest.mark.parametrize(
    "module", [figures, formats, layers, report, schema, series, statistics], ids=lambda one: one.__name__
)
def test_the_examples_hold(module):
    found = doctest.testmod(module)
    assert found.attempted and not found.failed


def test_intervals():
    assert formats.interval(Estimate(5, 0.88, 0.01, 0.8712, 0.8888)) == "87.12 to 88.88"
    assert formats.points_interval(Estimate(5, 0.0, 0.01, -0.0012, 0.0012)) == "−0.12 to +0.12"


def test_what_is_not_there_is_a_dash():
    assert {formats.percent(None), formats.points(None), formats.count(None)} == {formats.NONE}
    assert formats.interval(Estimate(1, 0.88)) == formats.points_interval(None) == formats.NONE
