"""A series: the runs that share everything but seed and sparsity. What it is called and how it is drawn."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboards import schema
from dashboards.read.appearance import Identity, looks

APART = (schema.SEED, "schema")  # what never tells series apart
AMOUNT = (schema.SPARSITY, schema.THRESHOLD)  # what tells the cells of a series apart
ARM = "method.arm"  # of a control; no setting, but treated like one
RUN = "method.run"  # the label of a run that is not its trial's main one; the same


@dataclass(frozen=True)
class Series:
    """One line of a figure."""

    label: str
    method: str
    colour: str
    marker: str
    dash: str
    settings: Identity  # dotted name and value; lists as tuples

    @property
    def dense(self) -> bool:
        """Whether nothing is removed: a level to compare with, not a line over sparsity."""
        return self.method == "dense"

    @property
    def arm(self) -> str:
        """Of a ladder; of all other methods `main` too."""
        return dict(self.settings).get(ARM, schema.MAIN)

    @property
    def control(self) -> bool:
        """Whether its runs branch off a ladder, and its twins are main runs of that, not dense networks."""
        return self.arm != schema.MAIN

    @property
    def workload(self) -> frozenset[tuple[str, Any]]:
        """The settings that do not belong to the method."""
        return frozenset(one for one in self.settings if not one[0].startswith("method."))

    @property
    def how(self) -> frozenset[tuple[str, Any]]:
        """The settings of the method."""
        return self.settings - self.workload

    @property
    def way(self) -> frozenset[tuple[str, Any]]:
        """The same without the sparsity at which a ladder ends: how it gets there, wherever that is."""
        return frozenset(one for one in self.how if one[0] not in AMOUNT)


def flattened(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings under dotted names, lists as tuples; None is left out.

    >>> flattened({"workload": {"hidden": [300, 100]}, "seed": 0})
    {'workload.hidden': (300, 100), 'seed': 0}
    """
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            flat |= flattened(value, f"{prefix}{name}.")
        elif value is not None:
            flat[prefix + name] = _hashable(value)
    return flat


def identity(flat: Mapping[str, Any], ladder: bool = False) -> Identity:
    """What the runs of a trial share with all others of their series.

    The settings of a ladder decide on all of its rungs together, so that another last level makes another series."""
    apart = APART if ladder else APART + AMOUNT
    return frozenset((name, value) for name, value in flat.items() if name not in apart)


def series(identities: Iterable[Identity]) -> dict[Identity, Series]:
    """The series of these identities, in the order of first mention, dense ones first."""
    identities = list(dict.fromkeys(identities))
    identities.sort(key=lambda one: dict(one)[schema.METHOD] != "dense")
    called, drawn = labels([dict(one) for one in identities], schema.METHOD), looks(identities)
    return {
        one: Series(label, dict(one)[schema.METHOD], drawn[one].colour, drawn[one].marker, drawn[one].dash, one)
        for one, label in zip(identities, called, strict=True)
    }


def labels(all_settings: list[dict[str, Any]], head: str) -> list[str]:
    """The value of the setting `head` and what differs, in few words; those that then are alike are told in more."""
    found = [""] * len(all_settings)
    for absent, verbose in ((False, False), (True, False), (True, True)):
        told = Counter(found)
        found = [
            label if told[label] == 1 and label else _label(settings, all_settings, head, absent, verbose)
            for settings, label in zip(all_settings, found, strict=True)
        ]
    return found


def _label(settings: dict[str, Any], all_settings: list[dict[str, Any]], head: str, absent: bool, verbose: bool) -> str:
    """`absent`: what another series lacks is a difference too; `verbose`: with full names, and what this one lacks."""
    parts = []
    for name in sorted({name for other in all_settings for name in other} if verbose else settings):
        decisive = _decided_by(name)
        peers = [other for other in all_settings if all(other.get(one) == settings.get(one) for one in decisive)]
        values = {other.get(name) for other in peers if absent or name in other}
        if name == head or len(values) == 1:
            continue
        value = settings.get(name)
        if verbose:
            parts.append(f"{name} {json.dumps(value)}" if name in settings else f"no {name}")
        elif value not in ((), False):
            parts.append(value if isinstance(value, str) else f"{name.rpartition('.')[2]} {worded(value)}")
    return " ".join([settings[head], ", ".join(parts)]) if parts else settings[head]


def _decided_by(name: str) -> tuple[str, ...]:
    """The settings that decide on `name`: where they already differ, a difference in it says nothing more."""
    if name in (schema.METHOD, schema.WORKLOAD):
        return ()
    if name == "data":
        return (schema.WORKLOAD, schema.DATA)
    return (schema.METHOD,) if name.startswith("method.") else (schema.WORKLOAD,)


def worded(value: Any) -> str:
    """The value of a setting in as few characters as it takes.

    >>> worded((300, 100)), worded(0.001)
    ('300-100', '0.001')
    """
    if isinstance(value, tuple):
        return "-".join(worded(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _hashable(value: Any) -> Any:
    return tuple(_hashable(part) for part in value) if isinstance(value, list) else value
