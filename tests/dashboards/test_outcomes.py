"""Whatever networks are judged by is told in its own unit, alone and beside others."""

from dataclasses import replace
from html import unescape
from re import findall, sub

import pytest

from dashboards.numbers.cells.cells import cells
from dashboards.read.merged import merged
from dashboards.read.tasks import by_task
from dashboards.report import SECTIONS, html
from dashboards.sections.answer import accuracy, answer, matrix
from dashboards.sections.cost import cost
from dashboards.sections.factors import interaction
from dashboards.sections.training import convergence, curves
from dashboards.tables import csv, markdown, records
from tests.dashboards.made_up import MadeUp
from tests.dashboards.made_up import level as accuracies
from tests.dashboards.made_up_outcome import SQUARED_ERROR, squared
from tests.dashboards.made_up_results import in_memory
from tests.dashboards.made_up_sweep import SERIES, sweep
from tests.dashboards.made_up_text import sweep as text_sweep
from tests.dashboards.made_up_tickets import tickets

DENSE, STATIC = {"name": "dense"}, {"name": "static_random", "allocation": "uniform"}
WIGGLE = (-2.0, -1.0, 0.0, 1.0, 2.0)
ONLY_ONCE = {"differences", "failures", "citation", "provenance"}  # they speak of whole sweeps


def _errors(method, errors, **more):
    """A trial a seed; on validation all are 1 worse."""
    return [MadeUp(method, seed, {"final/test_squared_error": error, "final/val_squared_error": error + 1,
                                  "final/nonzero_parameters": 1000 * (1 - method.get("sparsity", 0.0)),
                                  "final/prunable_parameters": 1000, "cost/training_flops": 1e9} | more,
                   chance=None, outcome=SQUARED_ERROR) for seed, error in enumerate(errors)]  # fmt: skip


@pytest.fixture
def cliff():
    """Errors of 300 when dense; 10 more at 50 %, safe by a margin of 50; 100 more at 90 %."""
    runs = _errors(DENSE, [300 + one for one in WIGGLE])
    runs += _errors(STATIC | {"sparsity": 0.5}, [310 + 2 * one for one in WIGGLE])
    runs += _errors(STATIC | {"sparsity": 0.9}, [400 + 2 * one for one in WIGGLE])
    return in_memory(runs)


def _shown(page):
    """The words of a page, and those of its figures."""
    main = page.partition("<main")[2].replace("\u00a0", " ")
    return unescape(sub(r"<script.*?</script>", " ", main, flags=16)), main


def test_less_of_an_error_is_better(cliff):
    dense, half, most = cells(cliff)
    assert (dense.value.mean, half.difference.mean, half.gain.mean) == pytest.approx((300, 10, -10))
    assert (most.score, half.ahead_of(most, 0.95).mean) == pytest.approx((-401, 90))
    assert (half.outcome.metric, half.outcome.margin, half.split) == ("squared_error", 50.0, "test")


def test_the_answer_is_in_its_unit(cliff):
    said = answer.SECTION.text(answer.SECTION.summarize(cliff))
    assert said[:2] == (
        "dense takes 300 squared units of squared error of the test split (interval 298 to 302 squared units, n = 5).",
        "static_random (its twin: 300 squared units) is safe up to 50 % sparsity, judged over seeds alone, with +10 "
        "squared units (+8 to +12). At 90 % the difference is +100 squared units (+98 to "
        "+102): surely an excess of more than 50 squared units. Its "
        "excess reaches 50 squared units at 75.5 %, interpolated between 50 % and 90 % (50.0 to 90.0 %).",
    )  # fmt: skip
    explained = answer.SECTION.computed(answer.SECTION.summarize(cliff))
    assert "with a margin of 50 squared units, if the one-sided 95 % upper bound" in explained


