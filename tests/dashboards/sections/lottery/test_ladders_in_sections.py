"""What sections say of trials that give several runs."""

from dataclasses import replace

import pytest

from dashboards.numbers.answer.ranking import rankings
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.inside.layers import layers_left
from dashboards.numbers.training.convergence import reached
from dashboards.report import SECTIONS, html
from dashboards.tables import markdown, records
from tests.dashboards.made_up import level
from tests.dashboards.made_up_ladder import Ladder, Rung, accuracies, pair, unpruned

LEVELS = (0.0, 0.5, 0.8, 0.95)
TWINS = (0.90, 0.91, 0.92, 0.92)
REACHED = (0.90, 0.91, 0.92, 0.80)


def _section(name):
    return next(section for section in SECTIONS if section.name == name)


def _ladders(seeds=5):
    return [one for seed in range(seeds) for one in pair(seed, LEVELS, REACHED, TWINS)]


def _sentences(results, name="answer"):
    """Those of a section; of the answer, cautions stand last."""
    section = _section(name)
    numbers = section.summarize(results)
    return (*section.text(numbers), *(section.view(numbers).cautions if name == "answer" else ()))


def _rows(results, name):
    section = _section(name)
    (table,) = section.tables(section.summarize(results))
    return table.columns, table.rows


def test_the_answer_of_a_ladder(stored):
    assert _sentences(stored(_ladders())) == (
        "iterative reaches 90.00 % test accuracy before it removes any weight (interval 90.00 to 90.00 %, n = 5).",
        "iterative (its twin: 92.00 %) is safe up to 80 % sparsity, judged over seeds alone, with 0.00 pp (0.00 to "
        "0.00). At 95 % the difference is −12.00 pp (−12.00 to −12.00): surely a loss of more than 1 pp. Its loss "
        "reaches 1 pp at 82.2 %, interpolated between 80 % and 95 % (80.0 to 95.0 %).",
    )


def test_twins_of_rungs_that_differ_are_told_with_each(stored):
    twins = (0.90, 0.91, 0.92, 0.93)
    said = _sentences(stored([one for seed in range(5) for one in pair(seed, LEVELS, REACHED, twins)]))[1]
    assert "with 0.00 pp (0.00 to 0.00) from its twin's 92.00 %" in said
    assert "−13.00 pp (−13.00 to −13.00) from its twin's 93.00 %" in said


def test_the_figure_promises_no_dense_network_where_there_is_none(stored):
    section = _section("accuracy")
    captions = [
        section.caption(section.summarize(stored(runs)))
        for runs in (
            _ladders(1),
            level({"name": "dense"}, [0.9]) + _ladders(1),
            level({"name": "dense"}, [0.9] * 5) + _ladders(),
        )
    ]
    assert ["Grey: the dense network" in one for one in captions] == [False, True, True]


def test_beside_a_dense_network_the_first_rung_needs_no_sentence(stored):
    said = _sentences(stored(level({"name": "dense"}, [0.9] * 5) + _ladders()))
    assert said[0].startswith("dense reaches 90.00 %") and not any("before it removes" in one for one in said)


def test_the_table_has_a_row_for_each_rung(stored):
    results = stored(_ladders())
    header, _, *rows = markdown(results).splitlines()
    assert header.startswith("| Method | Sparsity | Round | Test accuracy |")
    assert [row.split(" | ")[1:4] for row in rows] == [
        ["0 %", "0", "90.00 %"], ["50 %", "1", "91.00 %"], ["80 %", "2", "92.00 %"], ["95 %", "3", "80.00 %"]
    ]  # fmt: skip
    assert [(row["arm"], row["round"], row["p_holm"]) for row in records(results)] == [
        ("main", 0, None), ("main", 1, 1.0), ("main", 2, 1.0), ("main", 3, 0.0)]  # fmt: skip


