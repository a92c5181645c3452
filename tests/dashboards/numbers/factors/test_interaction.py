"""Differences of differences whose answer is known by hand."""

import pytest

from dashboards.numbers.cells.cells import cells
from dashboards.numbers.factors.interaction import interactions
from dashboards.sections.factors.interaction import SECTION
from tests.dashboards.made_up import MadeUp, level
from tests.dashboards.made_up_ladder import Ladder, Rung, unpruned

MLP, CNN = {"name": "fashion_mnist_mlp"}, {"name": "fashion_mnist_cnn"}
DENSE = {"name": "dense"}


def _static(sparsity):
    return {"name": "static_random", "sparsity": sparsity}


def _on(workload, method, accuracies, steps=400):
    def more(seed):
        return {"workload": workload, "metrics": {"final/test_accuracy": accuracies[seed], "cost/steps_total": steps}}

    return level(method, accuracies, more)


def _both(mlp, cnn, sparsity=0.9, steps=400):
    """Twins at 90 % that vary with the seed, and losses as given: the twins cancel out."""
    twins = [0.9 + 0.01 * seed for seed in range(max(len(mlp), len(cnn)))]
    return [
        *_on(MLP, DENSE, twins), *_on(CNN, DENSE, twins, steps),
        *_on(MLP, _static(sparsity), [twins[seed] - loss for seed, loss in enumerate(mlp)]),
        *_on(CNN, _static(sparsity), [twins[seed] - loss for seed, loss in enumerate(cnn)], steps),
    ]  # fmt: skip


def test_two_points_more_are_two_points_more(stored):
    results = stored(_both(mlp=[0.03] * 5, cnn=[0.05] * 5))
    (one,) = interactions(cells(results), 0.95)
    assert (one.method, one.sparsity, one.ours.kind, one.theirs.kind) == (
        "static_random", 0.9, "fashion_mnist_cnn", "fashion_mnist_mlp")  # fmt: skip
    assert (one.our_loss.mean, one.their_loss.mean) == (pytest.approx(-0.05), pytest.approx(-0.03))
    assert one.difference.mean == pytest.approx(-0.02) and one.difference.n == 5
    assert one.p_value < 1e-6
    assert SECTION.text(SECTION.summarize(results)) == (
        "static_random at 90 % sparsity: the difference to dense of fashion_mnist_cnn minus that of fashion_mnist_mlp "
        "is −2.00 pp (−2.00 to −2.00), n = 5. fashion_mnist_cnn clearly loses more at 90 %.",
    )


def test_the_spread_is_that_of_pairs(stored):
    """D = -1, -2, -3, -4, -5 pp: mean -3, sd 1.5811, t(0.975, 4) = 2.7764, half-width 2.7764 x 1.5811 / sqrt 5."""
    losses = [0.02, 0.01, 0.04, 0.0, 0.03]
    more = [loss + 0.01 * (seed + 1) for seed, loss in enumerate(losses)]
    (one,) = interactions(cells(stored(_both(losses, more))), 0.95)
    assert one.difference.mean == pytest.approx(-0.03)
    assert one.difference.high - one.difference.mean == pytest.approx(0.0196324, rel=1e-5)
    assert one.p_value == pytest.approx(0.013235, rel=1e-3)  # t = 4.2426 on 4 degrees of freedom


def test_p_values_are_adjusted_over_the_table(stored):
    losses = [0.02, 0.01, 0.04, 0.0, 0.03]
    more = [loss + 0.01 * (seed + 1) for seed, loss in enumerate(losses)]
    runs = _both(losses, more) + [run for run in _both(losses, more, 0.5) if run.method != DENSE]
    found = interactions(cells(stored(runs)), 0.95)
    assert [one.p_value for one in found] == [pytest.approx(2 * 0.013235, rel=1e-3)] * 2


