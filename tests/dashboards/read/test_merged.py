"""Several sweeps as one. Each sweep is in a store of its own, as it might come from another machine."""

from dataclasses import replace

import pytest

from dashboards.draw.multiples import CurvePanel, mean_curves
from dashboards.errors import ReportError
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.cells.overlap import rows
from dashboards.read.merged import merged
from tests.dashboards.made_up import MadeUp, level
from tests.dashboards.made_up_ladder import pair

DENSE = {"name": "dense"}
LR = {"name": "fashion_mnist_mlp", "training": {"optimizer": {"name": "adam", "lr": 0.01}}}


def _static(sparsity, **more):
    return {"name": "static_random", "sparsity": sparsity, **more}


def _elsewhere(runs, suffix="'"):
    """The same trials where other code or another machine made other networks of them."""
    return [replace(run, network=f"{run.trial.key}{suffix}") for run in runs]


def _cells(results):
    return {(one.series.label, one.sparsity): one for one in cells(results)}


def test_one_sweep_is_itself(sweep):
    one = sweep("a", level(DENSE, [0.9]))
    assert merged([one]) is one


def test_sweeps_with_nothing_in_common_stand_side_by_side(sweep):
    a = sweep("a", [*level(DENSE, [0.9, 0.9]), *level(_static(0.9), [0.8, 0.7])], merged=1)
    other = {"name": "one_shot", "sparsity": 0.9, "fine_tune": {"epochs": 1}}
    b = sweep("b", level({**other, "sparsity": 0.0}, [0.92, 0.9]) + level(other, [0.85, 0.86]), merged=2)
    both = merged([a, b])
    assert (both.sweep, both.plan.merged, len(both.runs)) == ("a + b", 3, 8)
    assert both.spec == "# a\n# a\nseeds: 5\n\n# b\n# b\nseeds: 5\n"
    alone = {**_cells(a), **_cells(b)}
    together = _cells(both)
    assert set(together) == set(alone)
    for place, cell in together.items():
        assert (cell.by_seed, cell.difference, cell.planned) == (
            alone[place].by_seed, alone[place].difference, alone[place].planned)  # fmt: skip


def test_a_trial_of_both_counts_once(sweep):
    dense = level(DENSE, [0.9, 0.91])
    a = sweep("a", dense + level(_static(0.5), [0.8, 0.8]))
    b = sweep("b", dense + level(_static(0.9), [0.7, 0.7]))
    both = merged([a, b])
    assert len(both.plan.trials) == len(both.runs) == 6
    found = _cells(both)
    assert found["dense", 0.0].planned == 2
    assert found["static_random", 0.9].difference.mean == pytest.approx(-0.205)
    assert {one.key: one.sweep for one in both.plan.trials}[dense[0].trial.key] == "a"


def test_differences_stay_with_the_twin_of_their_own_sweep(sweep):
    def curve(value):
        return lambda seed: {"curves": {"val/loss": {100: value}}, "metrics": {"final/test_accuracy": 1 - value}}

    a = sweep("a", level(DENSE, [0], curve(0.1)) + level(_static(0.5), [0], curve(0.2)))
    b = sweep("b", _elsewhere(level(DENSE, [0], curve(0.3)) + level(_static(0.5), [0], curve(0.35))
                              + level(_static(0.9), [0], curve(0.4))))  # fmt: skip
    both = merged([a, b])
    found = _cells(both)
    assert found["dense", 0.0].by_seed == {0: pytest.approx(0.9)}  # the first sweep's
    assert found["static_random", 0.5].difference.mean == pytest.approx(-0.1)
    assert found["static_random", 0.9].difference.mean == pytest.approx(-0.1)  # not the -0.3 to the other's twin
    assert (len(both.plan.trials), both.runs["trial_key"].nunique(), len(both.runs)) == (3, 3, 4)
    assert set(both.curves["run"]) == set(both.runs["run"]) == set(both.provenance)
    twins = mean_curves(both, [CurvePanel("val/loss", "")]).frame.query("sparsity == 0 and series == 'static_random'")
    assert list(twins["value"]) == [pytest.approx(0.2)]  # both sweeps' dense networks, as those of a series


