"""A machine that runs out of memory."""

import json
import subprocess

import pytest

from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import result
from tests.orchestrator.command import MAIN, environment
from tests.orchestrator.sweeps import run_sweep

pytestmark = pytest.mark.long

SPEC = """
name: tiny
workload: {name: digits_mlp, training: {steps: 60}}
method: static_random
sparsity: 0.5
seeds: 1
"""


def test_a_sweep_goes_on_where_others_fill_the_memory(tmp_path, embedded_sources):
    """Ray's own monitor would kill the trials, whoever filled it, and two at once end the driver with a stack trace.

    The kernel takes the largest process; where that is a trial, Tune tells of a worker that died."""
    (tmp_path / "tiny.yaml").write_text(SPEC)
    surroundings = environment(embedded_sources.cache, RAY_memory_usage_threshold="0.01")  # of the machine's: full
    surroundings.pop("RAY_memory_monitor_refresh_ms", None)
    done = subprocess.run(
        [*MAIN, "sweep", "tiny.yaml", "--executor", "ray", "--no-report"],
        cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("executor", ["inline", "ray"])
def test_a_trial_without_memory_runs_once_more_alone_and_then_has_failed(tmp_path, embedded_sources, executor):
    """Its network has more weights than a process has addresses. The other one is trained meanwhile."""
    text = SPEC.replace("training:", "hidden: [16], training:") + (
        "baseline: none\npolicies: {on_failure: {stop_after: 1}}\n"
        "variants: [{workload: {hidden: [1_000_000_000_000]}}, {}]\n"
    )
    planned, lines = run_sweep(tmp_path, embedded_sources, text, executor=executor)
    huge, small = planned.trials
    told = [line for line in lines if huge.key in line and "log:" not in line]
    assert ["LOST: out of memory (RuntimeError: " in line for line in told] == [True, False]
    assert "; it runs once more at the end, alone" in told[0] and "FAILED: out of memory (RuntimeError: " in told[1]
    *first, last = (line[:6] for line in lines if "] " in line)
    assert (sorted(first), last) == (["[-/2] ", "[1/2] "], "[2/2] ")  # on Ray, either can be the first
    folder = ResultsFolder(tmp_path / "results").sweep("tiny")
    ended = result(folder.trial(huge.key))
    assert (ended.status, ended.cause) == ("failed", "OutOfMemory")
    assert result(folder.trial(small.key)).status == "completed"
    assert json.loads(folder.plan.read_text())["trials"][0]["cause"] == "OutOfMemory"
    assert folder.trial(huge.key).log.read_text().count("can't allocate memory") == 2
    _, lines = run_sweep(tmp_path, embedded_sources, text, executor="inline")
    assert lines == ["2 trials planned, 2 done before, 0 to run"]
