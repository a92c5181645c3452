"""`--only` and `--force`: a sweep sees to the trials that are named, and to those again that are done."""

import json

import pytest
from mlflow import MlflowClient

from dashboards.schema import KIND, RUN
from orchestrator.execute import sweep
from orchestrator.execute.choice import Choice
from orchestrator.execute.progress import Progress
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import Journal, begun, result, state
from tests.orchestrator.sweeps import Lines, options, written

INLINE = ("sweep", "tiny.yaml", "--executor", "inline")


@pytest.fixture
def planned(sparsity):
    """The tiny sweep's trials as `plan` gives them, by method and seed."""
    trials = json.loads(sparsity("plan", "tiny.yaml", "--json")[1])["trials"]
    return {(one["settings"]["method"]["name"], one["settings"]["seed"]): one for one in trials}


def finished(folder) -> dict[str, int]:
    """When the runs that MLflow holds began, by trial's key and label."""
    client = MlflowClient(folder.tracking_uri)
    experiment = client.get_experiment_by_name("tiny").experiment_id
    found = client.search_runs([experiment], f"tags.`{KIND}` = 'run'")
    assert {run.info.status for run in found} == {"FINISHED"}
    assert len(found) == len({run.data.tags[RUN] for run in found})
    return {run.data.tags[RUN]: run.info.start_time for run in found}


def test_only_runs_a_trial_and_its_twin(sparsity, tmp_path, planned):
    wanted, twin = planned["small_dense", 1], planned["dense", 1]
    assert wanted["twin"] == twin["key"]
    code, out, err = sparsity(*INLINE, "--only", wanted["key"][:6], "--json")
    told = json.loads(out)
    assert code == 0 and told["states"] == dict.fromkeys([twin["key"], wanted["key"]], "completed")
    assert "2 of 6 trials chosen, 0 done before, 2 to run" in err
    states = {one["key"]: one["state"] for one in json.loads(sparsity("plan", "tiny.yaml", "--json")[1])["trials"]}
    assert sorted(states.values()) == ["completed"] * 2 + ["planned"] * 4

    code, out, _ = sparsity("plan", "tiny.yaml", "--only", planned["static_random", 1]["key"], "--json")
    assert [one["state"] for one in json.loads(out)["trials"]] == ["completed", "planned"]
    code, out, _ = sparsity("plan", "tiny.yaml", "--only", planned["static_random", 1]["key"])
    assert out.startswith("tiny: 2 chosen of 6 trials, all digits_mlp ") and ", 1 done\n1 to run: about" in out
    code, out, _ = sparsity(*INLINE, "--dry-run", "--only", wanted["key"], "--force", wanted["key"])
    assert ", 2 done\n1 to run: about" in out


@pytest.mark.parametrize("option", ["--only", "--force"])
def test_keys_of_none_or_of_several_are_refused_before_anything_starts(sparsity, tmp_path, option):
    for start, told in [
        ("x", "tiny has no trial with a key that begins with 'x'"),
        ("", "6 trials of tiny have keys that"),
    ]:
        code, out, err = sparsity(*INLINE, option, start)
        assert (code, out) == (2, "") and err.startswith(told) and "Traceback" not in err
    assert not (tmp_path / "results").exists()


def test_a_forced_trial_runs_again_and_takes_the_place_of_its_run(sparsity, tmp_path, planned):
    assert sparsity(*INLINE, "--no-report")[0] == 0
    folder, key = ResultsFolder(tmp_path / "results"), planned["dense", 0]["key"]
    before, network = finished(folder), result(folder.sweep("tiny").trial(key)).runs
    code, _, err = sparsity(*INLINE, "--no-report", "--force", key)
    assert code == 0 and "6 trials planned, 5 done before, 1 to run" in err and f"1/1] {key} " in err
    after = finished(folder)
    assert before.keys() == after.keys() and {run for run in after if after[run] != before[run]} == {f"{key}/final"}
    assert after[f"{key}/final"] == begun(folder.sweep("tiny").trial(key)) > before[f"{key}/final"]
    assert result(folder.sweep("tiny").trial(key)).runs == network  # the same bits
    code, _, err = sparsity(*INLINE, "--no-report")
    assert "6 trials planned, 6 done before, 0 to run" in err and finished(folder) == after


def test_a_forced_trial_that_is_interrupted_is_not_done(tmp_path, embedded_sources, monkeypatch):
    class Killed(BaseException):
        """Stands for the end of the process: nothing catches it."""

    def killed(self, record):
        raise Killed

    spec, plan = written(tmp_path)
    place = options(tmp_path / "results", embedded_sources)
    sweep.run(spec, plan, place, Progress(Lines()))
    key = plan.trials[0].key
    again = options(tmp_path / "results", embedded_sources, choice=Choice(force=frozenset([key])))
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Journal, "append", killed)
        sweep.run(spec, plan, again, Progress(Lines()))
    assert state(place.results.sweep("tiny").trial(key)) == "lost"
    heard = Lines()
    assert set(sweep.run(spec, plan, place, Progress(heard)).states.values()) == {"completed"}
    assert heard.lines[0] == "6 trials planned, 5 done before, 1 to run"
    assert finished(place.results)[f"{key}/final"] == begun(place.results.sweep("tiny").trial(key))
