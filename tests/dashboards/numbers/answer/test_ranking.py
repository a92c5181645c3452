import pytest

from dashboards.numbers.answer.ranking import rankings
from dashboards.numbers.cells.cells import cells
from dashboards.sections.answer import answer, ranking
from tests.dashboards.made_up import level


def _method(name, sparsity, test, validation, nonzero=100, seeds=5, steps=400, swing=0.001, **others):
    def more(seed):
        return {"metrics": {"final/test_accuracy": test + swing * (seed % 2), "final/val_accuracy": validation,
                            "final/nonzero_parameters": nonzero, "final/prunable_parameters": 1000,
                            "cost/steps_total": steps, **others}}  # fmt: skip

    return level({"name": name, "sparsity": sparsity}, [0] * seeds, more)


def _groups(ranking):
    return [(place.group, place.cell.series.method) for place in ranking.places]


def test_the_best_is_chosen_on_validation_and_told_apart_on_test(stored):
    """Ahead on validation, clearly behind on test: it comes first, and the other one is not its equal."""
    runs = _method("static_random", 0.9, test=0.85, validation=0.80) + _method("one_shot", 0.9, 0.84, 0.81, steps=500)
    (one,) = rankings(cells(stored(runs)), 0.95)
    assert _groups(one) == [("A", "one_shot"), ("B", "static_random")]
    assert one.lead.difference.mean == pytest.approx(-0.01) and one.lead.times_the_training == pytest.approx(1.25)


def test_a_clear_lead_takes_seeds(stored):
    def lead(seeds):
        return _method("one_shot", 0.9, 0.86, 0.86, seeds=seeds) + _method("small_dense", 0.9, 0.8, 0.8, seeds=seeds)

    (many,) = rankings(cells(stored(lead(5))), 0.95)
    assert _groups(many) == [("A", "one_shot"), ("B", "small_dense")] and many.judged
    (few,) = rankings(cells(stored(lead(2), sweep="few")), 0.95)
    assert _groups(few) == [("", "one_shot"), ("", "small_dense")] and not few.judged and few.equals == ()


def test_methods_that_do_not_clearly_differ_from_the_best_are_its_equals(stored):
    """Behind by 0.25 points at three seeds, ahead by 0.05 at two; the third is 5 points behind."""
    runs = _method("one_shot", 0.9, 0.85, 0.86) + _method("small_dense", 0.9, 0.8525, 0.85, swing=-0.002)
    (one,) = rankings(cells(stored(runs + _method("static_random", 0.9, 0.80, 0.80))), 0.95)
    assert _groups(one) == [("A", "one_shot"), ("A", "small_dense"), ("B", "static_random")]


def test_a_method_below_a_clear_loser_can_still_equal_the_best(stored):
    """Validation puts the noisy one last; its interval holds the best, and that of the one above it does not."""
    runs = _method("one_shot", 0.9, 0.85, 0.86) + _method("static_random", 0.9, 0.84, 0.85)
    (one,) = rankings(cells(stored(runs + _method("small_dense", 0.9, 0.83, 0.84, swing=0.1))), 0.95)
    assert _groups(one) == [("A", "one_shot"), ("A", "small_dense"), ("B", "static_random")]


def test_holm_is_over_the_levels_that_the_ranking_shows(stored):
    """p = 0.038 at one level alone; at two levels it is 0.076, and the methods are equals."""
    ahead = [0.0, 0.004, 0.008, 0.012, 0.0161]

    def pair(sparsity):
        def sized(name, validation, accuracies):
            def more(seed):
                metrics = {"final/test_accuracy": accuracies[seed], "final/val_accuracy": validation}
                return {"metrics": metrics | {"final/nonzero_parameters": 1000 * (1 - sparsity),
                                              "final/prunable_parameters": 1000}}  # fmt: skip

            return level({"name": name, "sparsity": sparsity}, [0] * 5, more)

        return sized("one_shot", 0.9, [0.8 + step for step in ahead]) + sized("static_random", 0.8, [0.8] * 5)

    (alone,) = rankings(cells(stored(pair(0.5))), 0.95)
    assert alone.lead.p_value == pytest.approx(0.047, abs=0.002) and alone.equals == (alone.best.series,)
    both = rankings(cells(stored(pair(0.5) + pair(0.9))), 0.95)
    assert [one.lead.p_value for one in both] == pytest.approx([2 * alone.lead.p_value] * 2)
    assert [len(one.equals) for one in both] == [2, 2]


