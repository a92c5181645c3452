"""Pairs of runs whose numerics differ: what a difference between them is made of beside sparsity."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from dashboards.read.results import Results
from dashboards.words.formats import count, listed


@dataclass(frozen=True)
class AcrossNumerics:
    """Runs and their twins. Only those count of which both say what their numerics are."""

    pairs: int
    across: int  # pairs that differ in any of them
    names: tuple[tuple[str, int], ...]  # which of them differ, and in how many pairs


def across_numerics(results: Results) -> AcrossNumerics:
    """How many runs were computed otherwise than the twins that they are held against."""
    rows = results.runs.to_dict("records") if "numerics" in results.runs else []
    told: dict[str, dict[str, Any]] = {
        row["run"]: json.loads(row["numerics"]) for row in rows if isinstance(row["numerics"], str)
    }
    pairs = [(told[row["run"]], told[row["twin"]]) for row in rows if row["run"] in told and row["twin"] in told]
    differing = [{name for name in {*one, *other} if one.get(name) != other.get(name)} for one, other in pairs]
    counted = Counter(name for names in differing for name in names)
    return AcrossNumerics(len(pairs), sum(map(bool, differing)), tuple(sorted(counted.items())))


def sentences(found: AcrossNumerics) -> list[str]:
    """What a reader must know before any difference; nothing where all pairs were computed alike."""
    if not found.across:
        return []
    names = listed([f"{name} ({count(pairs)})" for name, pairs in found.names])
    return [f"{count(found.across)} of {count(found.pairs)} pairs of a run and its dense twin were computed "
            f"differently: {names}. What such a pair differs in is not sparsity alone."]  # fmt: skip
