"""Series with random masks: their places carry no information about the network."""

from __future__ import annotations

from dashboards.read.series import Series

ALWAYS = "static_random"
CRITERION, RANDOM = "method.criterion.name", "random"


def random_masks(series: Series) -> bool:
    """Whether the masks are random."""
    return series.method == ALWAYS or dict(series.settings).get(CRITERION) == RANDOM