def test_the_tables_are_in_its_unit(cliff):
    (main,) = matrix.SECTION.tables(matrix.SECTION.summarize(cliff))
    row = dict(zip(main.columns, main.rows[2]))
    assert main.title == "Squared error at the last step"
    assert (row["Squared error"], row["Interval"], row["Difference to dense"], row["Interval [squared units]"]) == (
        "400 squared units", "396 to 404", "+100 squared units", "+98 to +102")  # fmt: skip
    numbers = accuracy.SECTION.summarize(cliff)
    found, _ = accuracy.SECTION.tables(numbers)
    row = dict(zip(found.columns, found.rows[0]))
    assert (row["Safe up to"], row["Difference there"], row["Its twin"]) == (
        "50 %", "+100 squared units", "300 squared units")  # fmt: skip
    assert "stays below +50 squared units" in accuracy.SECTION.computed(numbers)
    _, _, most = records(cliff)
    assert (most["squared_error"], most["difference"]) == pytest.approx((400, 100))
    assert most["validation_squared_error"] == pytest.approx(401)


def test_the_figure_shows_what_is_lost_above_the_dense_network(cliff):
    """From 300 units up to 400, which are less than 6 margins of 50; the dotted line is a margin above."""
    numbers = accuracy.SECTION.summarize(cliff)
    figure = accuracy.SECTION.draw(numbers)
    assert (figure.layout.yaxis.title.text, figure.layout.yaxis.ticksuffix) == ("squared error [squared units]", None)
    assert list(figure.layout.yaxis.range) == [288, 412]
    (margin,) = [trace for trace in figure.data if trace.line.dash == "dot"]
    assert set(margin.y) == {350}
    assert accuracy.SECTION.heading(numbers).title == "Squared error"


def test_the_cheapest_is_within_the_margin_of_the_least_error(cliff):
    numbers = cost.SECTION.summarize(cliff)
    said = cost.SECTION.text(numbers)
    assert "By training operations, no cheaper network was better on validation than these: dense." in said
    (drawing,) = cost.SECTION.drawings(numbers)
    assert drawing.note == "Squared error of the test split against training operations, zeros not counted"


def test_looks_are_followed_down_to_the_twins_last(stored):
    own = {"val/squared_error": {100: 400.0, 200: 350.0, 300: 320.0}}
    runs = [
        replace(one, curves=own) for one in (*_errors(DENSE, [300.0]), *_errors(STATIC | {"sparsity": 0.5}, [310.0]))
    ]
    results = stored(runs)
    numbers = convergence.SECTION.summarize(results)
    assert [one.by_seed for one in numbers.cells] == [{0: 200}, {0: 200}]  # within 50 of 301
    assert "validation squared error is within 50 squared units" in convergence.SECTION.caption(numbers)
    assert [panel.title for panel in curves.SECTION.summarize(results).curves.panels] == [
        "validation squared error [squared units]"]  # fmt: skip


def _rich():
    """What every section of a page has something to say of."""
    networks = ({"name": "fashion_mnist_mlp", "hidden": [100]}, {"name": "fashion_mnist_mlp", "hidden": [300]})
    yield from sweep((SERIES[0], SERIES[5], SERIES[6]), (0.5, 0.9), seeds=5, looks=5, workloads=networks)
    yield from (one for one in tickets(5, workload=networks[1]) if one.method["name"] == "lottery_ticket")


def test_every_section_is_in_its_unit():
    by_accuracy, by_error = in_memory(_rich()), in_memory(squared(_rich()))
    there, ours = ({section.name for section in SECTIONS if section.summarize(results) is not None}
                   for results in (by_accuracy, by_error))  # fmt: skip
    assert ours == there >= {"rounds", "controls", "accuracy", "interaction", "shapes", "cost", "convergence"}
    words, whole = _shown(html(by_error))
    assert "ccurac" not in whole and " pp" not in whole and "[pp]" not in whole and "bits" not in words
    assert whole.count("squared units") > 100


def test_what_loses_more_takes_more():
    by_accuracy, by_error = (interaction.SECTION.text(interaction.SECTION.summarize(in_memory(runs)))
                             for runs in (_rich(), squared(_rich())))  # fmt: skip
    turned = [one.replace("loses", "takes") for one in by_accuracy]
    assert [findall("takes .*", one) for one in by_error] == [findall("takes .*", one) for one in turned]


