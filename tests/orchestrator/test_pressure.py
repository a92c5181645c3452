"""A machine that runs out of memory."""

import subprocess

from tests.orchestrator.command import MAIN, environment

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
