"""Reads, expands and checks a sweep's YAML file. A SweepSpec is always valid."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from orchestrator.spec import complaints, fields, source
from orchestrator.spec.budget import Budget
from orchestrator.spec.complaints import Complaint, excerpt, unknown
from orchestrator.spec.exclude import remaining_seeds
from orchestrator.spec.expand import VARIANT_KEYS, Draft, Variant, has_stand_in, takes_sparsity, variants
from orchestrator.spec.header import Deploy, Header, Policies, Report, Resources
from orchestrator.spec.located import Located, Mark, nested
from orchestrator.spec.overrides import Override, read_overrides, with_override
from orchestrator.spec.tuned import untunable
from orchestrator.spec.warnings import doubts, kernel_doubts
from workloads.cost.estimate import Cost, cost
from workloads.trial import Trial

HEADER = fields.keys(Header)
KEYS = (*HEADER, *VARIANT_KEYS, "variants", "exclude")
MOST = 100_000  # trials of one sweep
OFFLINE = nested(("workload", "data"), Located("stand_in", Mark("--offline")), Mark("--offline"))


@dataclass(frozen=True)
class SweepPoint:
    """One trial of the spec and its seeds."""

    trial: Trial  # with the sweep's first seed
    seeds: tuple[int, ...]
    cost: Cost  # with one seed


@dataclass(frozen=True)
class SweepSpec:
    """A sweep. All its trials are valid and feasible."""

    name: str
    question: str | None
    notes: str | None
    baseline: Literal["twin", "none"]
    budget: Budget | None  # of every trial's whole path; the trials have the lengths that follow
    seeds: tuple[int, ...]
    resources: Resources
    policies: Policies
    report: Report
    deploy: Deploy | None  # None: nothing is measured after the last trial
    points: tuple[SweepPoint, ...]  # in the order of the spec
    excluded: int  # trials that `exclude` dropped
    warnings: tuple[str, ...]  # about settings that are allowed, but probably a mistake
    text: str  # the file's
    sha256: str  # of the file's bytes
    overrides: tuple[str, ...]  # KEY=VALUE, as given
    offline: bool  # whether stand-in data replace others


def read(path: Path, overrides: Sequence[str] = (), offline: bool = False, name: str | None = None) -> SweepSpec:
    """The sweep in the YAML file at `path`, with `overrides` (KEY=VALUE) on top.

    `offline` selects stand-in data for every workload that has it. `name` is that of a sweep without one in its spec;
    None takes the file's stem.
    Raises SpecError; its text lists all mistakes, one per line.
    """
    content, root = source.load(path)
    if not isinstance(root.value, dict):
        content_text = "empty" if root.value is None else excerpt(root.plain)
        text = f"a sweep is a mapping, e.g. {{workload: digits_mlp, method: dense}}; this is {content_text}"
        raise complaints.error([Complaint(root.mark, text)])
    changes, mistakes = read_overrides(overrides, KEYS)
    for change in changes:
        root = root if change.of_trials or change.path[0] in HEADER else with_override(root, change)
    mistakes += [Complaint(mark, unknown(key, KEYS, "a sweep")) for key, mark in root.keys.items() if key not in KEYS]
    header_draft = _header_draft(root, changes)
    header, header_mistakes = _header(header_draft, name or path.stem)
    seeds = header.seeds if header else (0,)
    subsweeps, variant_mistakes = variants(root)
    mistakes += header_mistakes + variant_mistakes
    if (count := sum(map(len, subsweeps)) * len(seeds)) > MOST:
        text = f"this asks for {count:,} trials; a sweep has at most {MOST:,}; split it into several sweeps"
        raise complaints.error([*mistakes, Complaint(root.mark, text)])
    layers = [change.layer for change in changes if change.of_trials]
    drafts = [list(variant.drafts(layers)) for variant in subsweeps]
    candidates, trial_mistakes = _candidates([draft for group in drafts for draft in group], seeds[0], offline)
    trial_seeds, warnings, exclude_mistakes = remaining_seeds(
        root.get("exclude"), [trial for _, trial in candidates], seeds
    )
    budget = header.budget if header else None
    placed, point_mistakes = _points(candidates, trial_seeds, budget)
    points = tuple(point for _, point in placed)
    mistakes += trial_mistakes + _useless_sparsity(subsweeps, drafts) + exclude_mistakes + point_mistakes
    if budget is not None:
        own = header_draft.mark(("budget",), of_key=True)
        mistakes += [mistake for draft, _ in candidates for mistake in budget.contradictions(draft, own)]
    if header and points and not mistakes:
        tune_mark = header_draft.mark(("report", "tune"))
        mistakes += [
            Complaint(tune_mark, text)
            for text in untunable(header.report.tune or (), [point.trial for point in points])
        ]
    if not points and not mistakes:
        mark = root.keys.get("exclude", root.mark)
        mistakes = [Complaint(mark, "exclude drops every trial; remove some of its entries")]
    if mistakes or header is None:
        raise complaints.error(mistakes)
    warnings += _doubts(placed)
    kernels_mark = header_draft.mark(("resources", "kernels"))
    warnings += [
        Complaint(kernels_mark, text) for text in kernel_doubts(header.resources, [one.trial for one in points])
    ]
    return SweepSpec(
        name=header.name, question=header.question, notes=header.notes, baseline=header.baseline, budget=budget,
        seeds=seeds, resources=header.resources, policies=header.policies, report=header.report,
        deploy=header.deploy, points=points, excluded=sum(len(seeds) - len(remaining) for remaining in trial_seeds),
        warnings=tuple(map(str, warnings)), text=content.decode("utf-8-sig"),
        sha256=hashlib.sha256(content).hexdigest(), overrides=tuple(overrides), offline=offline,
    )  # fmt: skip


def _header_draft(root: Located, changes: list[Override]) -> Draft:
    """What is given of the settings of the whole sweep."""
    draft = Draft((), {}).over(root.only(HEADER))
    for change in changes:
        draft = draft.over(change.layer) if change.path[0] in HEADER else draft
    return draft


def _header(draft: Draft, stem: str) -> tuple[Header | None, list[Complaint]]:
    """The settings of the whole sweep; None with complaints."""
    try:
        return Header.model_validate(fields.booleans_as_text(Header, {"name": stem, **draft.plain})), []
    except ValidationError as error:
        return None, list(complaints.of(error, Header, draft.mark))


def _candidates(drafts: Sequence[Draft], seed: int, offline: bool) -> tuple[list[tuple[Draft, Trial]], list[Complaint]]:
    """The valid drafts with their trials, and complaints about the other drafts."""
    candidates: list[tuple[Draft, Trial]] = []
    mistakes: list[Complaint] = []
    for draft in drafts:
        draft = draft.over(OFFLINE) if offline and has_stand_in(draft) else draft
        try:
            values = fields.booleans_as_text(Trial, {**draft.plain, "seed": seed})
            candidates.append((draft, Trial.model_validate(values)))
        except ValidationError as error:
            mistakes += complaints.of(error, Trial, draft.mark)
    return candidates, mistakes


def _useless_sparsity(subsweeps: Sequence[Variant], drafts: Sequence[Sequence[Draft]]) -> list[Complaint]:
    """Complaints about a top-level sparsity that no method takes."""
    useful: dict[Mark, bool] = {}
    for variant, group in zip(subsweeps, drafts, strict=True):
        if variant.sparsity is not None and group:
            useful[variant.sparsity] = useful.get(variant.sparsity, False) or any(map(takes_sparsity, group))
    text = "sparsity has no effect, because no method here takes one; remove it"
    return [Complaint(mark, text) for mark in useful if not useful[mark]]


def _doubts(placed: Sequence[tuple[Draft, SweepPoint]]) -> list[Complaint]:
    """Warnings about trials, without repetition."""
    return list(dict.fromkeys(
        Complaint(draft.mark(("method", "sparsity")), text) for draft, point in placed for text in doubts(point.trial)
    ))  # fmt: skip


def _points(
    candidates: Sequence[tuple[Draft, Trial]], trial_seeds: Sequence[tuple[int, ...]], budget: Budget | None
) -> tuple[list[tuple[Draft, SweepPoint]], list[Complaint]]:
    """The trials that have a seed left, with the lengths that the budget gives them, and complaints about lengths,
    phases and counts, which are worked out here.

    A complaint that holds for several trials quotes the first."""
    points: list[tuple[Draft, SweepPoint]] = []
    examples: dict[tuple[Mark, str], str] = {}
    for (draft, trial), seeds in zip(candidates, trial_seeds, strict=True):
        if not seeds:
            continue
        try:
            trial = trial if budget is None else budget.spent_by(trial)
            points.append((draft, SweepPoint(trial, seeds, cost(trial))))
        except ValueError as error:
            examples.setdefault((draft.mark(("method", "sparsity")), str(error)), json.dumps(draft.plain))
    return points, [Complaint(mark, f"{text} (in {settings})") for (mark, text), settings in examples.items()]
