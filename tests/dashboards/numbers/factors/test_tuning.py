"""Training settings chosen on validation: made-up sweeps whose answer is known by hand."""

import pytest

from dashboards.numbers.cells.cells import cells
from dashboards.numbers.factors.tuning import tuned
from dashboards.sections.factors.headlines import fitting
from dashboards.sections.factors.tuning import SECTION
from tests.dashboards.made_up import level

DENSE = {"name": "dense"}
STATIC, PRUNED = ({"name": name, "sparsity": 0.9} for name in ("static_random", "one_shot"))
SWING = (-0.002, -0.001, 0.0, 0.001, 0.002)


def at(lr, method, test, validation, seeds=5, steps=400):
    """A cell at a learning rate; `test` and `validation` are means over seeds that swing alike."""
    workload = {"name": "fashion_mnist_mlp", "training": {"optimizer": {"name": "adam", "lr": lr}}}

    def more(seed):
        return {
            "workload": workload,
            "metrics": {"final/test_accuracy": test + SWING[seed], "final/val_accuracy": validation + SWING[seed],
                        "cost/steps_total": steps},
        }  # fmt: skip

    return level(method, [test] * seeds, more)


def test_each_is_chosen_on_validation_and_told_on_test(stored):
    runs = [
        *at(0.01, DENSE, 0.90, 0.91), *at(0.1, DENSE, 0.93, 0.90),  # the better test accuracy must not be chosen
        *at(0.01, STATIC, 0.80, 0.81), *at(0.1, STATIC, 0.85, 0.86),
    ]  # fmt: skip
    dense, static = tuned(cells(stored(runs)), 0.95)
    assert (dense.method, dense.setting, dense.cell.value.mean) == ("dense", "lr 0.01", pytest.approx(0.90))
    assert (static.method, static.setting, static.sparsity) == ("static_random", "lr 0.1", 0.9)
    assert static.difference.mean == pytest.approx(-0.05) and static.reference.value.mean == pytest.approx(0.90)
    assert static.at_an_end and list(static.tried) == ["lr 0.01", "lr 0.1"]


def test_a_ranking_that_does_not_survive(stored):
    """At the small rate pruning is ahead; tuned, the random mask is, by 2 points."""
    runs = [
        *at(0.001, DENSE, 0.90, 0.90), *at(0.01, DENSE, 0.90, 0.90), *at(0.1, DENSE, 0.90, 0.91),
        *at(0.001, STATIC, 0.80, 0.80), *at(0.01, STATIC, 0.88, 0.88), *at(0.1, STATIC, 0.87, 0.87),
        *at(0.001, PRUNED, 0.85, 0.85), *at(0.01, PRUNED, 0.86, 0.86), *at(0.1, PRUNED, 0.5, 0.5),
    ]  # fmt: skip
    results = stored(runs)
    assert SECTION.text(SECTION.summarize(results)) == (
        "At 90 % sparsity, each with its best setting on validation, static_random (lr 0.01, 88.00 %) is before "
        "one_shot (lr 0.01, 86.00 %). On test, the first minus the second is +2.00 pp (+2.00 to +2.00), n = 5, clear. "
        "With one setting for all, validation puts others first: one_shot with lr 0.001.",
    )
    assert SECTION.finding(SECTION.summarize(results)) == (
        "Tuning changes which method is first on validation, at 90 % sparsity"
    )
    (table,) = SECTION.tables(SECTION.summarize(results))
    assert table.columns[:4] == ("Method", "Sparsity", "Best setting", "Settings tried")
    assert [row[:4] for row in table.rows] == [
        ("dense", "0 %", "lr 0.1", "3"), ("static_random", "90 %", "lr 0.01", "3"),
        ("one_shot", "90 %", "lr 0.01", "3"),
    ]  # fmt: skip


def test_a_ranking_that_survives_at_the_end_of_what_was_tried(stored):
    runs = [
        *at(0.001, DENSE, 0.90, 0.90, seeds=2), *at(0.01, DENSE, 0.90, 0.91, seeds=2),
        *at(0.001, STATIC, 0.80, 0.80, seeds=2), *at(0.01, STATIC, 0.83, 0.83, seeds=2),
        *at(0.001, PRUNED, 0.84, 0.84, seeds=2), *at(0.01, PRUNED, 0.86, 0.86, seeds=2),
    ]  # fmt: skip
    numbers = SECTION.summarize(stored(runs))
    (text,) = SECTION.text(numbers)
    assert SECTION.finding(numbers) == "Tuning does not change which method is first on validation"
    assert "On test, the first minus the second is +3.00 pp, n = 2, which is no verdict. With one setting for all, " \
           "the order on validation is the same" in text  # fmt: skip
    assert text.endswith("For one_shot and static_random the best setting is at an end of the tried range. A "
                         "setting beyond may be better.")  # fmt: skip


def test_an_order_that_the_test_set_turns_is_not_called_a_lead(stored):
    """First on validation, and 0.1 points behind on test at every seed."""
    runs = [*at(0.001, DENSE, 0.90, 0.90), *at(0.01, DENSE, 0.90, 0.91)]
    for method, test, validation in ((STATIC, 0.80, 0.85), (PRUNED, 0.801, 0.84)):
        runs += [*at(0.001, method, 0.7, 0.7), *at(0.01, method, test, validation)]
    (text,) = SECTION.text(SECTION.summarize(stored(runs)))
    assert "On test, the first minus the second is −0.10 pp (−0.10 to −0.10), n = 5, so the order turns, clear" in text
    assert "ahead" not in text and "lead" not in text


def test_another_length_of_training_is_told(stored):
    runs = [
        *at(0.001, DENSE, 0.90, 0.90), *at(0.01, DENSE, 0.90, 0.91),
        *at(0.001, STATIC, 0.80, 0.80, steps=800), *at(0.01, STATIC, 0.83, 0.83, steps=800),
    ]  # fmt: skip
    results = stored(runs)
    assert tuned(cells(results), 0.95)[1].times_the_training == 2
    numbers = SECTION.summarize(results)
    (table,) = SECTION.tables(numbers)
    assert (table.columns[-1], [row[-1] for row in table.rows]) == ("Times the training", ["–", "2"])
    assert SECTION.finding(numbers) == (
        "With the best training for each, static_random is −7.00 pp from dense at 90 % sparsity"
    )


def test_one_setting_is_nothing_to_choose_from(stored):
    assert SECTION.summarize(stored([*at(0.01, DENSE, 0.9, 0.9), *at(0.01, STATIC, 0.8, 0.8)])) is None


def test_headlines_have_room_for_so_many_characters():
    assert fitting("x" * 110, "short") == "x" * 110
    assert fitting("x" * 111, "short") == "short"
