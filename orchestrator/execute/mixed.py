"""Finished trials whose precision or kind of device is another than the one asked for now.

Their figures must not stand beside new ones in silence: a sweep stops before it starts, or trains them anew.
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
    """What of the numerics differs, and in which finished trials."""

    numeric: Numeric
    wanted: str  # what is asked for now
    found: tuple[tuple[Planned, str], ...]  # finished trials that had another, and which

    @property
    def trials(self) -> tuple[Planned, ...]:
        """The finished trials."""
        return tuple(planned for planned, _ in self.found)

    def __str__(self) -> str:
        """What differs, and the three ways out."""
        counted = Counter(before for _, before in self.found)
        trials = "1 finished trial was" if len(self.found) == 1 else f"{len(self.found):,} finished trials were"
        before = " and ".join(sorted(counted))
        return (
            f"{trials} trained {_IN[self.numeric]} {before}, and this sweep would train {_IN[self.numeric]} "
            f"{self.wanted}, which gives other figures. Train them anew with --rerun-mixed, keep them apart with "
            f"another --results, or go on as before{_BEFORE[self.numeric](before)}"
        )


def mixed(
    finished: Iterable[Planned], folder: SweepFolder, numeric: Numeric, wanted: Callable[[Planned], str]
) -> Mixed | None:
    """The `finished` trials that were not trained as `wanted` says; None where all were, or do not say."""
    found = []
    for planned in finished:
        before = trained(planned, folder).get(numeric)
        if before not in (None, wanted(planned)):
            found.append((planned, before))
    return Mixed(numeric, wanted(found[0][0]), tuple(found)) if found else None


def of_another_precision(spec: SweepSpec, finished: Iterable[Planned], folder: SweepFolder) -> Mixed | None:
    """Those of the `finished` trials that were not trained in the spec's precision."""
    return mixed(finished, folder, "precision", lambda planned: spec.resources.precision)


def trained(planned: Planned, folder: SweepFolder) -> dict[str, str]:
    """The numerics that a finished trial had; older versions wrote some of them among the facts of the machine."""
    ended = result(folder.trial(planned.key))
    told = ended.provenance if ended else {}
    return told.get("numerics") or told.get("machine") or {}


_IN = {"precision": "in", "device": "on"}
_BEFORE: dict[Numeric, Callable[[str], str]] = {
    "precision": lambda before: f": resources.precision: {before}",
    "device": lambda before: ": resources.gpus: 0" if before == "cpu" else f", where torch finds {before}",
}
