"""Series whose masks are drawn at random: where they keep weights says nothing about the network."""

from __future__ import annotations

from dashboards.read.series import Series

ALWAYS = "static_random"
CRITERION, RANDOM = "method.criterion.name", "random"


def random_masks(series: Series) -> bool:
    """Whether chance chooses which weights stay."""
    return series.method == ALWAYS or dict(series.settings).get(CRITERION) == RANDOM