def test_the_largest_of_several_levels_has_an_interval_that_holds_for_all(stored):
    """D = -1, -2, -3, -4, -5 pp at both: t(1 - 0.05 / 4, 4) = 3.4954 instead of 2.7764, times 1.5811 / sqrt 5."""
    losses = [0.02, 0.01, 0.04, 0.0, 0.03]
    more = [loss + 0.01 * (seed + 1) for seed, loss in enumerate(losses)]
    runs = _both(losses, more) + [run for run in _both(losses, more, 0.5) if run.method != DENSE]
    (text,) = SECTION.text(SECTION.summarize(stored(runs)))
    assert "is −3.00 pp (−5.47 to −0.53), n = 5, the largest of 2 levels. fashion_mnist_cnn clearly loses more at " \
           "50 % and 90 %." in text  # fmt: skip


def test_equal_losses_are_no_interaction(stored):
    swing = [0.001, -0.001, 0.002, -0.002, 0.0]
    results = stored(_both([0.03] * 5, [0.03 + one for one in swing]))
    (text,) = SECTION.text(SECTION.summarize(results))
    assert text.endswith("is 0.00 pp (−0.20 to +0.20), n = 5. Not clear at 90 %.")
    assert SECTION.finding(SECTION.summarize(results)) == "No network clearly loses more to sparsity than another"


def test_one_seed_is_no_verdict(stored):
    numbers = SECTION.summarize(stored(_both([0.05], [0.03])))
    assert SECTION.text(numbers) == (
        "static_random at 90 % sparsity: the difference to dense of fashion_mnist_cnn minus that of fashion_mnist_mlp "
        "is +2.00 pp, n = 1. With n = 1 this is no verdict; it takes 5 seeds.",
    )
    assert SECTION.finding(numbers) == "It takes 5 seeds to tell whether networks lose differently"
    assert "interval" not in SECTION.caption(numbers)


def test_other_budgets_are_said(stored):
    (text,) = SECTION.text(SECTION.summarize(stored(_both([0.03] * 2, [0.05] * 2, steps=800))))
    assert "n = 2, at 2 times the training. " in text
    (row,) = SECTION.tables(SECTION.summarize(stored(_both([0.03] * 2, [0.05] * 2, steps=800))))[0].rows
    assert row[-1] == "2"


def test_seeds_and_cells_that_only_one_has_do_not_count(stored):
    runs = _both([0.03, 0.03, 0.03], [0.05, 0.05])
    runs += [MadeUp(_static(0.5), 0, state="planned", workload=one) for one in (MLP, CNN)]
    runs += _on(MLP, _static(0.99), [0.5, 0.5])
    results = stored(runs)
    half, tenth = interactions(cells(results), 0.95)
    assert (half.sparsity, half.difference, tenth.difference.n) == (0.5, None, 2)
    numbers = SECTION.summarize(results)
    (table,) = SECTION.tables(numbers)
    assert table.rows[0][6:] == ("–", "–", "0", "–")
    assert SECTION.draw(numbers).data and "n = 2" in SECTION.caption(numbers)


def test_where_there_is_one_network_there_is_nothing_to_say(stored):
    runs = _on(MLP, DENSE, [0.9]) + _on(MLP, _static(0.9), [0.8])
    assert SECTION.summarize(stored(runs)) is None
    pending = [MadeUp(method, 0, state="planned", workload=CNN) for method in (DENSE, _static(0.9))]
    assert SECTION.summarize(stored(runs + pending)) is None


def test_settings_of_one_workload_make_kinds(stored):
    slow, fast = ({"name": "fashion_mnist_mlp", "training": {"optimizer": {"name": "adam", "lr": lr}}}
                  for lr in (0.001, 0.003))  # fmt: skip
    runs = [run for workload, loss in ((slow, 0.01), (fast, 0.04))
            for run in _on(workload, DENSE, [0.9, 0.9]) + _on(workload, _static(0.9), [0.9 - loss] * 2)]  # fmt: skip
    (one,) = interactions(cells(stored(runs)), 0.95)
    assert (one.ours.kind, one.theirs.kind, one.difference.mean) == ("lr 0.003", "lr 0.001", pytest.approx(-0.03))


