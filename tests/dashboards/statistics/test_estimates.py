"""The expected numbers were worked out once: with scipy.stats.t.interval, ttest_rel and its confidence_interval, and
with statsmodels' DescrStatsW.tconfint_mean(alternative="larger") and multipletests(method="holm")."""

from dataclasses import replace
from itertools import product
from math import nan

import numpy as np
import pytest
from scipy import stats

from dashboards.statistics.estimates import (
    CHANGE,
    POSITIVE,
    SHARE,
    Estimate,
    adjusted,
    estimate,
    holm,
    paired,
    signed_rank,
)

SPARSE = {0: 0.881, 1: 0.879, 2: 0.884, 3: 0.880, 4: 0.882}
DENSE = {0: 0.889, 1: 0.890, 2: 0.891, 3: 0.887, 4: 0.892}


def test_a_mean_and_its_interval():
    one = estimate(list(SPARSE.values()), 0.95)
    assert one.n == 5
    assert one.mean == pytest.approx(0.8812)
    assert one.sd == pytest.approx(0.001923538406)
    assert (one.low, one.high) == pytest.approx((0.878811611612, 0.883588388388))


def test_a_paired_difference_and_its_interval():
    one = paired(SPARSE, DENSE, 0.95)
    assert one.mean == pytest.approx(-0.0086)
    assert (one.low, one.high) == pytest.approx((-0.010855594666, -0.006344405334))


def test_more_confidence_is_a_wider_interval():
    wide, narrow = estimate([1.0, 2.0, 4.0], 0.99), estimate([1.0, 2.0, 4.0], 0.9)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_one_value_has_no_interval():
    one = estimate([0.5])
    assert (one.n, one.mean, one.sd, one.low, one.high, one.interval) == (1, 0.5, None, None, None, None)


def test_what_is_not_finite_does_not_count():
    assert estimate([nan, 1.0, float("inf"), 3.0]).n == 2
    assert estimate([nan]) is None
    assert estimate([]) is None


def test_only_common_seeds_are_paired():
    assert paired({0: 1.0, 1: 5.0}, {1: 3.0, 2: 9.0}).mean == 2.0
    assert paired({0: 1.0}, {1: 3.0}) is None


def test_a_one_sided_bound_and_a_test():
    one = paired(SPARSE, DENSE, 0.95)
    assert one.lower_bound(0.95) == pytest.approx(-0.0103319205165)
    assert one.p_value() == pytest.approx(0.000450650952419)
    assert one.lower_bound(0.95) > one.low


def test_differences_without_spread_are_certain():
    assert estimate([-0.01] * 5).p_value() == 0 and estimate([0.0] * 5).p_value() == 1
    assert estimate([-0.01] * 5).p_value(null=-0.01) == 1
    assert estimate([-0.01] * 5).lower_bound(0.99) == -0.01


def test_one_value_has_neither_bound_nor_test():
    assert (estimate([0.5]).lower_bound(0.95), estimate([0.5]).p_value()) == (None, None)


def test_p_values_are_adjusted_for_their_number():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
    assert holm([0.02]) == [0.02] and holm([]) == []


def test_signed_ranks_by_hand():
    """Of the 2^8 ways to sign eight ranks one puts all on one side and two leave at most the least on the other."""
    same_side = [-0.3, -0.1, -0.5, -0.2, -0.9, -0.4, -0.8, -0.7]
    assert estimate(same_side).signed_rank == 2 / 256
    assert estimate([abs(value) if value == -0.1 else value for value in same_side]).signed_rank == 4 / 256
    assert estimate([0.0] * 8).signed_rank == 1 and estimate(same_side[:7]).signed_rank is None
    few, many = estimate(same_side[:5]), estimate(same_side)
    assert adjusted([many, few, None, many], "signed_rank") == [4 / 256, None, None, 4 / 256]
    assert adjusted([few])[0] == few.p_value()


def test_signed_ranks_are_those_of_scipy_where_nothing_ties():
    draw = np.random.default_rng(0)
    for n in (8, 11, 20):
        values = draw.normal(0.3, 1.0, n)
        assert signed_rank(values) == pytest.approx(stats.wilcoxon(values, method="exact").pvalue)


def test_signed_ranks_of_ties_count_all_ways_to_sign_them():
    """0 has no rank, the three 1 have rank 2 each, the two 2 have 4.5, the two 3 have 6.5."""
    values, ranks = np.array([0, 1, -1, 1, 2, 2, 3, -3]), np.array([0, 2, 2, 2, 4.5, 4.5, 6.5, 6.5])
    sums = [np.dot(signs, ranks) for signs in product((0, 1), repeat=8)]
    found = np.dot(values > 0, ranks)
    less, more = (np.mean([one <= found for one in sums]), np.mean([one >= found for one in sums]))
    assert signed_rank(values) == pytest.approx(2 * min(less, more))


def test_an_interval_ends_where_nothing_is_possible():
    """0.95 and 0.97: 12.706 times 0.01 on either side of 0.96. Losses of 30 and of 5 points: 158.8 around 17.5."""
    accuracy, difference = estimate([0.95, 0.97], possible=SHARE), estimate([-0.3, -0.05], possible=CHANGE)
    assert accuracy.interval == (pytest.approx(0.96 - 0.12706205), 1.0)
    assert difference.interval is None  # from -100 to 100 points: all that is possible
    assert estimate([-0.30, -0.20], possible=CHANGE).interval == (pytest.approx(-0.88531), pytest.approx(0.38531))
    assert estimate([100.0, 300.0], possible=POSITIVE).low == 0


def test_few_values_that_are_all_the_same_do_not_tell_how_they_spread():
    assert [estimate([0.5] * n).interval for n in (2, 4, 5)] == [None, None, (0.5, 0.5)]
    assert estimate([0.9 - 0.7, 0.901 - 0.701]).interval is None  # the same but for rounding


def test_another_confidence_is_another_interval_of_the_same_mean():
    one = estimate([1.0, 2.0, 4.0], 0.95)
    assert one.at(0.99).interval == estimate([1.0, 2.0, 4.0], 0.99).interval


def test_the_mean_can_be_tested_against_a_margin():
    """t = (-0.0086 + 0.01) / 0.000812404 = 1.7233 on 4 degrees of freedom."""
    assert paired(SPARSE, DENSE).p_value(null=-0.01) == pytest.approx(0.159934798837)
    assert adjusted([paired(SPARSE, DENSE)], null=-0.01) == [paired(SPARSE, DENSE).p_value(-0.01)]


def test_a_verdict_must_hold_over_seeds_and_over_examples_too():
    """Means 1 with an error of 0.1 on 4 degrees of freedom, and of 0.5 or 0.05 on 100."""
    seeds = Estimate(5, 1.0, 0.1, 4)
    wider, narrower = (replace(seeds, over_examples=Estimate(5, 1.0, error, 100)) for error in (0.5, 0.05))
    assert adjusted([seeds, wider, narrower]) == holm([seeds.p_value(), wider.over_examples.p_value(), seeds.p_value()])
    assert [one.surely_above(0.5, 0.95) for one in (seeds, wider, narrower)] == [True, False, True]
    assert [one.surely_above(0.79, 0.95) for one in (seeds, wider, narrower)] == [False, False, False]
    assert [one.at(0.99).off_zero() for one in (seeds, wider, narrower)] == [True, False, True]