def test_nothing_is_dropped_where_a_sweep_mixes_tasks():
    """Classifiers, language models and an error on the classifiers' data: each as if it were alone."""
    images = list(sweep(SERIES[:1], (0.5, 0.9), seeds=2, looks=3))
    tanh = {"name": "fashion_mnist_mlp", "hidden": [50]}
    errors = squared(sweep(SERIES[:1], (0.5,), seeds=2, looks=3, workloads=(tanh,)))
    spoken = list(text_sweep())
    alone = [in_memory(images), in_memory(errors), in_memory(spoken)]
    mixed = in_memory([*images, *spoken, *errors])
    tasks = by_task(mixed)
    assert [own.outcome.metric for _, own in tasks] == ["accuracy", "squared_error", "bits_per_character"]
    assert len({name for name, _ in tasks}) == 3
    for (_, own), single in zip(tasks, alone, strict=True):
        for section in (one for one in SECTIONS if one.name not in ONLY_ONCE):
            mine, other = section.summarize(own), section.summarize(single)
            assert (mine is None) == (other is None), section.name
            if mine is not None:
                assert section.tables(mine) == section.tables(other)
                assert section.text(mine) == section.text(other)
    page = html(mixed)
    ids = findall(r'<section id="([\w-]+)"', page)
    assert len(ids) == len(set(ids)) and {"accuracy", "squared_error-2", "bits_per_character-3"} <= set(ids)


def test_the_table_of_a_mixed_sweep_has_each_in_its_own_unit():
    images = accuracies(DENSE, [0.9, 0.9]) + accuracies(STATIC | {"sparsity": 0.9}, [0.8, 0.82])
    results = in_memory([*images, *text_sweep(2, (0.5,)), *_errors({"name": "one_shot", "sparsity": 0.9}, [300.0])])
    rows = records(results)
    assert [row["outcome"] for row in rows] == ["accuracy"] * 2 + ["bits_per_character"] * 5 + ["squared_error"]
    assert {row["unit"] for row in rows} == {"fraction", "bits", "squared units"}
    assert (rows[1]["test_accuracy"], rows[1]["difference"]) == pytest.approx((0.81, -0.09))
    assert (rows[3]["bits_per_character"], rows[3]["difference"]) == pytest.approx((2.555, 0.05))
    assert (rows[7]["squared_error"], rows[1]["bits_per_character"], rows[7]["test_accuracy"]) == (300.0, None, None)
    text = markdown(results)
    for words in ("| 81.00 % |", "| −9.00 pp |", "| 2.555 |", "| +0.050 bits |", "| 300 squared units |"):
        assert words in text
    titles = ["Test accuracy", "Bits per character", "Squared error"]
    assert findall(r"\*\*(.*) at the last step\*\*", text) == titles
    assert csv(results).startswith("outcome,unit,series,")


def test_one_task_of_several_may_have_nothing_to_show_yet():
    results = in_memory([*accuracies(DENSE, [0.9]), *text_sweep(1, (0.5,))])
    lost = replace(results, runs=results.runs[results.runs["workload.name"] == "fashion_mnist_mlp"])
    page, _ = _shown(html(lost))
    assert "90.00 % test accuracy" in page and "No run of this sweep has finished" in page


def test_the_least_margin_of_each_outcome_counts(sweep):
    def judged(margin):
        return [replace(one, outcome=SQUARED_ERROR | {"margin": margin}) for one in _errors(DENSE, [300.0])]

    a = sweep("a", judged(50.0) + accuracies(DENSE, [0.9]))
    b = sweep("b", [*judged(20.0), *accuracies({"name": "static_random", "sparsity": 0.9}, [0.8])])
    both = merged([a, b])
    assert {one.metric: one.margin for one in both.outcomes} == {"squared_error": 20.0, "accuracy": 0.01}
    page, _ = _shown(html(both))
    assert "This page uses the least margin of squared error (20 squared units)" in page
    assert "The trials are judged by squared error and test accuracy, each with an answer" in page
