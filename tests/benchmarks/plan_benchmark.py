"""Seconds to plan 10,000 trials: python tests/benchmarks/plan_benchmark.py"""

import tempfile
import time
from pathlib import Path

from orchestrator.plan.planning import plan
from orchestrator.spec.reading import read

LRS = ", ".join(f"{1e-4 * step:g}" for step in range(1, 21))
SPARSITIES = ", ".join(f"{0.05 * step:.2f}" for step in range(20))
SPEC = """
workload: fashion_mnist_mlp
method: static_random
grid:
  workload.hidden: [[300, 100], [100], [200, 100], [50, 50, 50], [512, 256]]
  workload.training.optimizer.lr: [{lrs}]
  method.sparsity: [{sparsities}]
seeds: {seeds}
"""


def seconds(seeds: int, lrs: str) -> tuple[int, float]:
    """The number of trials, and the time from the file to the plan."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.yaml"
        path.write_text(SPEC.format(lrs=lrs, sparsities=SPARSITIES, seeds=seeds))
        start = time.perf_counter()
        planned = plan(read(path))
        return len(planned.trials), time.perf_counter() - start


def main() -> None:
    """Prints the figures for 5 seeds, and for one seed and five times the learning rates."""
    many = ", ".join(f"{1e-5 * step:g}" for step in range(1, 101))
    for name, seeds, lrs in (("5 seeds", 5, LRS), ("1 seed", 1, many)):
        trials, took = seconds(seeds, lrs)
        print(f"{name}: {trials:,} trials planned in {took:.2f} s")


if __name__ == "__main__":
    main()
