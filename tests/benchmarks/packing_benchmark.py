"""A sweep's wall time over ideal packing: python tests/benchmarks/packing_benchmark.py

35 trials of about ten seconds on Ray, everything included, over (35 x the bare loop's time / cores). The bare loop
runs alone before and after. Needs Fashion-MNIST; takes about four minutes a run.
"""

import os
import sys
import time
from dataclasses import replace

import torch
from bare import bare_loop, fashion_mnist, real_images, scratch_folder

from orchestrator.folders import ResultsFolder
from orchestrator.plan import plan
from orchestrator.progress import Progress
from orchestrator.spec import read
from orchestrator.sweep import Options, run
from workloads.data.sources import Sources

EPOCHS = 10
SPEC = f"""
workload: {{name: fashion_mnist_mlp, training: {{epochs: {EPOCHS}}}}}
method: static_random
sparsity: [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98]
seeds: 5
baseline: none
"""


def bare_seconds() -> float:
    """Of the training steps of one trial on one thread."""
    torch.set_num_threads(1)
    trial = fashion_mnist({"name": "dense"}, EPOCHS)
    return bare_loop(trial, real_images(trial), set())[0]


def main() -> None:
    """Print the ratio."""
    place = scratch_folder("packing")
    (place / "packing.yaml").write_text(SPEC)
    spec = read(place / "packing.yaml")
    options = Options(ResultsFolder(place / "results"), Sources.from_environment(None, os.environ))
    planned = replace(plan(spec))
    before = bare_seconds()
    begun = time.perf_counter()
    run(spec, planned, options, Progress(sys.stderr))
    wall = time.perf_counter() - begun
    bare = (before + bare_seconds()) / 2
    cores = len(os.sched_getaffinity(0))
    ideal = len(planned.trials) * bare / cores
    print(
        f"{len(planned.trials)} trials on {cores} cores: {wall:.1f} s; the bare loop {bare:.2f} s a trial, so ideally "
        f"{ideal:.1f} s; ratio {wall / ideal:.3f} (wanted: at most 1.25)"
    )


if __name__ == "__main__":
    main()