def test_what_failed_in_one_sweep_is_taken_from_another(sweep):
    a = sweep("a", [*level(DENSE, [0.9]), MadeUp(_static(0.5), 0, state="failed", error="Diverged"),
                    MadeUp(_static(0.9), 0, state="failed", error="Diverged")])  # fmt: skip
    b = sweep("b", [*level(DENSE, [0.9]), *level(_static(0.5), [0.8]), MadeUp(_static(0.9), 0, state="planned")])
    for order in ([a, b], [b, a]):
        found = _cells(merged(order))
        assert (found["static_random", 0.5].failed, found["static_random", 0.5].value.n) == (0, 1)
        assert (found["static_random", 0.9].failed, found["static_random", 0.9].missing) == (1, 0)


def test_a_twin_that_only_the_other_sweep_finished_is_a_twin(sweep):
    a = sweep("a", level(DENSE, [0.9]))
    b = sweep("b", [MadeUp(DENSE, 0, state="failed"), *level(_static(0.9), [0.8])])
    assert _cells(merged([b, a]))["static_random", 0.9].difference.mean == pytest.approx(-0.1)


def test_a_sweep_without_a_baseline_finds_the_twins_of_the_same_series(sweep):
    a = sweep("a", level(DENSE, [0.9, 0.8]) + level(_static(0.5), [0.85, 0.7]))
    b = sweep("b", level(_static(0.9), [0.7, 0.7]) + level(_static(0.9, allocation="erk"), [0.6, 0.6]), baseline="none")
    found = _cells(merged([a, b]))
    assert found["static_random uniform", 0.9].difference.mean == pytest.approx(-0.15)
    assert found["static_random erk", 0.9].difference is None  # nothing says that its twin is the same


def test_the_same_method_with_other_settings_is_another_series(sweep):
    a = sweep("a", level(DENSE, [0.9]) + level(_static(0.9), [0.8]))
    b = sweep("b", [replace(run, workload=LR) for run in level(DENSE, [0.7]) + level(_static(0.9), [0.5])])
    found = _cells(merged([a, b]))
    assert {label for label, _ in found} == {
        "dense lr 0.001", "dense lr 0.01", "static_random lr 0.001", "static_random lr 0.01"}  # fmt: skip
    assert found["static_random lr 0.01", 0.9].difference.mean == pytest.approx(-0.2)


def test_the_strictest_judgement_counts(sweep):
    def judged(accuracy, bits, confidence):
        return {"margin": {"accuracy": accuracy, "bits_per_character": bits}, "confidence": confidence}

    both = merged([
        sweep("a", level(DENSE, [0.9]), report=judged(0.01, 0.03, 0.9)),
        sweep("b", level(DENSE, [0.9]), report=judged(0.02, 0.02, 0.99)),
    ])  # fmt: skip
    assert both.plan.report.model_dump(exclude_none=True) == judged(0.01, 0.02, 0.99)


def test_what_plans_say_is_told_by_sweep_where_they_differ(sweep):
    git = {"commit": "0123abc", "dirty": False}
    both = merged([
        sweep("a", level(DENSE, [0.9]), provenance={"git": git, "python": "3.11"}),
        sweep("b", level(DENSE, [0.9]), provenance={"git": git, "python": "3.12", "overrides": ["seeds=1"]},
              spec_sha256="6" * 64),
    ])  # fmt: skip
    assert both.plan.provenance == {
        "git.commit": "0123abc", "git.dirty": False, "python": "3.11 (a); 3.12 (b)", "overrides": "seeds=1 (b)",
    }  # fmt: skip
    assert both.plan.spec_sha256 == f"{'5' * 64} (a); {'6' * 64} (b)"


def test_a_sweep_without_a_finished_run_cannot_be_compared(sweep):
    a = sweep("a", level(DENSE, [0.9]))
    b = sweep("b", [MadeUp(DENSE, 0, state="failed"), MadeUp(DENSE, 1, state="planned")])
    with pytest.raises(ReportError, match="'b' has no finished run .* 1 failed and 1 planned"):
        merged([a, b])