def test_only_networks_of_the_size_asked_for_are_ranked_and_others_are_named(stored):
    """100 weights are asked for: 102 are 2 % more, 103 are not."""
    runs = _method("one_shot", 0.9, 0.86, 0.86) + _method("small_dense", 0.9, 0.9, 0.9, nonzero=102)
    (one,) = rankings(cells(stored(runs)), 0.95)
    assert one.best.series.method == "small_dense" and one.unequal == ()
    runs = _method("one_shot", 0.9, 0.86, 0.86) + _method("static_random", 0.9, 0.8, 0.8)
    results = stored(runs + _method("small_dense", 0.9, 0.9, 0.9, nonzero=103))
    (one,) = rankings(cells(results), 0.95)
    assert [cell.series.method for cell in one.unequal] == ["small_dense"] and len(one.places) == 2
    cautions = answer.SECTION.view(answer.SECTION.summarize(results)).cautions
    assert "Not ranked, since their size is not the one asked for: small_dense at 90 % (103 instead of 100 weights)." \
        in cautions  # fmt: skip


def test_two_of_the_size_asked_for_may_still_differ_from_each_other(stored):
    runs = _method("one_shot", 0.9, 0.86, 0.86, nonzero=98.5) + _method("small_dense", 0.9, 0.9, 0.9, nonzero=101.5)
    (one,) = rankings(cells(stored(runs)), 0.95)
    assert one.lead.difference is None and not one.judged


@pytest.mark.parametrize(("masked", "size", "ranked"), [
    (0.9, 100, True),   # the masks keep what was asked for; five of the weights did not move from zero
    (0.8, 95, False),   # they keep twice as much: what counts is what is not zero
    (None, 95, False),
])  # fmt: skip
def test_a_place_that_the_mask_keeps_counts_also_where_its_weight_is_zero(stored, masked, size, ranked):
    regrown = _method("set", 0.9, 0.88, 0.88, nonzero=95, **({"pruning/sparsity": masked} if masked else {}))
    found = cells(stored(_method("one_shot", 0.9, 0.86, 0.86) + _method("static_random", 0.9, 0.8, 0.8) + regrown))
    (one,) = rankings(found, 0.95)
    assert ("set" in [place.cell.series.method for place in one.places]) == ranked
    assert [cell.size for cell in found if cell.series.method == "set"] == [size]


def test_a_single_method_is_not_ranked(stored):
    results = stored(_method("one_shot", 0.9, 0.86, 0.86))
    assert rankings(cells(results), 0.95) == () and ranking.SECTION.summarize(results) is None


@pytest.mark.parametrize(
    ("losses", "finding"),
    [
        ((0.0, 0.05), "At 90 % sparsity, one_shot is clearly first"),
        ((0.0, 0.0), "At 90 % sparsity, no method is clearly ahead of the others"),
    ],
)
def test_the_title_states_what_the_groups_say(stored, losses, finding):
    runs = level({"name": "dense"}, [0.9] * 5, lambda seed: {"metrics": {"final/test_accuracy": 0.9}})
    for name, loss in zip(("one_shot", "static_random"), losses, strict=True):
        runs += _method(name, 0.9, 0.9 - loss, 0.9 - loss)
    assert ranking.SECTION.finding(ranking.SECTION.summarize(stored(runs))) == finding


def test_who_is_first_on_validation_and_clearly_behind_on_test_is_not_called_first(stored):
    """The fault: "best" was behind the next by an interval that excludes zero."""
    runs = _method("static_random", 0.9, test=0.85, validation=0.80) + _method("one_shot", 0.9, 0.84, 0.81)
    assert ranking.SECTION.finding(ranking.SECTION.summarize(stored(runs))) == (
        "At 90 % sparsity, one_shot comes first on validation, but static_random is clearly better on test"
    )


def test_each_row_has_its_place_on_the_axis(stored):
    """Differences of −2 and 0 points and a margin of 1 point: the axis runs from −2.16 to +0.16."""
    runs = level({"name": "dense"}, [0.9] * 5)
    for name, value in (("small_dense", 0.9), ("static_random", 0.88)):
        runs += _method(name, 0.9, value, value, swing=0)
    (league,) = ranking.SECTION.view(ranking.SECTION.summarize(stored(runs))).leagues
    first, second = league.rows
    assert (first.mean, second.mean) == pytest.approx((93.1, 6.9)) and league.margin == pytest.approx(50)
    assert league.ticks == ((6.9, "−2"), (28.4, "−1.5"), (50.0, "−1"), (71.6, "−0.5"), (93.1, "0"))
    assert (first.difference, second.difference, second.p_value) == ("0.00", "−2.00", "<0.001")
    assert (league.reference, second.weights) == ("90.00 %", "100")
