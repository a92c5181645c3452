"""A running sweep is asked to stop; where none can be asked, that is said."""

import json
import os
import subprocess
import time
from dataclasses import asdict

import pytest

from orchestrator.execute.cancelling import cancel
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.lock import held, holder
from tests.orchestrator.command import MAIN, environment
from tests.orchestrator.sweeps import TINY
from workloads.errors import SparsityError, UsageError

pytestmark = pytest.mark.long


def test_a_running_sweep_stops(sparsity, tmp_path, embedded_sources):
    (tmp_path / "tiny.yaml").write_text(TINY.replace("steps: 40", "steps: 200000"))
    running = subprocess.Popen(
        [*MAIN, "sweep", "tiny.yaml", "--executor", "inline"], cwd=tmp_path, stderr=subprocess.DEVNULL,
        env=environment(embedded_sources.cache),
    )  # fmt: skip
    folder = ResultsFolder(tmp_path / "results").sweep("tiny")
    try:
        while not (  # a trial that runs, and MLflow imported, which is waited for
            list((tmp_path / "results" / "artifacts").rglob("plan.json")) and list(folder.path.glob("*/records.jsonl"))
        ):
            assert running.poll() is None
            time.sleep(0.1)
        code, out, err = sparsity("cancel", "tiny")
        assert code == 0 and out.startswith("tiny was stopped (5 planned, 1 cancelled); resume it with `"), err
        assert out.endswith("--executor inline`\n")
        assert running.wait(60) == 143
    finally:
        running.kill()
    assert not folder.holder.exists()
    assert sparsity("status", "tiny")[1].startswith(
        "tiny: 0 of 6 trials completed, 5 planned, 1 cancelled; last change"
    )
    code, out, err = sparsity("cancel", "tiny.yaml")
    assert (code, out) == (2, "") and err.startswith(f"no sweep is running in {folder.path}; `sparsity status tiny`")


def test_what_has_never_run_cannot_be_cancelled(sparsity, tmp_path):
    code, out, err = sparsity("cancel", "tiny")
    assert (code, out) == (2, "") and err.startswith(f"there is no sweep 'tiny' in {tmp_path}/results")


@pytest.mark.parametrize("given, told", [
    ({"host": "elsewhere"}, "tiny runs on another machine: `.*` there"),
    ({"pid": 2**22 + 1}, "tiny has no process on this machine"),  # more than Linux gives
    ({"pid": None}, "a sweep is starting or ending in .*; try again"),
])  # fmt: skip
def test_who_cannot_be_asked(tmp_path, given, told):
    folder = ResultsFolder(tmp_path).sweep("tiny")
    with held(folder):
        folder.holder.write_text(json.dumps(asdict(holder(folder)) | given))
        with pytest.raises(UsageError, match=told):
            cancel(folder)


def test_one_that_does_not_stop_is_said(tmp_path, monkeypatch):
    folder, asked = ResultsFolder(tmp_path).sweep("tiny"), []
    monkeypatch.setattr(os, "kill", lambda *words: asked.append(words))
    with held(folder), pytest.raises(SparsityError, match=f"still runs after 0.2 s: .*`kill -9 {os.getpid()}`"):
        cancel(folder, patience=0.2)
    assert [pid for pid, _ in asked] == [os.getpid()]
