"""Masks that let nothing through are told when the trial begins, and are told again by its journal."""

import json

import pytest

from orchestrator.cli import status_view
from orchestrator.store import status
from orchestrator.store.collapse import notice, of_trial
from orchestrator.store.folders import ResultsFolder, TrialFolder
from tests.orchestrator.sweeps import TINY, run_sweep
from workloads.trial import Record

COLLAPSING = TINY.replace("[0.5]", "[0.5, 0.999]").replace("seeds: 2", "seeds: 1") + "baseline: none\n"
STATIC = COLLAPSING.replace("[static_random, small_dense]", "static_random")
ADVICE = "when training begins; lower the sparsity, or choose another allocation"
EMPTY, NO_PATH = f"1 layer has no weight {ADVICE}", f"no weight lies on a path from inputs to outputs {ADVICE}"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("start/empty_layers", 0, None),
        ("start/empty_layers", 1, EMPTY),
        ("start/empty_layers", 12, f"12 layers have no weight {ADVICE}"),
        ("start/effective_sparsity", 0.9999, None),
        ("start/effective_sparsity", 1.0, NO_PATH),
        ("final/effective_sparsity", 1.0, None),
    ],
)
def test_what_a_record_says(name, value, words):
    assert notice(Record("final", 0, name, value)) == words


@pytest.mark.parametrize(
    ("method", "words"), [("static_random", EMPTY), ("{name: static_random, allocation: erk}", NO_PATH)]
)
def test_it_is_said_once_before_the_trial_ends(tmp_path, embedded_sources, method, words):
    """At 0.999 the output's share is 0.3 of a weight; erk leaves 7 weights in three layers, and none on a path."""
    plan, lines = run_sweep(tmp_path, embedded_sources, STATIC.replace("static_random", method))
    fine, collapsed = plan.trials
    about = [line for line in lines if collapsed.key in line]
    assert about[0] == f"{collapsed.key} {collapsed.trial.title}: {words}" and "done in" in about[1] and len(about) == 2
    assert sum(fine.key in line for line in lines) == 1
    _, again = run_sweep(tmp_path, embedded_sources, STATIC.replace("static_random", method))
    assert not any(words in line for line in again)


@pytest.mark.long
def test_so_it_is_where_trials_run_in_other_processes(tmp_path, embedded_sources):
    plan, lines = run_sweep(tmp_path, embedded_sources, STATIC, executor="ray", max_concurrent=1)
    about = [line for line in lines if plan.trials[1].key in line]
    assert about[0].endswith(EMPTY) and "done in" in about[1] and len(about) == 2


def test_status_tells_it_of_the_first_with_such_masks(tmp_path, embedded_sources):
    plan, _ = run_sweep(tmp_path, embedded_sources, STATIC, "seeds=2")
    sweep = status.of_sweep(ResultsFolder(tmp_path / "results").sweep("tiny"))
    assert [trial.collapse for trial in sweep.trials] == [None, EMPTY] * 2
    assert [json.loads(json.dumps(trial.as_json()))["collapse"] for trial in sweep.trials[:2]] == [None, EMPTY]
    *_, head, first = status_view.of_sweep(sweep, sweep.moved, 100).splitlines()
    assert head == f"2 collapsed: {EMPTY}"
    assert first == f"    e.g. {plan.trials[1].key} {plan.trials[1].trial.title}"


def test_only_records_before_the_first_step_are_looked_at(tmp_path):
    folder = TrialFolder(tmp_path)
    assert of_trial(folder) is None
    lines = [(0, "start/empty_layers", 0), (20, "val/loss", 1.0), (0, "start/empty_layers", 2)]
    entries = [{"time": 1, "label": "final", "step": step, "name": name, "value": value} for step, name, value in lines]
    folder.records.write_text("".join(f"{json.dumps(entry)}\n" for entry in entries))
    assert of_trial(folder) is None
    folder.records.write_text(f"{json.dumps(entries[0])}\n{json.dumps(entries[2])}\n" + '{"time"')
    assert of_trial(folder) == f"2 layers have no weight {ADVICE}"
    folder.records.write_text(f"{json.dumps(entries[0])}\n" + '{"time"')  # being written just now
    assert of_trial(folder) is None
