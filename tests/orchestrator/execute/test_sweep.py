"""Whole sweeps, in this process and on a real Ray."""

import json
import shutil

import pytest
import torch

from dashboards.schema import DIVERGED, MACHINE_METRICS
from orchestrator.execute import sweep
from orchestrator.execute.assignment import Assignment, Messages
from orchestrator.execute.last_data import LastData
from orchestrator.execute.progress import Progress
from orchestrator.execute.worker import carry_out
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import entries, result, state
from orchestrator.store.networks import load
from tests.orchestrator.sweeps import TINY, Lines, options, written
from workloads.errors import FolderError, ResourceError

FAILING = TINY.replace("training: {steps: 40}", "training: {steps: 40, optimizer: {name: sgd, lr: 1.0e+30}}")


def figures(folder, planned) -> dict[str, list[tuple]]:
    """All records of all trials but those of the machine."""
    return {
        one.key: [
            (entry.record.label, entry.record.step, entry.record.name, entry.record.value)
            for entry in entries(folder.trial(one.key))
            if entry.record.name not in MACHINE_METRICS
        ]
        for one in planned.trials
    }


def run(tmp_path, sources, text=TINY, overrides=(), **given):
    spec, planned = written(tmp_path, text, *overrides)
    heard = Lines()
    chosen = options(tmp_path / "results", sources, **given)
    states = sweep.run(spec, planned, chosen, Progress(heard)).states
    return planned, ResultsFolder(tmp_path / "results").sweep("tiny"), states, heard.lines


@pytest.fixture(scope="module")
def inline(tmp_path_factory, embedded_sources):
    """The tiny sweep run once in this process; tests that change it work on a copy."""
    return run(tmp_path_factory.mktemp("inline"), embedded_sources)


@pytest.fixture
def copied(inline, tmp_path, embedded_sources):
    """The finished sweep in a results folder of this test's own."""
    _, folder, _, _ = inline
    shutil.copytree(folder.path.parent, tmp_path / "results")

    def again(text=TINY, overrides=(), **given):
        return run(tmp_path, embedded_sources, text, overrides, **given)

    return again


def test_everything_is_there(inline):
    planned, folder, states, lines = inline
    assert set(states.values()) == {"completed"} and len(states) == 6  # 2 seeds of dense and two methods
    assert lines[0] == "6 trials planned, 0 done before, 6 to run"
    assert sum(": done in " in line for line in lines) == 6
    for one in planned.trials:
        place = folder.trial(one.key)
        assert json.loads(place.trial.read_text()) == json.loads(json.dumps(one.trial.settings()))
        ended = result(place)
        assert ended.status == "completed" and list(ended.runs) == ["final"]
        assert ended.provenance["data"] and ended.provenance["packages"]["torch"]
    written_plan = json.loads(folder.plan.read_text())
    assert {trial["state"] for trial in written_plan["trials"]} == {"completed"}
    assert folder.spec.read_text() == TINY


def test_saved_networks_are_those_measured(inline):
    planned, folder, _, _ = inline
    sparse = next(one for one in planned.trials if one.trial.method.name == "static_random")
    weights, masks = load(folder.trial(sparse.key).network("final"))
    nonzero = sum(int(weights[f"{name}.weight"].count_nonzero()) for name in masks)
    recorded = {entry.record.name: entry.record.value for entry in entries(folder.trial(sparse.key))}
    assert nonzero == recorded["final/nonzero_parameters"] == sum(int(mask.sum()) for mask in masks.values()) == 3232
    assert all(weights[f"{name}.weight"][~mask].count_nonzero() == 0 for name, mask in masks.items())


def test_the_same_command_again_trains_nothing(copied):
    _, folder, _, _ = copied()
    before = {path: path.stat().st_mtime_ns for path in folder.path.glob("*/records.jsonl")}
    _, _, states, lines = copied()
    assert lines == ["6 trials planned, 6 done before, 0 to run"]
    assert set(states.values()) == {"completed"}
    assert {path: path.stat().st_mtime_ns for path in folder.path.glob("*/records.jsonl")} == before


def test_bfloat16_trains_other_weights_and_says_so(tmp_path, inline, embedded_sources):
    chosen = ("resources.precision=bfloat16", "seeds=1")
    planned, folder, states, _ = run(tmp_path, embedded_sources, overrides=chosen)
    assert set(states.values()) == {"completed"}
    for one in planned.trials:
        rounded, exact = (result(place.trial(one.key)).provenance["numerics"] for place in (folder, inline[1]))
        assert (rounded["precision"], exact["precision"]) == ("bfloat16", "float32")
    rounded, exact = figures(folder, planned), figures(inline[1], planned)
    assert all(rounded[one.key] != exact[one.key] for one in planned.trials)


def test_a_deleted_trial_runs_alone_and_finds_the_same(copied, inline):
    planned, folder, _, _ = copied()
    key = planned.trials[2].key
    shutil.rmtree(folder.trial(key).path)
    _, _, states, lines = copied()
    assert lines[0] == "6 trials planned, 5 done before, 1 to run"
    assert [line for line in lines if ": done in" in line and key in line] and states[key] == "completed"
    assert figures(folder, planned) == figures(inline[1], inline[0])


