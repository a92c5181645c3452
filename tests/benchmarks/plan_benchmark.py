"""Seconds to plan 10,000 trials, and to show the plan: python tests/benchmarks/plan_benchmark.py"""

import json
import tempfile
import time
from pathlib import Path

from orchestrator.cli import plan_view
from orchestrator.plan.planning import plan
from orchestrator.spec.reading import read
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.plan_file import filled_in

SPEC = """
workload: fashion_mnist_mlp
method: static_random
grid:
  workload.hidden: {hidden}
  workload.training.optimizer.lr: [{lrs}]
  method.sparsity: [{sparsities}]
seeds: {seeds}
"""
WIDTHS = "[[300, 100], [100], [200, 100], [50, 50, 50], [512, 256]]"
LRS = ", ".join(f"{1e-4 * step:g}" for step in range(1, 21))
MANY_LRS = ", ".join(f"{1e-5 * step:g}" for step in range(1, 101))
SPARSITIES = ", ".join(f"{0.05 * step:.2f}" for step in range(20))
MANY_SPARSITIES = ", ".join(f"{0.005 + 0.0095 * step:.4f}" for step in range(100))
CASES = {
    "400 settings, 25 seeds, twins": SPEC.format(
        hidden="[[300, 100]]", lrs="1e-4, 3e-4, 1e-3, 3e-3", sparsities=MANY_SPARSITIES, seeds=25
    ),
    "2,000 settings, 5 seeds": SPEC.format(hidden=WIDTHS, lrs=LRS, sparsities=SPARSITIES, seeds=5),
    "10,000 settings, 1 seed": SPEC.format(hidden=WIDTHS, lrs=MANY_LRS, sparsities=SPARSITIES, seeds=1),
}


def timed(text: str) -> str:
    """The number of trials; the seconds from the file to the plan, and from the plan to its text and to plan.json."""
    with tempfile.TemporaryDirectory() as place:
        path, results = Path(place) / "many.yaml", ResultsFolder(Path(place) / "results")
        path.write_text(text)
        moments = [time.perf_counter()]
        planned = plan(read(path))
        moments.append(time.perf_counter())
        plan_view.text(planned, results.sweep(planned.name), 100)
        moments.append(time.perf_counter())
        json.dumps(filled_in(planned, results.sweep(planned.name)).as_json(), indent=1)
        moments.append(time.perf_counter())
    planning, showing, writing = (after - before for before, after in zip(moments, moments[1:], strict=False))
    return (
        f"{len(planned.trials):,} trials planned in {planning:.2f} s, shown in {showing:.2f} s, as JSON {writing:.2f} s"
    )


def main() -> None:
    """Print the figures of all cases."""
    for name, text in CASES.items():
        print(f"{name}: {timed(text)}", flush=True)


if __name__ == "__main__":
    main()
