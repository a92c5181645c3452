"""Mistakes in what the report is to choose on validation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workloads.trial import Trial


def untunable(tune: Sequence[str], trials: Sequence[Trial]) -> Iterator[str]:
    """What is wrong with each dotted name that does not have several values among the trials."""
    settings = [dict(_flat({part: trial.settings()[part] for part in ("workload", "method")})) for trial in trials]
    for name in tune:
        values = {own[name] for own in settings if name in own}
        if not values:
            yield (f"tune names {name}, which is a setting of no trial; give dotted names, "
                   "e.g. [workload.training.optimizer.lr]")  # fmt: skip
        elif len(values) == 1:
            yield (f"tune names {name}, which is {values.pop()} in every trial, so there is nothing to choose; "
                   "give several values in grid")  # fmt: skip


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested settings under dotted names, with their values as JSON."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, json.dumps(value)