def test_three_sweeps_are_one_as_well(sweep):
    parts = [sweep(name, level(DENSE, [0.9]) + level(_static(sparsity), [0.8]))
             for name, sparsity in (("a", 0.5), ("b", 0.8), ("c", 0.9))]  # fmt: skip
    both = merged(parts)
    assert both.sweep == "a + b + c" and [one.sparsity for one in cells(both)] == [0.0, 0.5, 0.8, 0.9]
    assert all(cell.planned == 1 for cell in cells(both))


LEVELS = (0.0, 0.5, 0.8)


def test_rungs_stay_with_the_twins_of_their_own_sweep(sweep):
    a = pair(0, LEVELS, (0.9, 0.91, 0.8), (0.9, 0.92, 0.92))
    steep = (0.0, 0.8, 0.9)
    reached = {LEVELS: (0.7, 0.7, 0.7), steep: (0.7, 0.6, 0.5)}
    theirs = [replace(one, network="another") for levels, own in reached.items()
              for one in pair(0, levels, own, (0.7, 0.75, 0.8))]  # fmt: skip
    both = merged([sweep("a", a), sweep("b", [*theirs[:2], theirs[3]])])  # the twins of both ladders are one trial
    assert (len(both.plan.trials), both.runs["trial_key"].nunique(), len(both.runs)) == (3, 3, 9 + 3)
    found = _cells(both)
    first, second = "iterative levels 0.5-0.8", "iterative levels 0.8-0.9"
    assert list(found) == [(first, one) for one in LEVELS] + [(second, one) for one in steep]
    assert [found[first, one].difference.mean for one in LEVELS] == pytest.approx([0, -0.01, -0.12])
    assert [found[second, one].difference.mean for one in steep] == pytest.approx([0, -0.15, -0.3])
    tables = {row.label: row for row in rows(both)}
    assert {label: (row.shared, row.unlike, row.gap) for label, row in tables.items()} == {
        "twin of iterative": (1, 1, pytest.approx(0.2)), first: (1, 1, pytest.approx(0.21)), second: (0, 0, None)
    }  # fmt: skip
    assert [tally.planned for tally in tables[second].tallies] == [0, 1]


def test_a_ladder_without_a_baseline_finds_the_twin_of_the_same_one(sweep):
    twin, ladder = pair(0, LEVELS, (0.9, 0.91, 0.8), (0.9, 0.92, 0.92))
    a = sweep("a", [twin, replace(ladder, state="planned")])
    b = sweep("b", [ladder], baseline="none")
    found = _cells(merged([a, b]))
    assert [found["iterative", one].difference for one in LEVELS][0] is None  # nothing is removed: no pair is made up
    assert found["iterative", 0.8].difference.mean == pytest.approx(-0.12)


def test_a_ladder_of_which_one_sweep_has_a_part_is_taken_from_another(sweep):
    a, b = (sweep(name, pair(0, LEVELS, (0.9, end, 0.8), (0.9, 0.9, 0.9))) for name, end in (("a", 0.91), ("b", 0.91)))
    part = replace(a, runs=a.runs[a.runs["label"] != "r02"])
    both = merged([part, b])
    assert {one.sweep for one in both.plan.trials} == {"b"} and len(both.runs) == 6


def test_of_a_ladder_that_diverged_the_rungs_before_did_not(sweep):
    twin, ladder = pair(0, LEVELS, (0.9, 0.91, 0.8), (0.9, 0.92, 0.92))
    rungs = (*ladder.rungs[:2], replace(ladder.rungs[2], metrics={}))
    gone = replace(ladder, rungs=rungs, state="failed", error="the loss is nan", cause="Diverged")
    found = _cells(merged([sweep("a", [twin, gone]), sweep("b", level(DENSE, [0.9]))]))
    assert [found["iterative", one].diverged for one in LEVELS] == [0, 0, 1]
