"""A sweep's wall time over ideal packing: python tests/benchmarks/packing_benchmark.py

35 trials of about ten seconds on Ray, everything included, over (35 x the bare loop's time / cores). The bare loop is
timed alone, and as trials run: one on every core at once, where they share the memory. Needs Fashion-MNIST; takes
about five minutes.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import fmean

from bare import scratch_folder

from orchestrator.execute.progress import Progress
from orchestrator.execute.sweep import Options, run
from orchestrator.plan.planning import plan
from orchestrator.spec.reading import read
from orchestrator.store.folders import ResultsFolder
from workloads.data.sources import Sources

EPOCHS = 10
SPEC = f"""
workload: {{name: fashion_mnist_mlp, training: {{epochs: {EPOCHS}}}}}
method: static_random
sparsity: [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98]
seeds: 5
baseline: none
"""


def bare_seconds(at_once: int) -> tuple[float, float]:
    """Mean seconds of the training steps, and of the evaluations, of so many bare loops side by side."""
    command = [sys.executable, str(Path(__file__).with_name("bare.py")), str(EPOCHS)]
    loops = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(at_once)]
    taken = [map(float, loop.communicate()[0].split()) for loop in loops]
    steps, evaluations = (fmean(column) for column in zip(*taken))
    return steps, evaluations


def main() -> None:
    """Print the ratios."""
    place = scratch_folder("packing")
    (place / "packing.yaml").write_text(SPEC)
    spec = read(place / "packing.yaml")
    options = Options(ResultsFolder(place / "results"), Sources.from_environment(None, os.environ))
    planned = plan(spec)
    cores = len(os.sched_getaffinity(0))
    alone, side_by_side = bare_seconds(1), bare_seconds(cores)
    begun = time.perf_counter()
    run(spec, planned, options, Progress(sys.stderr))
    wall = time.perf_counter() - begun
    print(f"{len(planned.trials)} trials on {cores} cores: {wall:.1f} s")
    for name, (steps, evaluations) in {"alone": alone, "side by side": side_by_side}.items():
        ideal, evaluated = (len(planned.trials) * seconds / cores for seconds in (steps, steps + evaluations))
        print(
            f"bare loop {name}: steps {steps:.2f} s, evaluations {evaluations:.2f} s; "
            f"ratio {wall / ideal:.3f} to its steps, {wall / evaluated:.3f} with its evaluations (wanted: at most 1.25)"
        )


if __name__ == "__main__":
    main()
