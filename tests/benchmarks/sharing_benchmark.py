"""One-shot pruning with shared prefixes over the same without: python tests/benchmarks/sharing_benchmark.py [EPOCHS]

Seven sparsities by five seeds and their twins, fine-tuned for a quarter of the training, on Ray. Both ways must come
to the same figures. Needs Fashion-MNIST.
"""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from bare import scratch_folder

from dashboards.schema import MACHINE_METRICS
from orchestrator.execute.progress import Progress
from orchestrator.execute.sweep import Options, run
from orchestrator.plan.planning import Plan, plan
from orchestrator.spec.reading import SweepSpec, read
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import entries
from workloads.data.sources import Sources

SPEC = """
workload: {{name: fashion_mnist_mlp, training: {{epochs: {epochs}}}}}
method: one_shot
sparsity: [0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99]
seeds: 5
"""


def timed(spec: SweepSpec, planned: Plan, place: Path) -> tuple[float, dict]:
    """Wall seconds, and all figures but seconds."""
    results = ResultsFolder(place)
    begun = time.perf_counter()
    run(spec, planned, Options(results, Sources.from_environment(None, os.environ)), Progress(sys.stderr))
    seconds = time.perf_counter() - begun
    figures = {
        one.key: [
            entry.record
            for entry in entries(results.sweep(spec.name).trial(one.key))
            if entry.record.name not in MACHINE_METRICS
        ]
        for one in planned.trials
    }
    return seconds, figures


def main() -> None:
    """Print the ratio, and whether the figures are the same."""
    place = scratch_folder("sharing")
    (place / "sharing.yaml").write_text(SPEC.format(epochs=int(sys.argv[1]) if sys.argv[1:] else 10))
    spec = read(place / "sharing.yaml")
    shared = plan(spec)
    alone = replace(shared, trials=tuple(replace(planned, cuts=frozenset()) for planned in shared.trials))
    with_seconds, with_figures = timed(spec, shared, place / "with")
    without_seconds, without_figures = timed(spec, alone, place / "without")
    same = "the same figures" if with_figures == without_figures else "OTHER FIGURES"
    print(
        f"{len(shared.trials)} trials: with shared prefixes {with_seconds:.1f} s, without {without_seconds:.1f} s, "
        f"{same}; ratio {with_seconds / without_seconds:.3f} (wanted: at most 0.45)"
    )


if __name__ == "__main__":
    main()
