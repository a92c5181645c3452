"""Overlaps of masks between seeds, and of what chance would give."""

from itertools import combinations, product
from math import exp

import numpy as np
import pytest
from scipy.stats import hypergeom

from dashboards.numbers.inside.agreement import Overlap, agreements
from dashboards.sections.inside.agreement import SECTION
from tests.dashboards.made_up import MadeUp, level
from tests.dashboards.made_up_ladder import Ladder, Rung

GRADUAL = {"name": "gradual", "sparsity": 0.5}


def _mask(text):
    """A row for each word."""
    return np.array([[letter == "x" for letter in word] for word in text.split()])


# Of `a` the seeds keep 4 of 8 weights, of `b` 1 of 4.
SEEDS = (
    {"a": _mask("xxxx ...."), "b": _mask("x... ")},
    {"a": _mask("xx.. ..xx"), "b": _mask("x... ")},
    {"a": _mask(".... xxxx"), "b": _mask(".x.. ")},
)


def _runs(masks, method=GRADUAL):
    return [MadeUp(method, seed, {"final/test_accuracy": 0.9}, masks=own) for seed, own in enumerate(masks)]


def _found(results):
    return {(one.series.label, one.sparsity, one.layer): one for one in agreements(results)}


def test_overlaps_are_those_of_all_pairs(stored):
    found = _found(stored(_runs(SEEDS)))
    a, b, whole = (found["gradual", 0.5, layer] for layer in ("a", "b", None))
    assert [one.common for one in a.pairs] == [2, 0, 2] and [one.common for one in b.pairs] == [1, 0, 0]
    assert [one.index for one in a.pairs] == pytest.approx([2 / 6, 0, 2 / 6])
    assert [one.index for one in whole.pairs] == pytest.approx([3 / 7, 0, 2 / 8])
    assert whole.index == pytest.approx((3 / 7 + 2 / 8) / 3) and whole.extent == pytest.approx((0, 3 / 7))
    assert whole.kept == 5
    # By chance 4 * 4 / 8 weights of `a` and 1 * 1 / 4 of `b` are kept by both.
    assert (a.chance, b.chance, whole.chance) == pytest.approx((2 / 6, 0.25 / 1.75, 2.25 / 7.75))


def test_chance_is_the_mean_over_all_masks_with_as_many_weights_in_every_layer(stored):
    (first, second, _) = found = _found(stored(_runs(SEEDS)))["gradual", 0.5, None].pairs
    assert first.expected == second.expected and len(found) == 3
    common = [
        len({0, 1, 2, 3} & set(of_a)) + len({0} & set(of_b))
        for of_a, of_b in product(combinations(range(8), 4), combinations(range(4), 1))
    ]
    assert (first.expected, first.variance) == pytest.approx((np.mean(common), np.var(common)))


@pytest.mark.parametrize(("size", "first", "second"), [(30_000, 300, 360), (40, 39, 12), (9, 7, 3)])
def test_chance_in_a_layer_is_hypergeometric(stored, size, first, second):
    def mask(kept):
        return {"a": (np.arange(size) < kept)[:, None], "b": _mask("x.")}

    overlap = _found(stored(_runs([mask(first), mask(second)])))["gradual", 0.5, None].pairs[0]
    # `b` has one of two weights in both: 1 in common at 1/2.
    assert overlap.expected == pytest.approx(hypergeom.mean(size, first, second) + 0.5)
    assert overlap.variance == pytest.approx(hypergeom.var(size, first, second) + 0.25)


def test_how_likely_chance_is_has_a_bound_by_hand():
    """3 more than 4 with a variance of 1: exp(-9 / (2 (1 + 1))) = exp(-2.25)."""
    assert Overlap((9, 9), 7, expected=4.0, variance=1.0).p_value == pytest.approx(exp(-2.25))
    assert Overlap((9, 9), 4, expected=4.0, variance=1.0).p_value == 1


@pytest.mark.parametrize(("size", "first", "second"), [(30_000, 300, 360), (2000, 1000, 1000), (60, 6, 7)])
def test_the_bound_is_above_what_chance_gives_everywhere(size, first, second):
    mean, variance = hypergeom.mean(size, first, second), hypergeom.var(size, first, second)
    for common in range(int(mean), min(first, second) + 1):
        assert hypergeom.sf(common - 1, size, first, second) <= Overlap((first, second), common, mean, variance).p_value


def test_one_overlap_of_many_must_be_clearer_than_one_alone(stored):
    """Masks of 100 out of 1,000 weights have 10 in common by chance; 22 have a bound of 0.0026, twice
    which is little, and 26 times which is not."""

    def masks(layers):
        own = {layer: np.arange(1000) % 10 == 0 for layer in layers}
        shared, others = np.flatnonzero(own[layers[0]]), np.flatnonzero(~own[layers[0]])
        other = np.isin(np.arange(1000), [*shared[:22], *others[:78]])
        return [{layer: mask[:, None] for layer, mask in own.items()}, {layer: other[:, None] for layer in layers}]

    def beyond(layers):
        return [one.beyond for one in agreements(stored(_runs(masks(layers)))) if one.layer == "a"]

    assert beyond("a") == [1] and beyond("abcdefghijklmnopqrstuvwxyz") == [0]


