"""Which looks the best checkpoint of a run was chosen among.

It is the one of the least validation loss among the looks at the run's final sparsity. A network that is pruned while
it trains has few of those, and its dense twin has all: the best of more is better by chance.
"""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.read.results import Results

CURVE, SPARSITY = "val/loss", "pruning/sparsity"


def candidates(results: Results) -> Mapping[str, frozenset[int]]:
    """By run the looks that it could choose, each as the number of steps from there to the last look.

    Counted from the end, since a network that keeps its trained weights goes on counting steps from the round before.
    """
    looks, sparsity = (_points(results, metric) for metric in (CURVE, SPARSITY))
    steps: dict[str, list[int]] = {}
    for run, step in looks:
        steps.setdefault(run, []).append(step)
    final = {run: sparsity[run, step] for run, step in sorted(sparsity)}  # the last step of a run comes last
    own = {run: [step for step in found if sparsity.get((run, step), final.get(run)) == final.get(run)]
           for run, found in steps.items()}  # fmt: skip
    return {run: frozenset(max(found) - step for step in found) for run, found in own.items() if found}


def _points(results: Results, metric: str) -> dict[tuple[str, int], float]:
    points = results.curves[results.curves["metric"] == metric].dropna(subset="value")
    return dict(zip(zip(points["run"], points["step"], strict=True), points["value"], strict=True))