def test_trials_without_a_result_are_counted_as_trials_and_twins_too(stored):
    twin, ladder = pair(0, LEVELS, REACHED, TWINS)
    lost, gone = pair(1, LEVELS, REACHED, TWINS)
    results = stored([twin, ladder, replace(lost, state="failed", error="no space"), replace(gone, state="planned")])
    assert _sentences(results)[-1] == (
        "2 of 4 planned trials have no result: 1 failed, 1 is missing. The figures rest on the others."
    )
    _, rows = _rows(results, "failures")
    assert [row[1:5] for row in rows] == [("twin of iterative", "0 % in 4 runs", "1", "failed")]
    assert _section("failures").finding(_section("failures").summarize(results)) == (
        "1 trial failed and 1 trial not finished yet")  # fmt: skip
    numbers = _section("provenance").summarize(results)
    assert (numbers.planned, numbers.completed, numbers.failed, numbers.missing) == (4, 2, 1, 1)
    assert "partial: 2 of 4 trials, 1 failed" in html(results)


def test_a_ladder_of_which_a_rung_is_not_in_the_store_is_not_finished(stored):
    results = stored(_ladders(1))
    cut = replace(results, runs=results.runs[results.runs["label"] != "r02"])
    _, rows = _rows(cut, "failures")
    assert {row[4] for row in rows} == {"completed, but not in the store: run `sparsity sync made-up`"}
    assert "partial: 0 of 2 trials" in html(cut)


def _stretch(place, value, **metrics):
    """A rung of 100 steps with two looks; the first that a network sees is step 50."""
    first, last = 100 * place + 50, 100 * place + 100
    return {
        "metrics": {"final/test_accuracy": value, "final/val_accuracy": value, "cost/steps_total": last,
                    "cost/steps_since_last_mask": 100, "cost/path_train_seconds": 2.0 * (place + 1),
                    "cost/train_seconds": 2.0} | metrics,
        "curves": {"val/accuracy": {first: value - 0.05, last: value}},
    }  # fmt: skip


def _trained(seed):
    """A ladder of two rungs that gets to its twin's accuracy, less half a point, at the end of the first alone."""
    twin = unpruned(seed, tuple(Rung(place, 0.0, **_stretch(place, 0.9)) for place in range(3)))
    ends = ((0.0, 0.9), (0.5, 0.895), (0.8, 0.7))
    rungs = tuple(Rung(place, sparsity, **_stretch(place, value)) for place, (sparsity, value) in enumerate(ends))
    return [twin, Ladder({"name": "iterative", "levels": [0.5, 0.8]}, seed, rungs, twin)]


def test_a_rungs_curve_begins_with_it_and_the_twins_make_one(stored):
    section = _section("curves")
    numbers = section.summarize(stored(_trained(0) + _trained(1)))
    curves = numbers.curves
    assert curves.series == ("iterative",) and curves.levels == (0.0, 0.5, 0.8)
    found = {level: list(own["step"]) for level, own in curves.frame.groupby("sparsity")}
    assert found == {0.0: [50, 100, 150, 200, 250, 300], 0.5: [150, 200], 0.8: [250, 300]}
    assert set(curves.frame["n"]) == {2}
    assert list(curves.frame.query("sparsity == 0")["value"]) == pytest.approx([0.85, 0.9] * 3)
    assert "A rung of a ladder begins" in section.computed(numbers)


def test_a_rung_with_one_look_is_a_point(stored):
    (dense,) = level({"name": "dense"}, [0.9], lambda seed: {"curves": {"val/loss": {100: 1.0}}})
    section = _section("curves")
    numbers = section.summarize(stored([dense]))
    (drawn,) = section.draw(numbers).data
    assert drawn.mode == "markers" and "ladder" not in section.computed(numbers)


def test_steps_to_the_twins_accuracy_are_those_of_each_rung(stored):
    found = reached(stored(_trained(0)))
    assert [(one.cell.sparsity, one.by_seed) for one in found] == [(0.0, {0: 100}), (0.5, {0: 200}), (0.8, {0: None})]


