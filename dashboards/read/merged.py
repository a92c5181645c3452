"""Several sweeps as one: every trial once, and every difference still held against the twin in its own sweep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from dashboards.errors import ReportError
from dashboards.read.merged_plan import merged_plan, owners
from dashboards.read.planned import planned
from dashboards.read.results import Results
from dashboards.words.formats import listed


def merged(parts: Sequence[Results]) -> Results:
    """The sweeps as one; a single one is itself. Raises ReportError where a sweep has no finished run.

    A trial that several sweeps hold is taken from the first in which it finished. Where another sweep made another
    network of it (other code, versions, threads), that run stays on as a twin only, under a name of its own and of no
    trial, so that networks are paired with what was trained beside them.
    """
    if len(parts) == 1:
        return parts[0]
    for part in parts:
        if part.runs.empty:
            raise ReportError(_nothing_finished(part))
    owner, twins = owners(parts), _twins(parts)
    networks = {run: network for part in parts for run, key, network in _networks(part)
                if owner[key] == part.sweep}  # fmt: skip
    shares = [_share(part, owner, networks, twins) for part in parts]
    return Results(
        sweep=" + ".join(part.sweep for part in parts),
        plan=merged_plan(parts, owner),
        spec="\n".join(f"# {part.sweep}\n{part.spec}" for part in parts if part.spec),
        runs=pd.DataFrame([row for share in shares for row in share.runs.to_dict("records")]),
        curves=pd.concat([share.curves for share in shares if len(share.curves)] or [parts[0].curves]),
        provenance={run: told for share in shares for run, told in share.provenance.items()},
        outside=sum(part.outside for part in parts),
        measured=frozenset().union(*(share.measured for share in shares)),
        masks={run: found for share in shares for run, found in share.masks.items()},
        samples={run: text for share in shares for run, text in share.samples.items()},
        examples={run: found for share in shares for run, found in share.examples.items()},
        parts=tuple(parts),
    )


def _nothing_finished(part: Results) -> str:
    states = Counter(trial.state for trial in part.plan.trials)
    found = listed([f"{count} {state}" for state, count in sorted(states.items())]) or "none"
    return (
        f"sweep {part.sweep!r} has no finished run in the store (its trials: {found}), so there is nothing to "
        "compare; run it with `sparsity sweep`, send what has ended with `sparsity sync`, or leave it out"
    )


def _networks(part: Results) -> list[tuple[str, str, str]]:
    """Each run's name, trial and network."""
    return list(zip(part.runs["run"], part.runs["trial_key"], part.runs["network"], strict=True))


def _twins(parts: Sequence[Results]) -> dict[str, str]:
    """By run, its twin, also where its own sweep has none: runs of one series and label share that of their seed."""
    runs = [run for part in parts for trial in planned(part) for run in trial.runs if run.target]
    alike = [(run, (run.series.settings, run.seed, run.label)) for run in runs if run.series]
    known = {one: run.twin for run, one in alike if run.twin}
    return {run.name: known[one] for run, one in alike if one in known}


def _share(part: Results, owner: Mapping[str, str], networks: Mapping[str, str], twins: Mapping[str, str]) -> Results:
    """What one sweep brings: the runs of the trials that it speaks for, and those of their twins that it alone has."""
    names = {run: run if networks.get(run) == network else f"{part.sweep}/{run}"
             for run, _, network in _networks(part)}  # fmt: skip
    own, apart = [], []
    for row in part.runs.to_dict("records"):
        if owner[row["trial_key"]] == part.sweep:
            own.append(row | {"twin": _twin(row, names, twins)})
        elif names[row["run"]] != row["run"]:
            apart.append(row | {"run": names[row["run"]], "trial_key": None})
    needed = {row["twin"] for row in own}
    rows = own + [row for row in apart if row["run"] in needed]
    brought = {row["run"] for row in rows}
    renamed = {run: name for run, name in names.items() if name in brought}
    return replace(
        part,
        runs=pd.DataFrame(rows),
        curves=part.curves[part.curves["run"].isin(renamed)].assign(run=lambda own: own["run"].map(renamed)),
        provenance={renamed[run]: told for run, told in part.provenance.items() if run in renamed},
        measured=frozenset(run for run in part.measured if owner.get(run.partition("/")[0]) == part.sweep),
        masks={renamed[run]: found for run, found in part.masks.items() if run in renamed},
        samples={renamed[run]: text for run, text in part.samples.items() if run in renamed},
        examples={renamed[run]: found for run, found in part.examples.items() if run in renamed},
    )


def _twin(row: Mapping[str, Any], names: Mapping[str, str], twins: Mapping[str, str]) -> str | None:
    """The run's twin by its name among all; its own sweep's where that has it."""
    twin = row["twin"] if isinstance(row["twin"], str) else twins.get(row["run"])
    return names.get(twin, twin) if twin else None
