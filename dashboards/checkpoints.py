"""Which looks the best checkpoint of a run was chosen among.

It is the one of the least validation loss among the looks at the run's final sparsity. A network that is pruned while
it trains has few of those, and its dense twin has all: the best of more is better by chance.
"""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.results import Results

CURVE, SPARSITY = "val/loss", "pruning/sparsity"


def candidates(results: Results) -> Mapping[str, frozenset[int]]:
    """By run the looks that it could choose, each as the number of steps from there to the last look.

    Counted from the end, since a network that keeps its trained weights goes on counting steps from the round before.
    """
    curves = results.curves.dropna(subset="value")
    looks = curves[curves["metric"] == CURVE][["run", "step"]]
    sparsity = curves[curves["metric"] == SPARSITY][["run", "step", "value"]]
    final = sparsity.sort_values("step").groupby("run")["value"].last()
    looks = looks.merge(sparsity, on=["run", "step"], how="left")
    own = looks[looks["value"].isna() | (looks["value"] == looks["run"].map(final))]
    return {run: frozenset(int(steps.max()) - steps) for run, steps in own.groupby("run")["step"]}
