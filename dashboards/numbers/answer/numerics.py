"""Pairs of runs with different numerics: their differences have other causes beside sparsity."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from dashboards.read.results import Results
from dashboards.words.formats import count, listed


@dataclass(frozen=True)
class AcrossNumerics:
    """Pairs of a run and its twin, if both record their numerics."""

    pairs: int
    across: int  # pairs with any difference in numerics
    names: tuple[tuple[str, int], ...]  # what differs, and in how many pairs


def across_numerics(results: Results) -> AcrossNumerics:
    """The pairs whose numerics differ."""
    rows = results.runs.to_dict("records") if "numerics" in results.runs else []
    recorded: dict[str, dict[str, Any]] = {
        row["run"]: json.loads(row["numerics"]) for row in rows if isinstance(row["numerics"], str)
    }
    pairs = [(recorded[row["run"]], recorded[row["twin"]]) for row in rows
             if row["run"] in recorded and row["twin"] in recorded]  # fmt: skip
    differing = [{name for name in {*run, *twin} if run.get(name) != twin.get(name)} for run, twin in pairs]
    counted = Counter(name for names in differing for name in names)
    return AcrossNumerics(len(pairs), sum(map(bool, differing)), tuple(sorted(counted.items())))


def sentences(numerics: AcrossNumerics) -> list[str]:
    """A warning before any difference; empty if all pairs have equal numerics."""
    if not numerics.across:
        return []
    names = listed([f"{name} ({count(pairs)})" for name, pairs in numerics.names])
    return [f"{count(numerics.across)} of {count(numerics.pairs)} pairs of a run and its dense twin were computed "
            f"differently: {names}. Their differences are not due to sparsity alone."]  # fmt: skip
