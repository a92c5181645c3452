"""Trends over the last looks of a run."""

from collections.abc import Sequence
from statistics import fmean, linear_regression

from workloads.network.state import Look

WINDOW = 10  # looks


def trends(looks: Sequence[Look]) -> dict[str, float]:
    """Trends over the last 10 looks, the newest included.

    `sparsity_slope`: least squares, in sparsity per 1,000 steps; absent before the second look.
    `avg_revival_rate`: the mean over the looks that have a revival rate; absent if none has.
    """
    recent = [look for look in looks if "sparsity/overall" in look.figures][-WINDOW:]
    return _sparsity_slope(recent) | _avg_revival_rate(recent)


def _sparsity_slope(looks: Sequence[Look]) -> dict[str, float]:
    steps = [look.step for look in looks]
    if len(set(steps)) < 2:
        return {}
    sparsities = [look.figures["sparsity/overall"] for look in looks]
    return {"trends/sparsity_slope": 1_000 * linear_regression(steps, sparsities).slope}


def _avg_revival_rate(looks: Sequence[Look]) -> dict[str, float]:
    name = "weight_revival/revival_rate"
    rates = [look.figures[name] for look in looks if name in look.figures]
    return {"trends/avg_revival_rate": fmean(rates)} if rates else {}
