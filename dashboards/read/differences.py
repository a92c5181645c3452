"""Settings and facts that differ between sweeps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.read.facts import facts
from dashboards.read.results import Results
from dashboards.read.series import flattened
from dashboards.words.formats import NONE, level
from dashboards.words.units import unit

MOST_VALUES = 12  # listed values of a setting in one sweep; beyond, only their number and ends
Values = Mapping[str, tuple[Any, ...]]  # distinct values of one sweep in order, by name


@dataclass(frozen=True)
class Difference:
    """A setting or fact that differs between sweeps."""

    name: str
    values: tuple[str, ...]  # in the order of the sweeps


def of_settings(parts: Sequence[Results]) -> tuple[Difference, ...]:
    """Settings whose values differ between sweeps, by dotted name."""
    return tuple(sorted(_differences([_settings(part) for part in parts]), key=lambda difference: difference.name))


def of_facts(parts: Sequence[Results]) -> tuple[Difference, ...]:
    """Margins, confidence, baseline, and facts on code, machine and data that differ between sweeps."""
    return _differences([_judgement(part) | {name: tuple(sorted(values)) for name, values in facts(part).items()}
                         for part in parts])  # fmt: skip


def _settings(part: Results) -> Values:
    values: dict[str, set[Any]] = {}
    for trial in part.plan.trials:
        for name, value in flattened(trial.settings).items():
            values.setdefault(name, set()).add(value)
    return {name: tuple(sorted(distinct, key=_order)) for name, distinct in values.items()}


def _judgement(part: Results) -> dict[str, tuple[str, ...]]:
    return {
        **{f"margin of {unit(outcome).noun}": (unit(outcome).allowed,) for outcome in part.outcomes},
        "confidence": (level(part.confidence),),
        "baseline": (part.plan.baseline,),
    }


def _differences(sweeps: Sequence[Values]) -> tuple[Difference, ...]:
    names = dict.fromkeys(name for values in sweeps for name in values)
    by_name = {name: [values.get(name, ()) for values in sweeps] for name in names}
    return tuple(
        Difference(name, tuple(_text(values) for values in columns))
        for name, columns in by_name.items() if any(values != columns[0] for values in columns)
    )  # fmt: skip


def _order(value: Any) -> tuple[bool, float, str]:
    """A sort key: numbers by size, then other values by their text."""
    number = isinstance(value, int | float)
    return (not number, float(value) if number else 0.0, json.dumps(value))


def _text(values: Sequence[Any]) -> str:
    """Values as a spec writes them; beyond MOST_VALUES their number, the first and the last."""
    texts = [value if isinstance(value, str) else json.dumps(value) for value in values]
    if len(texts) > MOST_VALUES:
        return f"{len(texts)} values, from {texts[0]} to {texts[-1]}"
    return ", ".join(texts) or NONE
