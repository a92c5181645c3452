"""What it costs that nodes share no disk: python -m tests.benchmarks.cluster_benchmark [TRIALS]

The seconds of `sparsity sweep` for 35 trials of about ten seconds, unless said otherwise, on two Ray nodes of one core
each over those on one node of two cores. On the second node of the two, all files go through the process that writes
the results. Needs Linux, two cores and nothing else that runs; takes about eight minutes.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.orchestrator.command import MAIN, can_mount, environment
from tests.orchestrator.ray_cluster import TOKEN, RayCluster

SPEC = """
workload: {{name: digits_mlp, training: {{steps: 15000}}, measure: {{evaluate_every: 1000}}}}
method: static_random
sparsity: 0.5
seeds: {trials}
baseline: none
resources: {{kernels: masked}}
"""


def seconds(name: str, cpus: tuple[int, ...], trials: int) -> float:
    """Of the command on nodes with so many cores; they start before."""
    place = Path(tempfile.mkdtemp(prefix="sparsity-cluster-"))
    for folder in ("tried", "results"):
        (place / folder).mkdir()
    (place / "cluster.yaml").write_text(SPEC.format(trials=trials))
    cluster = RayCluster(place / "nodes", place / "results", can_mount(place / "tried"))
    try:
        for cores in cpus:
            cluster.start(cores)
        begun = time.perf_counter()
        command = [*MAIN, "sweep", "cluster.yaml", "--no-report", "--address", cluster.address]
        subprocess.run(command, cwd=place, env=environment(place / "data", **TOKEN), check=True, capture_output=True)
        taken = time.perf_counter() - begun
    finally:
        cluster.stop()
    print(f"{name}: {taken:.0f} s for {trials} trials", flush=True)
    return taken


def main() -> None:
    """Print the seconds of both, and the second over the first."""
    trials = int(sys.argv[1]) if sys.argv[1:] else 35
    one, two = seconds("one node of two cores", (2,), trials), seconds("two nodes of one core", (1, 1), trials)
    print(f"two nodes over one: {two / one:.2f}")


if __name__ == "__main__":
    main()
