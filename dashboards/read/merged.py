"""Several sweeps as one: each trial once, and each run compared with the twin from its own sweep."""

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
    """The sweeps as one; a single sweep stays as it is. Raises ReportError if a sweep has no finished run.

    If several sweeps have a trial, it is taken from the first sweep that finished it. In another sweep the same trial
    may give another network (other code, versions, threads). Then that run stays only as a twin, with a new name and
    without a trial. So networks are compared with twins from their own sweep.
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
        provenance={run: record for share in shares for run, record in share.provenance.items()},
        outside=sum(part.outside for part in parts),
        measured=frozenset().union(*(share.measured for share in shares)),
        masks={run: masks for share in shares for run, masks in share.masks.items()},
        samples={run: text for share in shares for run, text in share.samples.items()},
        examples={run: outcomes for share in shares for run, outcomes in share.examples.items()},
        parts=tuple(parts),
    )


def _nothing_finished(part: Results) -> str:
    states = Counter(trial.state for trial in part.plan.trials)
    counts = listed([f"{count} {state}" for state, count in sorted(states.items())]) or "none"
    return (
        f"sweep {part.sweep!r} has no finished run in the store (its trials: {counts}), so there is nothing to "
        "compare; run it with `sparsity sweep`, send what has ended with `sparsity sync`, or leave it out"
    )


def _networks(part: Results) -> list[tuple[str, str, str]]:
    """The name, the trial and the network of each run."""
    return list(zip(part.runs["run"], part.runs["trial_key"], part.runs["network"], strict=True))


def _twins(parts: Sequence[Results]) -> dict[str, str]:
    """The twin of each run. A run without one in its sweep takes that of the same series, label and seed elsewhere."""
    runs = [run for part in parts for trial in planned(part) for run in trial.runs if run.target]
    keys = [(run, (run.series.settings, run.seed, run.label)) for run in runs if run.series]
    known = {key: run.twin for run, key in keys if run.twin}
    return {run.name: known[key] for run, key in keys if key in known}


def _share(part: Results, owner: Mapping[str, str], networks: Mapping[str, str], twins: Mapping[str, str]) -> Results:
    """The part of one sweep: the runs of the trials it owns, and the twins that only it has."""
    names = {run: run if networks.get(run) == network else f"{part.sweep}/{run}"
             for run, _, network in _networks(part)}  # fmt: skip
    owned, renamed_rows = [], []
    for row in part.runs.to_dict("records"):
        if owner[row["trial_key"]] == part.sweep:
            owned.append(row | {"twin": _twin(row, names, twins)})
        elif names[row["run"]] != row["run"]:
            renamed_rows.append(row | {"run": names[row["run"]], "trial_key": None})
    needed = {row["twin"] for row in owned}
    rows = owned + [row for row in renamed_rows if row["run"] in needed]
    present = {row["run"] for row in rows}
    renamed = {run: name for run, name in names.items() if name in present}
    return replace(
        part,
        runs=pd.DataFrame(rows),
        curves=part.curves[part.curves["run"].isin(renamed)].assign(run=lambda curves: curves["run"].map(renamed)),
        provenance={renamed[run]: record for run, record in part.provenance.items() if run in renamed},
        measured=frozenset(run for run in part.measured if owner.get(run.partition("/")[0]) == part.sweep),
        masks={renamed[run]: masks for run, masks in part.masks.items() if run in renamed},
        samples={renamed[run]: text for run, text in part.samples.items() if run in renamed},
        examples={renamed[run]: outcomes for run, outcomes in part.examples.items() if run in renamed},
    )


def _twin(row: Mapping[str, Any], names: Mapping[str, str], twins: Mapping[str, str]) -> str | None:
    """The name of the run's twin in the merged results, from the same sweep if possible."""
    twin = row["twin"] if isinstance(row["twin"], str) else twins.get(row["run"])
    return names.get(twin, twin) if twin else None