def test_a_kind_of_several_networks_counts_with_their_mean(stored):
    """MLPs lose 2 and 4 pp, the CNN 5: 2 pp more than the mean of 3. Seed 1 lacks one MLP and counts for none."""
    narrow = MLP | {"hidden": [100]}
    runs = _both([0.02, 0.02], [0.05, 0.05]) + _on(narrow, DENSE, [0.9, 0.9]) + _on(narrow, _static(0.9), [0.86])
    (one,) = interactions(cells(stored(runs)), 0.95)
    assert (one.difference.mean, one.difference.n) == (pytest.approx(-0.02), 1)


def test_controls_are_left_out(stored):
    """They are held against the main run of their rung, not against a dense network."""
    good, bad = {"final/test_accuracy": 0.9}, {"final/test_accuracy": 0.5}
    rungs = (Rung(0, 0.0, good), Rung(1, 0.9, good), Rung(1, 0.9, bad, arm="reinit", draw=1))
    method = {"name": "lottery_ticket", "levels": [0.9]}
    dense = (Rung(0, 0.0, good), Rung(1, 0.0, good))
    ladders = [Ladder(method, 0, rungs, unpruned(0, dense, workload=one), workload=one) for one in (MLP, CNN)]
    results = stored([twin for one in ladders for twin in (one.twin, one)])
    (one,) = interactions(cells(results), 0.95)
    assert (one.difference.mean, one.difference.n) == (0.0, 1)


def test_the_finding_is_the_largest_clear_difference(stored):
    losses = [0.02, 0.01, 0.04, 0.0, 0.03]
    runs = _both(losses, [loss + 0.02 for loss in losses])
    runs += [run for run in _both(losses, [loss - 0.03 for loss in losses], 0.5) if run.method != DENSE]
    assert SECTION.finding(SECTION.summarize(stored(runs))) == (
        "At 50 % sparsity, fashion_mnist_cnn loses 3.00 pp less than fashion_mnist_mlp"
    )


def test_panels_share_their_axes_and_lines_have_their_names(stored):
    """Two networks against the first: 1 and 4 pp more."""
    networks = [{"name": "fashion_mnist_mlp", "hidden": [width]} for width in (300, 100, 30)]
    runs = [run for workload, loss in zip(networks, (0.01, 0.02, 0.05), strict=True)
            for run in _on(workload, DENSE, [0.9, 0.9]) + _on(workload, _static(0.9), [0.9 - loss] * 2)]  # fmt: skip
    numbers = SECTION.summarize(stored(runs))
    layout = SECTION.draw(numbers).layout
    assert layout.yaxis.range == layout.yaxis2.range
    assert [note.text for note in layout.annotations] == [
        "hidden 100 minus hidden 300", "hidden 30 minus hidden 300", "static_random", "static_random"]  # fmt: skip
    assert layout.meta["narrow"]["showlegend"] and layout.meta["narrow"]["hide"] == "direct"


def test_many_lines_are_left_to_the_table(stored):
    runs = _on(MLP, DENSE, [0.9] * 5) + _on(CNN, DENSE, [0.9] * 5)
    methods = [{"allocation": "uniform"}, {"allocation": "erk"}, {"dense_layers": ["first"]},
               {"dense_layers": ["last"]}, {"allocation": "erk", "dense_layers": ["last"]}]  # fmt: skip
    for place, settings in enumerate(methods):
        method = _static(0.9) | settings
        more = 0.02 if place == 4 else 0.0  # the last one alone is clear
        runs += _on(MLP, method, [0.88] * 5) + _on(CNN, method, [0.88 - more] * 5)
    *_, last = text = SECTION.text(SECTION.summarize(stored(runs)))
    assert len(text) == 5 and last == "The table has 1 more."
    assert "clearly loses more" in text[0] and not [one for one in text[1:] if "clearly" in one]
