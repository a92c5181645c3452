"""The plans of several sweeps as one."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.plan_file import MarginEntry, PlanFile, ReportEntry, TrialEntry
from dashboards.read.facts import words
from dashboards.read.planned import finished
from dashboards.read.results import Results
from dashboards.read.series import flattened


def owners(parts: Sequence[Results]) -> dict[str, str]:
    """The sweep that owns each trial: the first that finished it, else the first where it failed, else the first."""
    planned = [(trial, part.sweep) for part in parts for trial in part.plan.trials]
    claims = [(key, part.sweep) for part in parts for key in finished(part)]
    claims += [(key, part.sweep) for part in parts for key in part.runs["trial_key"]]  # unfinished ladders
    claims += [(trial.key, sweep) for trial, sweep in planned if trial.state == "failed"]
    claims += [(trial.key, sweep) for trial, sweep in planned]
    return dict(reversed(claims))


def merged_plan(parts: Sequence[Results], owners: Mapping[str, str]) -> PlanFile:
    """The merged plan: each trial once, from its owner, with the least margin and the highest confidence.

    What one sweep tunes is tuned in all.

    Other entries list the value of each sweep.
    """
    margins = [part.plan.report.margin for part in parts]
    records = [flattened(part.plan.provenance) for part in parts]
    margin = MarginEntry(
        accuracy=min(entry.accuracy for entry in margins),
        bits_per_character=min(entry.bits_per_character for entry in margins),
    )
    tuned = tuple(dict.fromkeys(name for part in parts for name in part.plan.report.tune or ()))
    least: dict[tuple[str, ...], float] = {}
    for outcome in (outcome for part in parts for outcome in part.outcomes):
        least[outcome.kind] = min(outcome.margin, least.get(outcome.kind, outcome.margin))
    return parts[0].plan.model_copy(
        update={
            "sweep": " + ".join(part.sweep for part in parts),
            "question": None,
            "notes": "\n\n".join(f"{part.sweep}: {part.plan.notes}" for part in parts if part.plan.notes) or None,
            "references": tuple(dict.fromkeys(work for part in parts for work in part.plan.references)),
            "data": tuple(dict.fromkeys(data for part in parts for data in part.plan.data)),
            "spec_sha256": _by_sweep(parts, [part.plan.spec_sha256 for part in parts]),
            "merged": sum(part.plan.merged for part in parts),
            "report": ReportEntry(margin=margin, confidence=max(part.confidence for part in parts), tune=tuned or None),
            "provenance": {
                name: _by_sweep(parts, [record.get(name) for record in records])
                for name in dict.fromkeys(name for record in records for name in record)
            },
            "trials": tuple(
                _judged(trial, least).model_copy(update={"sweep": part.sweep})
                for part in parts
                for trial in part.plan.trials
                if owners[trial.key] == part.sweep
            ),
        }
    )


def _judged(trial: TrialEntry, least: Mapping[tuple[str, ...], float]) -> TrialEntry:
    """The trial with the least margin of all sweeps. Trials of older plans use the report's margin."""
    if trial.outcome is None:
        return trial
    outcome = trial.outcome.model_copy(update={"margin": least[trial.outcome.kind]})
    return trial.model_copy(update={"outcome": outcome})


def _by_sweep(parts: Sequence[Results], values: Sequence[Any]) -> Any:
    """The common value, or the value of each sweep."""
    if all(value == values[0] for value in values):
        return values[0]
    return "; ".join(
        f"{words(value)} ({part.sweep})" for part, value in zip(parts, values, strict=True) if value is not None
    )
