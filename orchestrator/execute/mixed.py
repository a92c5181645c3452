"""Finished trials whose precision or kind of device differs from the current one.

Their figures must not be mixed with new ones in silence: a sweep stops before it starts, or trains them again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from orchestrator.plan.planning import Planned
from orchestrator.spec.reading import SweepSpec
from orchestrator.store.folders import SweepFolder
from orchestrator.store.journal import result

Numeric = Literal["precision", "device"]


@dataclass(frozen=True)
class Mixed:
    """A difference in numerics, and the finished trials that have it."""

    numeric: Numeric
    current: str  # the value of new trials
    differing: tuple[tuple[Planned, str], ...]  # finished trials with another value, and that value

    @property
    def trials(self) -> tuple[Planned, ...]:
        """The finished trials."""
        return tuple(planned for planned, _ in self.differing)

    def __str__(self) -> str:
        """The difference and the three remedies."""
        counted = Counter(before for _, before in self.differing)
        trials = "1 finished trial was" if len(self.differing) == 1 else f"{len(self.differing):,} finished trials were"
        before = " and ".join(sorted(counted))
        return (
            f"{trials} trained {_IN[self.numeric]} {before}, and this sweep would train {_IN[self.numeric]} "
            f"{self.current}, which gives other figures. Train them again with --rerun-mixed, keep them apart with "
            f"another --results, or continue as before{_BEFORE[self.numeric](before)}"
        )


def mixed(
    finished: Iterable[Planned], folder: SweepFolder, numeric: Numeric, current: Callable[[Planned], str]
) -> Mixed | None:
    """The `finished` trials with another value than `current` gives; None without any. Unknown values are equal."""
    differing, begun = [], folder.begun
    for planned in finished:
        before = numerics(planned, folder).get(numeric) if planned.key in begun else None
        if before not in (None, current(planned)):
            differing.append((planned, before))
    return Mixed(numeric, current(differing[0][0]), tuple(differing)) if differing else None


def of_another_precision(spec: SweepSpec, finished: Iterable[Planned], folder: SweepFolder) -> Mixed | None:
    """The `finished` trials in another precision than the spec's."""
    return mixed(finished, folder, "precision", lambda planned: spec.resources.precision)


def numerics(planned: Planned, folder: SweepFolder) -> dict[str, str]:
    """The numerics of a finished trial; older versions wrote some of them under `machine`."""
    outcome = result(folder.trial(planned.key))
    origin = outcome.provenance if outcome else {}
    return origin.get("numerics") or origin.get("machine") or {}


_IN = {"precision": "in", "device": "on"}
_BEFORE: dict[Numeric, Callable[[str], str]] = {
    "precision": lambda before: f": resources.precision: {before}",
    "device": lambda before: ": resources.gpus: 0" if before == "cpu" else f", where torch finds {before}",
}
