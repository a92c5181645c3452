"""What several sweeps share, and in what they differ."""

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

MOST_VALUES = 12  # of a setting in one sweep, named one by one
Told = Mapping[str, tuple[Any, ...]]  # what one sweep says of each thing: distinct values in order


@dataclass(frozen=True)
class Difference:
    """A thing on which the sweeps do not all say the same."""

    name: str
    values: tuple[str, ...]  # in the order of the sweeps


def of_settings(parts: Sequence[Results]) -> tuple[Difference, ...]:
    """The settings, by dotted name, that do not take the same values in every sweep."""
    return tuple(sorted(_differences([_settings(part) for part in parts]), key=lambda one: one.name))


def of_facts(parts: Sequence[Results]) -> tuple[Difference, ...]:
    """How the sweeps judge, and what they say of code, machine and data, where they do not say the same."""
    return _differences([_judgement(part) | {name: tuple(sorted(said)) for name, said in facts(part).items()}
                         for part in parts])  # fmt: skip


def _settings(part: Results) -> Told:
    values: dict[str, set[Any]] = {}
    for trial in part.plan.trials:
        for name, value in flattened(trial.settings).items():
            values.setdefault(name, set()).add(value)
    return {name: tuple(sorted(found, key=_order)) for name, found in values.items()}


def _judgement(part: Results) -> dict[str, tuple[str, ...]]:
    return {
        **{f"margin of {unit(one).noun}": (unit(one).allowed,) for one in part.outcomes},
        "confidence": (level(part.confidence),),
        "baseline": (part.plan.baseline,),
    }


def _differences(told: Sequence[Told]) -> tuple[Difference, ...]:
    names = dict.fromkeys(name for one in told for name in one)
    found = {name: [one.get(name, ()) for one in told] for name in names}
    return tuple(
        Difference(name, tuple(_shown(one) for one in values))
        for name, values in found.items() if any(one != values[0] for one in values)
    )  # fmt: skip


def _order(value: Any) -> tuple[bool, float, str]:
    """Numbers by size, then all else by its text."""
    number = isinstance(value, int | float)
    return (not number, float(value) if number else 0.0, json.dumps(value))


def _shown(values: Sequence[Any]) -> str:
    """Values as a spec has them; of many only how many, the first and the last."""
    written = [value if isinstance(value, str) else json.dumps(value) for value in values]
    if len(written) > MOST_VALUES:
        return f"{len(written)} values, from {written[0]} to {written[-1]}"
    return ", ".join(written) or NONE