def test_more_seeds_run_only_what_is_new(copied):
    _, _, _, lines = copied(overrides=["seeds=3"])
    assert lines[0] == "9 trials planned, 6 done before, 3 to run"


def test_ray_finds_what_this_process_finds(inline, tmp_path, embedded_sources):
    planned, folder, states, lines = run(tmp_path, embedded_sources, executor="ray", max_concurrent=2)
    assert set(states.values()) == {"completed"}
    assert figures(folder, planned) == figures(inline[1], inline[0])
    assert sum(": done in " in line for line in lines) == 6
    networks = {one.key: result(folder.trial(one.key)).runs for one in planned.trials}
    assert networks == {one.key: result(inline[1].trial(one.key)).runs for one in planned.trials}


def test_a_failing_trial_is_said_once_and_the_others_go_on(tmp_path, embedded_sources):
    text = FAILING.replace("method: [static_random, small_dense]", "method: static_random")
    text = text.replace("seeds: 2", "seeds: 1\ngrid: {workload.training.optimizer.lr: [1.0e+30, 0.01]}")
    planned, folder, states, lines = run(tmp_path, embedded_sources, text)
    assert sorted(states.values()) == ["completed", "completed", "failed", "failed"]
    failures = [index for index, line in enumerate(lines) if "FAILED" in line]
    assert len(failures) == 2
    failed = next(one for one in planned.trials if states[one.key] == "failed")
    log = folder.trial(failed.key).log
    assert "loss is nan at step 20; try a lower learning rate or clip_norm" in lines[failures[0]]
    assert lines[failures[0] + 1].strip() == f"log: {log}"
    assert "Diverged" in log.read_text()
    told = {trial["key"]: trial for trial in json.loads(folder.plan.read_text())["trials"]}[failed.key]
    assert told["state"] == "failed" and "loss is nan" in told["error"] and told["log"] == str(log)
    assert (told["cause"], told["chance"]) == (DIVERGED, 0.1)


def test_failed_trials_are_left_alone_unless_asked_for(tmp_path, embedded_sources):
    run(tmp_path, embedded_sources, FAILING, ["seeds=1"])
    _, _, _, lines = run(tmp_path, embedded_sources, FAILING, ["seeds=1"])
    assert lines == ["3 trials planned, 3 done before, 0 to run"]
    _, _, _, lines = run(tmp_path, embedded_sources, FAILING, ["seeds=1"], retry_failed=True)
    assert lines[0] == "3 trials planned, 0 done before, 3 to run"


def test_a_machine_that_fails_settles_nothing(tmp_path, embedded_sources):
    """The trial asks for a GPU where torch sees none: not the trial's fault, so it has no result."""
    if torch.cuda.is_available():
        pytest.skip("needs a machine on which torch sees no GPU")
    planned = written(tmp_path)[1].trials[0]
    folder = ResultsFolder(tmp_path / "results").sweep("tiny").trial(planned.key)
    assignment = Assignment(
        trial=planned.trial, folder=folder.path, data_cache=embedded_sources.cache, data_mirror=None, cpus=1, gpus=1,
        precision="float32", kernels="auto", stages=tmp_path, cuts=(), checkpoint_every=60, provenance={},
    )  # fmt: skip
    outcome = carry_out(assignment, Messages([].append, [].append), LastData())
    assert outcome.status == "lost" and outcome.error.endswith("; the next sweep runs the trial again")
    assert "the trial was given 1 of a GPU, but torch sees none on this node" in outcome.error
    assert state(folder) == "lost" and "ResourceError" in folder.log.read_text()


@pytest.mark.parametrize("policy, began", [("stop", 1), ("{stop_after: 2}", 2), ("continue", 3)])
def test_on_failure(tmp_path, embedded_sources, policy, began):
    _, _, states, lines = run(tmp_path, embedded_sources, FAILING, ["seeds=1", f"policies.on_failure={policy}"])
    assert sum("FAILED" in line for line in lines) == began
    assert sorted(states.values()) == ["failed"] * began + ["planned"] * (3 - began)


@pytest.mark.parametrize("asked", ["resources.cpus=1000", "resources.gpus=8"])
def test_requests_that_no_node_can_fulfil_are_refused_before_anything_starts(tmp_path, embedded_sources, asked):
    with pytest.raises(ResourceError, match=r"no node has as much \(there is: \d+ CPUs and 0 GPUs\); change resources"):
        run(tmp_path, embedded_sources, overrides=[asked])
    assert not list((tmp_path / "results").glob("*/*/records.jsonl"))


def test_a_second_sweep_in_the_same_folder_is_refused(tmp_path, embedded_sources):
    folder = ResultsFolder(tmp_path / "results").sweep("tiny")
    with sweep.held(folder), pytest.raises(FolderError, match="another sweep is running in"):
        run(tmp_path, embedded_sources)


def test_a_results_folder_that_is_a_file_is_refused(tmp_path, embedded_sources):
    (tmp_path / "results").write_text("")
    with pytest.raises(FolderError, match="results folder .*/results: it is a file; .* choose another with --results"):
        run(tmp_path, embedded_sources)
