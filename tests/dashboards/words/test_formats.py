import doctest

import pytest

from dashboards import schema
from dashboards.draw import figures
from dashboards.numbers.answer import critical
from dashboards.numbers.inside import layers
from dashboards.plan_file import ACCURACY
from dashboards.read import series
from dashboards.statistics import estimates as statistics
from dashboards.statistics import sizes
from dashboards.statistics.estimates import Estimate
from dashboards.words import formats
from dashboards.words.units import unit


@pytest.mark.parametrize(
    "module",
    [critical, figures, formats, layers, schema, series, sizes, statistics],
    ids=lambda one: one.__name__,
)
def test_the_examples_hold(module):
    found = doctest.testmod(module)
    assert found.attempted and not found.failed


def test_intervals():
    """With 10^9 degrees of freedom t is 1.96: half an interval is 1.96 times the error."""
    assert unit(ACCURACY).value_ends(Estimate(5, 0.88, 0.0088 / 1.96, 1e9)) == "87.12 to 88.88"
    assert unit(ACCURACY).ends(Estimate(5, 0.0, 0.0012 / 1.96, 1e9)) == "−0.12 to +0.12"


def test_what_is_not_there_is_a_dash():
    assert {formats.percent(None), unit(ACCURACY).difference(None), formats.count(None)} == {formats.NONE}
    assert unit(ACCURACY).value_ends(Estimate(1, 0.88)) == unit(ACCURACY).ends(None) == formats.NONE


def test_a_caption_promises_an_interval_only_where_there_is_one():
    assert formats.with_interval([None, Estimate(1, 0.88)], 0.95) == ""
    assert formats.with_interval([Estimate(1, 0.88), Estimate(2, 0.88, 0.01, 1)], 0.9) == " with its 90 % t-interval"