def test_each_rung_of_a_ladder_is_held_against_the_same_rung(stored):
    def ladder(seed, *masks):
        rungs = [Rung(place, 1 - 2.0**-place, {"final/test_accuracy": 0.9}, masks={"a": _mask(one)})
                 for place, one in enumerate(masks)]  # fmt: skip
        rungs.append(Rung(2, 0.75, {"final/test_accuracy": 0.9}, arm="shuffled", draw=1, masks={"a": _mask("xxxx")}))
        return Ladder({"name": "lottery_ticket", "levels": [0.5, 0.75]}, seed, tuple(rungs))

    results = stored([ladder(0, "xxxx", "xx..", "x..."), ladder(1, "xxxx", ".xx.", "..x.")])
    found = _found(results)
    assert [(place[1:], one.index) for place, one in found.items()] == [
        ((0.5, None), 1 / 3), ((0.5, "a"), 1 / 3), ((0.75, None), 0), ((0.75, "a"), 0)
    ]  # fmt: skip


def test_nothing_is_said_without_two_masks_of_one_shape_that_lack_weights(stored):
    full = np.ones((2, 4), bool)
    for masks in (SEEDS[:1], [{}, {}], [SEEDS[0], {"a": full}], [{"a": full}, {"a": full}], [{"a": ~full}] * 2):
        assert SECTION.summarize(stored(_runs(masks))) is None
    assert SECTION.summarize(stored(_runs(SEEDS, {"name": "dense"}))) is None


def test_a_layer_that_is_left_whole_counts_in_the_sum_alone(stored):
    masks = [own | {"b": np.ones((1, 4), bool)} for own in SEEDS[:2]]
    found = _found(stored(_runs(masks)))
    assert [layer for *_, layer in found] == [None, "a"]
    assert found["gradual", 0.5, None].index == pytest.approx(6 / 10)
    assert found["gradual", 0.5, None].chance == pytest.approx(6 / 10)


def _drawn(seeds, size, kept, shared):
    """Masks that keep the weights below `shared`, and others at random."""
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(np.arange(shared, size))[: kept - shared]
        yield {"a": np.isin(np.arange(size), order).reshape(-1, 10) | (np.arange(size) < shared).reshape(-1, 10)}


def test_agreement_beyond_chance_is_said_and_chance_is_not_called_more(stored):
    runs = _runs(_drawn(5, 4000, 2000, 0))
    runs += _runs(_drawn(5, 4000, 400, 200), {"name": "gradual", "sparsity": 0.9})
    (said,) = SECTION.text(SECTION.summarize(stored(runs)))
    assert "(10 pairs, " in said and "; chance gives 5.26 %. " in said
    assert said.endswith("Every pair of seeds agrees clearly more than chance from 90 % sparsity on, not before.")
    (said,) = SECTION.text(SECTION.summarize(stored(_runs(_drawn(5, 4000, 2000, 0)))))
    assert said.endswith("Over all sparsities 0 of 10 overlaps are clearly more than chance.")


def test_the_layer_that_agrees_most_is_named(stored):
    def masks(seed):
        (shared,) = _drawn(1, 400, 40, 40)
        (other,) = list(_drawn(seed + 1, 400, 200, 0))[seed:]
        return {"b": other["a"], "a": shared["a"]}

    (said,) = SECTION.text(SECTION.summarize(stored(_runs([masks(0), masks(1)]))))
    assert "(1 pair); chance gives" in said
    assert "Furthest above chance there is a (100.00 % against 5.26 %), least so b (" in said


def test_the_table_and_the_figure_have_the_same_numbers(stored):
    numbers = SECTION.summarize(stored(_runs(SEEDS)))
    (table,) = SECTION.tables(numbers)
    assert table.rows[:2] == (
        ("gradual", "50 %", "all layers", "5", "22.62 %", "0.00 to 42.86", "29.03 %", "0.779", "3", "0"),
        ("gradual", "50 %", "a", "4", "22.22 %", "0.00 to 33.33", "33.33 %", "0.667", "3", "0"),
    )
    drawn = [trace for trace in SECTION.draw(numbers).data if trace.mode == "lines+markers"]
    assert [trace.y[0] for trace in drawn[:4]] == pytest.approx([22.62, 0.779, 22.22, 0.667], rel=1e-3)
    assert "the least to the greatest pair and is no interval" in SECTION.caption(numbers)


def test_overlaps_of_random_masks_are_no_finding(stored):
    """Fault 13: by construction they agree as much as chance gives."""
    by_chance = ({"name": "static_random", "sparsity": 0.5}, GRADUAL | {"criterion": {"name": "random"}})
    for method in by_chance:
        assert SECTION.summarize(stored(_runs(SEEDS, method))) is None
    assert SECTION.summarize(stored(_runs(SEEDS, GRADUAL | {"criterion": {"name": "magnitude"}}))) is not None


def test_the_finding_states_the_overlap_and_chance(stored):
    finding = SECTION.finding(SECTION.summarize(stored(_runs(SEEDS))))
    assert finding == "At 50 % of the weights, masks of two seeds share 23 % of theirs; chance gives 29 %"


def test_masks_that_have_nothing_in_common_are_drawn_without_a_point(stored):
    numbers = SECTION.summarize(stored(_runs([{"a": _mask("x.")}, {"a": _mask(".x")}])))
    drawn = [trace for trace in SECTION.draw(numbers).data if trace.mode == "lines+markers"]
    assert drawn[0].y == (None,)


def test_runs_without_masks_keep_the_section_silent(stored):
    assert SECTION.summarize(stored(level(GRADUAL, [0.8, 0.9]))) is None