def test_a_rung_costs_its_whole_path(stored):
    columns, rows = _rows(stored(_trained(0)), "cost")
    steps, seconds = columns.index("Training steps (counted)"), columns.index("Training time [s] (measured)")
    assert [(row[0], row[1], row[steps], row[seconds]) for row in rows] == [
        ("iterative", "0 %", "100", "2.0"), ("iterative", "50 %", "200", "4.0"),
        ("iterative", "80 %", "300", "6.0")]  # fmt: skip


def _ticket(seed, control):
    """Three rungs; at the last, a control whose draws end with these accuracies."""
    size = {"final/nonzero_parameters": 200, "final/prunable_parameters": 1000, "layer_weights/output": 1000}
    rungs = [Rung(place, sparsity, **_stretch(place, 0.9, **size, **{"layer_sparsity/output": sparsity}))
             for place, sparsity in enumerate((0.0, 0.5, 0.8))]  # fmt: skip
    for draw, value in enumerate(control, 1):
        more = size | {"layer_sparsity/output": 0.8 if draw == 1 else 0.9}
        rungs.append(Rung(2, 0.8, **_stretch(2, value, **more), arm="reinit", draw=draw))
    twin = unpruned(seed, accuracies((0, 0, 0), (0.9, 0.9, 0.9)))
    method = {"name": "lottery_ticket", "levels": [0.5, 0.8], "controls": ["reinit"], "control_draws": len(control)}
    return [twin, Ladder(method, seed, tuple(rungs), twin)]


@pytest.fixture
def tickets(stored):
    """Five seeds; the first draw of each is as good as the ticket, the second is not."""
    return stored([one for seed in range(5) for one in _ticket(seed, (0.9, 0.8))])


def test_controls_are_held_against_the_ticket_and_not_against_dense(tickets):
    answer = "\n".join(_sentences(tickets))
    assert "lottery_ticket (its twin: 90.00 %) is safe up to 80 %" in answer and "reinit" not in answer
    columns, rows = _rows(tickets, "table")
    dense, main = columns.index("Difference to dense"), columns.index("Difference to main arm")
    assert [(row[0], row[1], row[dense], row[main]) for row in rows] == [
        ("lottery_ticket", "0 %", "0.00 pp", "–"), ("lottery_ticket", "50 %", "0.00 pp", "–"),
        ("lottery_ticket", "80 %", "0.00 pp", "–"), ("lottery_ticket reinit", "80 %", "–", "−5.00 pp")]  # fmt: skip
    explained = _section("table").computed(_section("table").summarize(tickets))
    assert "The draws of a control at one seed count once, at their mean." in explained
    assert rankings(cells(tickets), 0.95) == ()
    assert len(_section("accuracy").summarize(tickets).limits) == 1


def test_the_draws_of_a_seed_count_once_everywhere(tickets):
    (control,) = [one for one in reached(tickets) if one.cell.series.control]
    assert control.by_seed == dict.fromkeys(range(5))  # one draw gets there and one does not: half is never
    (layer,) = [one for one in layers_left(tickets) if one.series.control]
    assert layer.density == pytest.approx(0.15)
    curves = _section("curves").summarize(tickets).curves
    own = curves.frame[curves.frame["series"] == "lottery_ticket reinit"]
    assert list(zip(own["step"], own["n"])) == [(250, 5), (300, 5)] and list(own["value"]) == pytest.approx([0.8, 0.85])


def test_a_draw_that_diverged_is_said_to_be_one(stored):
    twin, ticket = _ticket(0, (0.9, 0.8))
    rungs = (*ticket.rungs[:4], replace(ticket.rungs[4], metrics={}))
    gone = replace(ticket, rungs=rungs, state="failed", error="the loss is nan", cause="Diverged")
    said = _sentences(stored([twin, gone, *_ticket(1, (0.9, 0.8))]))
    assert "1 of 4 draws of lottery_ticket reinit at 80 % sparsity diverged and count at chance level; the others " \
           "reach 85.00 %." in said  # fmt: skip


def test_the_whole_page_is_written(tickets, stored):
    for results in (tickets, stored(_trained(0) + _trained(1))):
        assert 'class="plot"' in html(results)
