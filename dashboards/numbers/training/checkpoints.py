"""The evaluations from which the best checkpoint of a run was chosen.

The best checkpoint has the least validation loss among the evaluations at the run's final sparsity. A network that is
pruned during training has few of these, and its dense twin has all. The best of more is better by chance.
"""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.read.results import Results

CURVE, SPARSITY = "val/loss", "pruning/sparsity"


def candidates(results: Results) -> Mapping[str, frozenset[int]]:
    """The possible evaluations of each run, each as its number of steps before the last evaluation.

    Steps are counted from the end, since networks that keep their weights continue the step count of the last round.
    """
    losses, sparsity = (_points(results, metric) for metric in (CURVE, SPARSITY))
    steps: dict[str, list[int]] = {}
    for run, step in losses:
        steps.setdefault(run, []).append(step)
    final = {run: sparsity[run, step] for run, step in sorted(sparsity)}  # the last step of a run comes last
    allowed = {run: [step for step in every if sparsity.get((run, step), final.get(run)) == final.get(run)]
           for run, every in steps.items()}  # fmt: skip
    return {run: frozenset(max(chosen) - step for step in chosen) for run, chosen in allowed.items() if chosen}


def _points(results: Results, metric: str) -> dict[tuple[str, int], float]:
    points = results.curves[results.curves["metric"] == metric].dropna(subset="value")
    return dict(zip(zip(points["run"], points["step"], strict=True), points["value"], strict=True))
