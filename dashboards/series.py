"""A series: the trials that share everything but seed and sparsity. What it is called and how it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboards import schema

# What never tells series apart; `data` follows from workload.data.
APART = (schema.SEED, schema.SPARSITY, schema.THRESHOLD, "schema", "data")
COLOURS = ("#4477AA", "#EE6677", "#228833", "#AA3377", "#CCAA33", "#33AACC")  # after Tol's bright, colour-blind safe
MARKERS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star")
DASHES = ("solid", "dash", "dot", "dashdot")
DENSE_COLOUR = "#888888"


@dataclass(frozen=True)
class Series:
    """One line of a figure."""

    label: str
    method: str
    colour: str
    marker: str
    dash: str
    settings: frozenset[tuple[str, Any]]  # dotted name and value; lists as tuples

    @property
    def dense(self) -> bool:
        """Whether nothing is removed: a level to compare with, not a line over sparsity."""
        return self.method == "dense"

    @property
    def workload(self) -> frozenset[tuple[str, Any]]:
        """The settings that do not belong to the method."""
        return frozenset(one for one in self.settings if not one[0].startswith("method."))


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


def identity(flat: Mapping[str, Any]) -> frozenset[tuple[str, Any]]:
    """What a trial shares with all others of its series."""
    return frozenset((name, value) for name, value in flat.items() if name not in APART)


def series(trials: Iterable[Mapping[str, Any]]) -> dict[frozenset[tuple[str, Any]], Series]:
    """The series of flattened trials by their identity, in the order of first mention, dense ones first."""
    identities = list(dict.fromkeys(identity(trial) for trial in trials))
    identities.sort(key=lambda one: dict(one)[schema.METHOD] != "dense")
    labels = _labels([dict(one) for one in identities])
    result, drawn = {}, 0
    for one, label in zip(identities, labels):
        method = dict(one)[schema.METHOD]
        if method == "dense":
            look = (DENSE_COLOUR, "circle", "dash")
        else:
            look = (COLOURS[drawn % len(COLOURS)], MARKERS[drawn % len(MARKERS)], DASHES[drawn % len(DASHES)])
            drawn += 1
        result[one] = Series(label, method, *look, settings=one)
    return result


def _labels(all_settings: list[dict[str, Any]]) -> list[str]:
    """The method's name and what differs; what one series has and another lacks counts only where needed."""
    labels = [_label(settings, all_settings, absent=False) for settings in all_settings]
    if len(set(labels)) < len(labels):
        labels = [_label(settings, all_settings, absent=True) for settings in all_settings]
    return labels


def _label(settings: dict[str, Any], all_settings: list[dict[str, Any]], absent: bool) -> str:
    method = settings[schema.METHOD]
    parts = []
    for name, value in sorted(settings.items()):
        if name == schema.METHOD:
            continue
        peers = all_settings
        if name.startswith("method."):
            peers = [other for other in all_settings if other[schema.METHOD] == method]
        values = {other.get(name) for other in peers if absent or name in other}
        if len(values) > 1 and value not in ((), False):
            parts.append(value if isinstance(value, str) else f"{name.rpartition('.')[2]} {_words(value)}")
    return " ".join([method, ", ".join(parts)]) if parts else method


def _words(value: Any) -> str:
    if isinstance(value, tuple):
        return "-".join(_words(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _hashable(value: Any) -> Any:
    return tuple(_hashable(part) for part in value) if isinstance(value, list) else value
