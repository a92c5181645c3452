"""What nothing needs any more goes, and nothing else: sweeps still find what they had done, and resume."""

import json
import os
import shutil
import subprocess

import pytest
from filelock import FileLock

from dashboards.schema import MACHINE_METRICS
from orchestrator.execute import sweep as sweeps
from orchestrator.store.checkpoints import Checkpoints
from orchestrator.store.cleaning import removal
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import entries, result, state
from orchestrator.store.lock import held
from tests.orchestrator.sweeps import run_sweep
from workloads.errors import FolderError

ONE_SHOT = """
name: tiny
workload: {name: digits_mlp, training: {steps: 40}, measure: {evaluate_every: 20}}
method: one_shot
sparsity: [0.5]
seeds: 2
policies: {checkpoint_every: 0.000001}
"""
OTHER = ONE_SHOT.replace("tiny", "other").replace("0.5", "0.9").replace("seeds: 2", "seeds: [1]")
UNKNOWN = f"{'a' * 64}.safetensors"  # a stage that no result names


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


@pytest.fixture(scope="module")
def swept(tmp_path_factory, embedded_sources):
    """A results folder with a completed sweep that has dropped none of its stages; tests work on copies."""
    place = tmp_path_factory.mktemp("swept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeps, "drop_stages", lambda *given: None)
        run_sweep(place, embedded_sources, ONE_SHOT)
    return place / "results"


@pytest.fixture
def results(sparsity, swept, tmp_path):
    """A copy of it where the command `sparsity` looks."""
    shutil.copytree(swept, tmp_path / "results")
    (tmp_path / "tiny.yaml").write_text(ONE_SHOT)
    return ResultsFolder(tmp_path / "results")


@pytest.fixture(scope="module")
def ended():
    """The number of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def interrupted(place, sources):
    """Run the other sweep until one of its trials has written a checkpoint after the first, dense one."""
    kept, count = Checkpoints.keep, 0

    def keep(self, checkpoint, journal, found):
        nonlocal count
        kept(self, checkpoint, journal, found)
        if (count := count + 1) == 3:
            raise Killed

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Checkpoints, "keep", keep)
        run_sweep(place, sources, OTHER)


def planted(path, size: int):
    """A file of that many bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    return path


def files(results) -> set:
    return {path for path in results.path.rglob("*") if path.is_file()}


def figures(results, key: str) -> list:
    """The records of a trial of the other sweep, except for seconds."""
    records = (entry.record for entry in entries(results.sweep("other").trial(key)))
    return [record for record in records if record.name not in MACHINE_METRICS]


def kinds(told: str) -> dict[str, int]:
    return {kind["kind"]: kind["count"] for kind in json.loads(told)["kinds"]}


def test_what_is_listed_is_removed_and_nothing_else(sparsity, results, ended):
    tiny = results.sweep("tiny")
    (completed, *_) = (tiny.trial(key) for key in sorted(tiny.begun))
    needed = files(results) - set(results.stages.iterdir()) - {tiny.trial(key).lock for key in tiny.begun}
    needed |= {
        planted(results.path / f".index.html.{os.getpid()}.unfinished", 1),  # this process has not ended
        planted(results.path / "artifacts" / f".x.{ended}.unfinished", 1),  # MLflow's
        planted(results.path / f"notes.{ended}.unfinished", 1),
        planted(results.stages / "notes.safetensors", 1),
        planted(results.path / "own folder" / "checkpoint.safetensors", 1),
    }
    planted(completed.checkpoint, 5_000)
    planted(results.tune / "attempt-1" / "deep" / "file", 2_000_000)
    for number, folder in enumerate((results.path, tiny.path, completed.path, results.stages), 1):
        planted(folder / f".report.html.{ended}.unfinished", number)
    planted(tiny.path / f".writable.{ended}", 65_536)
    before = files(results)

    code, out, err = sparsity("clean")
    assert (code, err) == (0, "") and files(results) == before
    heading, *rows, total = out.splitlines()
    assert heading.split() == ["kind", "count", "size"]
    assert rows[0].startswith("stages that no unfinished trial can use")
    assert [row.rsplit(maxsplit=3)[1:] for row in rows[1:]] == [
        ["1", "5", "kB"], ["1", "2", "MB"], ["5", "65.5", "kB"], ["4", "0", "B"],
    ]  # fmt: skip
    assert total.endswith(" MB in all; --remove removes it")

    listed = json.loads(sparsity("clean", "--json")[1])
    assert listed["removed"] is False and (listed["running"], listed["errors"]) == ([], {})
    paths = {path for kind in listed["kinds"] for path in kind["paths"]}
    assert before - needed == {path for path in before if any(str(path).startswith(one) for one in paths)}
    assert kinds(json.dumps(listed)) == {"stages": 2, "checkpoints": 1, "scratch": 1, "unfinished": 5, "locks": 4}

    code, out, err = sparsity("clean", "--remove")
    assert (code, err) == (0, "") and out.endswith(" MB removed from results\n") and files(results) == needed
    assert sparsity("clean", "--remove") == (0, "There is nothing to remove in results.\n", "")
    assert sparsity("clean", "tiny") == (0, "There is nothing to remove in results.\n", "")
    assert json.loads(sparsity("clean", "--json")[1])["kinds"] == []
    code, _, err = sparsity("sweep", "tiny.yaml", "--executor", "inline", "--no-report")
    assert code == 0 and "4 trials planned, 4 done before, 0 to run" in err


def test_a_stage_stays_while_a_trial_of_any_sweep_can_use_it(sparsity, results, tmp_path, embedded_sources):
    tiny, other = results.sweep("tiny"), results.sweep("other")
    trials = [tiny.trial(key) for key in sorted(tiny.begun)]
    by_seed = {json.loads(trial.trial.read_text())["seed"]: result(trial).stages for trial in trials}
    ((zero,), (one,)) = by_seed[0], by_seed[1]
    (tmp_path / "calm").mkdir()
    calm, _ = run_sweep(tmp_path / "calm", embedded_sources, OTHER)
    interrupted(tmp_path, embedded_sources)
    (unfinished,) = (other.trial(key) for key in other.begun if state(other.trial(key)) != "completed")
    assert unfinished.checkpoint.is_file()
    planted(results.stages / UNKNOWN, 1)
    number = results.stage(one).stat().st_ino

    assert kinds(sparsity("clean", "tiny", "--json")[1]) == {"stages": 1, "locks": 4}
    assert sparsity("clean", "--remove")[0] == 0
    assert not results.stage(zero).exists() and results.stage(one).stat().st_ino == number
    assert (results.stages / UNKNOWN).exists() and unfinished.checkpoint.is_file() and state(unfinished) == "lost"

    resumed, last = [], Checkpoints.last

    def watched(self, journal):
        resumed.append(last(self, journal))
        return resumed[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeps, "drop_stages", lambda *given: None)
        patch.setattr(Checkpoints, "last", watched)
        run_sweep(tmp_path, embedded_sources, OTHER)
    assert resumed[0][1] > 0 and {one} == {stage for key in other.begun for stage in result(other.trial(key)).stages}
    for planned in calm.trials:
        assert figures(results, planned.key) == figures(ResultsFolder(tmp_path / "calm" / "results"), planned.key)

    assert results.stage(one).stat().st_ino == number  # not trained again
    assert kinds(sparsity("clean", "tiny", "--json")[1]) == {"stages": 1}
    assert kinds(sparsity("clean", "--json", "--remove")[1])["stages"] == 2 and not list(results.stages.iterdir())


def test_a_running_sweep_keeps_its_files_and_all_stages(sparsity, results, ended):
    tiny, new = results.sweep("tiny"), results.sweep("new")
    checkpoint = planted(tiny.trial(min(tiny.begun)).checkpoint, 1)
    planted(results.tune / "attempt-1" / "file", 1)
    planted(results.path / f".index.html.{ended}.unfinished", 1)
    before = files(results)
    with held(tiny):
        code, out, err = sparsity("clean", "--remove")
        assert (code, out) == (0, "There is nothing to remove in results.\n")
        assert err.startswith("tiny is running now: `") and f"process {os.getpid()} on " in err
        assert err.endswith("its files stay, and so do stages and all else that sweeps share\n")
    assert files(results) == before
    with held(new):  # it has no plan yet
        told = json.loads(sparsity("clean", "--json", "--remove")[1])
    assert told["running"] == ["new"] and {kind["kind"] for kind in told["kinds"]} == {"checkpoints", "locks"}
    assert not checkpoint.exists() and len(before - files(results)) == 5


def test_no_sweep_starts_while_files_are_removed(results, monkeypatch):
    told, stages = [], len(list(results.stages.iterdir()))
    kept = removal.Leftover.remove

    def tried(self):
        with pytest.raises(FolderError) as refused, held(results.sweep("tiny")):
            pass
        told.append(str(refused.value))
        kept(self)

    monkeypatch.setattr(removal.Leftover, "remove", tried)
    assert len(removal.remove(results).leftovers) == len(told) == stages + 4
    assert all(f"process {os.getpid()}" in line for line in told)
    with held(results.sweep("tiny")):
        pass


def test_what_comes_after_the_first_look_stays(results, monkeypatch):
    """A sweep with a new name can begin then."""
    looked = removal.find

    def find(*given):
        found = looked(*given)
        planted(results.tune / "attempt-2" / "file", 1)
        return found

    monkeypatch.setattr(removal, "find", find)
    planted(results.tune / "attempt-1" / "file", 1)
    removal.remove(results)
    assert [path.name for path in results.tune.iterdir()] == ["attempt-2"]


def test_a_trial_that_a_process_holds_keeps_its_files(results):
    tiny = results.sweep("tiny")
    first, *others = (tiny.trial(key) for key in sorted(tiny.begun))
    for trial in (first, *others):
        planted(trial.checkpoint, 1)
    with FileLock(first.lock):
        removal.remove(results)
    assert first.checkpoint.exists() and first.lock.exists()
    assert not any(trial.checkpoint.exists() or trial.lock.exists() for trial in others)


def test_trials_that_are_not_completed_keep_checkpoint_and_lock(sparsity, results):
    tiny = results.sweep("tiny")
    first, second, *_ = (tiny.trial(key) for key in sorted(tiny.begun))
    for trial in (first, second):
        planted(trial.checkpoint, 1)
    first.result.unlink()
    second.result.write_text(second.result.read_text().replace('"completed"', '"failed"'))
    sparsity("clean", "--remove")
    assert [(state(trial), trial.checkpoint.exists(), trial.lock.exists()) for trial in (first, second)] == [
        ("lost", True, True), ("failed", True, True),
    ]  # fmt: skip


def test_what_cannot_be_removed_is_said_and_the_rest_is_removed(sparsity, results, monkeypatch):
    def refused(path):
        raise PermissionError(13, "Permission denied", str(path))

    planted(results.tune / "attempt-1" / "file", 1)
    monkeypatch.setattr(shutil, "rmtree", refused)
    code, out, err = sparsity("clean", "--remove")
    assert code == 1 and err == f"cannot remove {results.tune}/attempt-1: Permission denied\n"
    assert "Ray Tune" not in out and not list(results.stages.iterdir())
    code, out, _ = sparsity("clean", "--remove")
    assert (code, out) == (1, "0 B removed from results\n")
    code, out, _ = sparsity("clean", "--remove", "--json")
    assert code == 1 and json.loads(out)["errors"] == {f"{results.tune}/attempt-1": "Permission denied"}


def test_a_full_disk_can_be_cleaned(results, monkeypatch):
    def full(path, value):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("orchestrator.store.lock.write_json", full)
    assert len(removal.remove(results).leftovers) == 6


def test_other_folders_are_refused(sparsity, swept, tmp_path):
    refusal = (
        f"{tmp_path}/results is no results folder: it holds no sweep; name one with --results or SPARSITY_RESULTS\n"
    )
    for words in ([], ["--remove"], ["tiny", "--remove"]):
        assert sparsity("clean", *words) == (2, "", refusal)
    file = planted(tmp_path / "results" / ".tune" / "file", 1)
    planted(tmp_path / "results" / "infrastructure" / "plan.json", 1)
    shutil.copytree(swept / "tiny", tmp_path / "results" / "downloaded")
    assert sparsity("clean", "--remove") == (2, "", refusal) and file.exists()


def test_a_damaged_plan_is_said_before_anything_is_removed(sparsity, results):
    before = files(results)
    plan = planted(results.sweep("damaged").plan, 1)
    code, out, err = sparsity("clean", "--remove")
    assert (code, out) == (2, "") and err.startswith(f"{plan} is damaged") and files(results) == before | {plan}
    code, _, err = sparsity("clean", "missing", "--remove")
    assert code == 2 and f"there is no sweep 'missing' in {results.path}; it holds damaged, tiny" in err
