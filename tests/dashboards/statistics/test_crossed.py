"""Means over seeds and examples: an analysis of variance by hand, one by least squares, and coverage by simulation."""

from math import sqrt

import numpy as np
import pytest
from scipy import stats

from dashboards.statistics.crossed import MeanSquares, crossed, mean_squares
from dashboards.statistics.estimates import Estimate

BY_HAND = np.array([[0.0, 2.0, 4.0], [2.0, 2.0, 8.0]])  # two seeds, three examples


def test_two_seeds_and_three_examples_by_hand():
    """Mean 3; of the seeds 2 and 4, of the examples 1, 2 and 6. Squares around the mean: 9, 1, 1, 1, 1, 25, in all 38.

    Seeds: 3 (1 + 1) = 6, one degree of freedom. Examples: 2 (4 + 1 + 9) = 28, two. Rest: 38 - 6 - 28 = 4, two.
    Mean squares 6, 14 and 2: 6 + 14 - 2 = 18, over 6 a variance of 3. Satterthwaite: 18^2 / (36 + 98 + 2) = 81 / 34."""
    assert mean_squares(BY_HAND) == MeanSquares(2, 3, 3.0, seeds=6.0, examples=14.0, rest=2.0)
    one = crossed(BY_HAND, 0.95)
    assert (one.n, one.mean, one.error) == (2, 3.0, pytest.approx(sqrt(3)))
    assert one.freedom == pytest.approx(81 / 34)
    assert one.interval == pytest.approx(stats.t.interval(0.95, 81 / 34, loc=3, scale=sqrt(3)))
    assert one.p_value() == pytest.approx(2 * stats.t.sf(sqrt(3), 81 / 34))
    assert one.lower_bound(0.95) == pytest.approx(3 - stats.t.ppf(0.95, 81 / 34) * sqrt(3))


@pytest.mark.parametrize(("n", "m"), [(2, 3), (5, 40), (7, 6)])
def test_mean_squares_are_those_of_least_squares(n, m):
    """Fits models with and without the seeds and the examples, and takes what each explains more."""
    draw = np.random.default_rng(n * m)
    table = draw.normal(size=(n, 1)) + draw.normal(size=(1, m)) + draw.normal(size=(n, m))
    seed, example = (place.ravel() for place in np.indices((n, m)))
    columns = {"seeds": np.eye(n)[seed], "examples": np.eye(m)[example]}

    def unexplained(*names):
        model = np.column_stack([np.ones(n * m), *(columns[name] for name in names)])
        found = np.linalg.lstsq(model, table.ravel(), rcond=None)[0]
        return np.square(table.ravel() - model @ found).sum()

    rest = unexplained("seeds", "examples")
    found = mean_squares(list(table))
    assert found.seeds == pytest.approx((unexplained("examples") - rest) / (n - 1))
    assert found.examples == pytest.approx((unexplained("seeds") - rest) / (m - 1))
    assert found.rest == pytest.approx(rest / ((n - 1) * (m - 1)))


def _error(seeds, examples, rest, n=5, m=100):
    one = MeanSquares(n, m, 0.0, seeds, examples, rest)
    return one.error**2 * n * m, one.freedom


def test_the_error_is_no_less_than_that_of_either_alone():
    assert _error(6.0, 1.0, 2.0) == (pytest.approx(6.0), 4)  # 6 + 1 - 2 is less than the seeds' own: n - 1
    assert _error(1.0, 6.0, 2.0) == (pytest.approx(6.0), 99)  # the examples' own: m - 1
    assert _error(6.0, 6.0, 2.0) == (pytest.approx(10.0), pytest.approx(100 / (36 / 4 + 36 / 99 + 4 / 396)))


def test_degrees_of_freedom_are_no_fewer_than_those_of_the_seeds():
    """100 + 9 - 8 would have 101^2 / (100^2 / 4 + 81 / 2 + 64 / 8) = 4.003; 8 + 8 - 6 has 3.6 with three examples."""
    assert _error(100.0, 9.0, 8.0, m=3)[1] == pytest.approx(10201 / 2548.5)
    assert 100 / (64 / 4 + 64 / 2 + 36 / 8) < 4 and _error(8.0, 8.0, 6.0, m=3)[1] == 4


def test_what_is_the_same_everywhere_has_no_error():
    one = crossed(np.full((5, 8), 0.25), 0.95)
    assert (one.mean, one.error, one.interval, one.p_value()) == (0.25, 0.0, (0.25, 0.25), 0.0)


def test_of_one_seed_or_one_example_nothing_is_known():
    assert crossed(BY_HAND[:1]) is None and crossed(BY_HAND[:, :1]) is None


def test_packed_bits_are_enough_to_add_up():
    """Rows of whole numbers as files hold them: sums must not run over at 8 bits."""
    rows = np.random.default_rng(0).integers(-1, 2, (5, 1000)).astype(np.int8)
    assert mean_squares(list(rows)) == mean_squares(list(rows.astype(float)))


def test_its_tail_alone_is_too_light_to_test_many_at_once():
    """Five seeds whose mean square is five times that of chance, no effect, images that differ by chance alone:
    at 0.05 / 9 it errs 2.5 times too often, and where the test over seeds must agree no more than it may."""
    draw, n, m, number, alpha = np.random.default_rng(0), 5, 10_000, 20_000, 0.05 / 9
    means = draw.normal(size=number) * sqrt(5 / (n * m))
    squares = zip(5 * draw.chisquare(n - 1, number) / (n - 1), draw.chisquare(m - 1, number) / (m - 1),
                  draw.chisquare((n - 1) * (m - 1), number) / ((n - 1) * (m - 1)))  # fmt: skip
    alone = together = 0
    for mean, (seeds, examples, rest) in zip(means, squares):
        both = MeanSquares(n, m, mean, seeds, examples, rest)
        over_both = Estimate(n, mean, both.error, both.freedom)
        over_seeds = Estimate(n, mean, sqrt(seeds / (n * m)), n - 1, over_examples=over_both)
        alone += over_both.p_value() < alpha
        together += max(one.p_value() for one in over_seeds.judged_over) < alpha
    assert alone > 2 * alpha * number > 1.2 * alpha * number > together
