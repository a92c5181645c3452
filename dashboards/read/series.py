"""Series: runs with equal settings except seed and sparsity. Their labels and appearances."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboards import schema
from dashboards.read.appearance import ARM, Identity, looks

IGNORED = (schema.SEED, "schema")  # settings that never distinguish series
AMOUNT = (schema.THRESHOLD, schema.RATIO, schema.SPARSITY)  # the first that a trial has tells cells of a series apart
ALLOCATION = "method.allocation"
RUN = "method.run"  # the label of a run beside the trial's main run; treated like a setting


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
        """Whether no weights are removed: a reference level, not a line over sparsity."""
        return self.method == "dense"

    @property
    def arm(self) -> str:
        """The control that its runs are; `main` for all other runs."""
        return dict(self.settings).get(ARM, schema.MAIN)

    @property
    def control(self) -> bool:
        """Whether its runs are controls of other runs of their trials. Those are their twins, not dense networks."""
        return self.arm != schema.MAIN

    @property
    def pattern(self) -> str | None:
        """The N:M pattern of its masks, as `2:4`; None if every weight may stay or go alone."""
        return dict(self.settings).get(schema.PATTERN)

    @property
    def reconstructed(self) -> bool:
        """Whether its layers are solved again under their masks."""
        return dict(self.settings).get(schema.RECONSTRUCT) is True

    @property
    def workload(self) -> frozenset[tuple[str, Any]]:
        """The settings outside the method."""
        return frozenset(setting for setting in self.settings if not setting[0].startswith("method."))

    @property
    def how(self) -> frozenset[tuple[str, Any]]:
        """The settings of the method."""
        return self.settings - self.workload

    @property
    def way(self) -> frozenset[tuple[str, Any]]:
        """The settings of the method without its sparsity, threshold or ratio."""
        return frozenset(setting for setting in self.how if setting[0] not in AMOUNT)


def flattened(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings under dotted names, with lists as tuples and without None.

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
    """The settings that the runs of one series share.

    For a ladder these include the last level, since it decides on all rungs: another last level is another series.
    """
    ignored = IGNORED if ladder else IGNORED + AMOUNT
    return frozenset((name, value) for name, value in _with_pattern(flat).items() if name not in ignored)


def _with_pattern(flat: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings with an N:M pattern in one word: `2:4` keeps 2 of every 4 weights, whatever the allocation."""
    if flat.get(f"{schema.PATTERN}.name") != "n_of_m":
        return flat
    rest = {name: value for name, value in flat.items() if not name.startswith((f"{schema.PATTERN}.", ALLOCATION))}
    kept, group = (flat.get(f"{schema.PATTERN}.{name}") for name in ("n", "m"))
    return rest | {schema.PATTERN: f"{kept}:{group}"}


def series(identities: Iterable[Identity]) -> dict[Identity, Series]:
    """The series of these identities, dense ones first, then in the order of first mention."""
    identities = list(dict.fromkeys(identities))
    identities.sort(key=lambda settings: dict(settings)[schema.METHOD] != "dense")
    names, appearances = labels([dict(settings) for settings in identities], schema.METHOD), looks(identities)
    return {
        settings: Series(label, dict(settings)[schema.METHOD], look.colour, look.marker, look.dash, settings)
        for settings, label in zip(identities, names, strict=True) for look in [appearances[settings]]
    }  # fmt: skip


def labels(all_settings: list[dict[str, Any]], head: str) -> list[str]:
    """Short labels: the value of the setting `head` and the differences; longer where short ones would be equal."""
    names = [""] * len(all_settings)
    for absent, verbose in ((False, False), (True, False), (True, True)):
        counts = Counter(names)
        names = [
            label if counts[label] == 1 and label else _label(settings, all_settings, head, absent, verbose)
            for settings, label in zip(all_settings, names, strict=True)
        ]
    return names


def _label(settings: dict[str, Any], all_settings: list[dict[str, Any]], head: str, absent: bool, verbose: bool) -> str:
    """`absent`: a setting that other series lack is a difference too.

    `verbose`: with full names, and with the settings that this series lacks.
    """
    parts = []
    for name in sorted({name for other in all_settings for name in other} if verbose else settings):
        decisive = _decided_by(name)
        peers = [other for other in all_settings if all(other.get(owner) == settings.get(owner) for owner in decisive)]
        values = {other.get(name) for other in peers if absent or name in other}
        if name == head or (len(values) == 1 and name != schema.PATTERN):  # a pattern says how many weights are left
            continue
        value = settings.get(name)
        if verbose:
            parts.append(f"{name} {json.dumps(value)}" if name in settings else f"no {name}")
        elif value not in ((), False):
            parts.append(value if isinstance(value, str) else _brief(name.rpartition(".")[2], value))
    return " ".join([settings[head], ", ".join(parts)]) if parts else settings[head]


def _brief(name: str, value: Any) -> str:
    """A setting with its value; a switch that is on needs no value."""
    return name if value is True else f"{name} {worded(value)}"


def _decided_by(name: str) -> tuple[str, ...]:
    """The settings that `name` belongs to: where they differ, a difference in `name` adds nothing."""
    if name in (schema.METHOD, schema.WORKLOAD):
        return ()
    if name == "data":
        return (schema.WORKLOAD, schema.DATA)
    return (schema.METHOD,) if name.startswith("method.") else (schema.WORKLOAD,)


def worded(value: Any) -> str:
    """The value of a setting in few characters.

    >>> worded((300, 100)), worded(0.001)
    ('300-100', '0.001')
    """
    if isinstance(value, tuple):
        return "-".join(worded(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _hashable(value: Any) -> Any:
    return tuple(_hashable(part) for part in value) if isinstance(value, list) else value
