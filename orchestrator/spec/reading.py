"""A sweep's YAML file, read, expanded and checked: nothing is wrong with a SweepSpec."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from orchestrator.spec import complaints, fields, source
from orchestrator.spec.complaints import Complaint, shown, unknown
from orchestrator.spec.exclude import excluded
from orchestrator.spec.expand import EXPANDED, Draft, Variant, has_stand_in, takes_sparsity, variants
from orchestrator.spec.header import Header, Policies, Report, Resources
from orchestrator.spec.located import Located, Mark, nested
from orchestrator.spec.overrides import Override, applied, read_overrides
from orchestrator.spec.warnings import doubts
from workloads.cost.estimate import Cost, cost
from workloads.trial import Trial

HEADER = fields.keys(Header)
KEYS = (*HEADER, *EXPANDED, "variants", "exclude")
MOST = 100_000  # trials of one sweep
OFFLINE = nested(("workload", "data"), Located("stand_in", Mark("--offline")), Mark("--offline"))


@dataclass(frozen=True)
class SweepPoint:
    """One trial of the spec and the seeds that it is wanted with."""

    trial: Trial  # with the sweep's first seed
    seeds: tuple[int, ...]
    cost: Cost  # of each of them


@dataclass(frozen=True)
class SweepSpec:
    """A sweep whose every trial is valid and feasible."""

    name: str
    question: str | None
    baseline: Literal["twin", "none"]
    seeds: tuple[int, ...]
    resources: Resources
    policies: Policies
    report: Report
    points: tuple[SweepPoint, ...]  # in the order of the spec
    excluded: int  # trials that `exclude` dropped
    warnings: tuple[str, ...]  # what is allowed and yet probably not meant
    text: str  # the file's
    sha256: str  # of the file's bytes
    overrides: tuple[str, ...]  # KEY=VALUE, as given
    offline: bool  # whether stand-in data replace others


def read(path: Path, overrides: Sequence[str] = (), offline: bool = False, name: str | None = None) -> SweepSpec:
    """The sweep in the YAML file at `path`, with `overrides` (KEY=VALUE) laid over it last.

    `offline` takes the stand-in data wherever a workload has some. `name` is that of a sweep whose spec has none; None
    takes the file's stem.
    Raises SpecError, whose text holds every mistake that was found, one a line.
    """
    content, root = source.load(path)
    if not isinstance(root.value, dict):
        what = "empty" if root.value is None else shown(root.plain)
        text = f"a sweep is a mapping, e.g. {{workload: digits_mlp, method: dense}}; this is {what}"
        raise complaints.error([Complaint(root.mark, text)])
    changes, wrong = read_overrides(overrides, KEYS)
    for change in changes:
        root = root if change.of_trials or change.path[0] in HEADER else applied(root, change)
    wrong += [Complaint(mark, unknown(key, KEYS, "a sweep")) for key, mark in root.keys.items() if key not in KEYS]
    header, more = _header(root, changes, name or path.stem)
    seeds = header.seeds if header else (0,)
    wrong += more
    swept, more = variants(root)
    wrong += more
    if sum(map(len, swept)) * len(seeds) > MOST:
        text = f"this asks for {sum(map(len, swept)) * len(seeds):,} trials; a sweep has at most {MOST:,}"
        raise complaints.error([*wrong, Complaint(root.mark, text)])
    layers = [change.layer for change in changes if change.of_trials]
    drafts = [list(variant.drafts(layers)) for variant in swept]
    checked, more = _checked([draft for each in drafts for draft in each], seeds[0], offline)
    wrong += more + _useless_sparsity(swept, drafts)
    kept, warnings, more = excluded(root.get("exclude"), [trial for _, trial in checked], seeds)
    wrong += more
    points, more = _points(checked, kept)
    wrong += more
    if not points and not wrong:
        wrong = [Complaint(root.keys.get("exclude", root.mark), "every trial is excluded, so nothing is left to do")]
    if wrong or header is None:
        raise complaints.error(wrong)
    warnings += _doubtful(checked, kept)
    return SweepSpec(
        name=header.name, question=header.question, baseline=header.baseline, seeds=seeds,
        resources=header.resources, policies=header.policies, report=header.report,
        points=tuple(points), excluded=sum(len(seeds) - len(left) for left in kept),
        warnings=tuple(map(str, warnings)), text=content.decode("utf-8-sig"),
        sha256=hashlib.sha256(content).hexdigest(), overrides=tuple(overrides), offline=offline,
    )  # fmt: skip


def _header(root: Located, changes: list[Override], stem: str) -> tuple[Header | None, list[Complaint]]:
    """What the spec says of the whole sweep."""
    draft = Draft((), {}).over(root.only(HEADER))
    for change in changes:
        draft = draft.over(change.layer) if change.path[0] in HEADER else draft
    try:
        return Header.model_validate(fields.spelled(Header, {"name": stem, **draft.plain})), []
    except ValidationError as error:
        return None, list(complaints.of(error, Header, draft.mark))


def _checked(drafts: Sequence[Draft], seed: int, offline: bool) -> tuple[list[tuple[Draft, Trial]], list[Complaint]]:
    """The drafts that are valid trials, and what is wrong with the others."""
    valid: list[tuple[Draft, Trial]] = []
    wrong: list[Complaint] = []
    for draft in drafts:
        draft = draft.over(OFFLINE) if offline and has_stand_in(draft) else draft
        try:
            valid.append((draft, Trial.model_validate(fields.spelled(Trial, {**draft.plain, "seed": seed}))))
        except ValidationError as error:
            wrong += complaints.of(error, Trial, draft.mark)
    return valid, wrong


def _useless_sparsity(swept: Sequence[Variant], drafts: Sequence[Sequence[Draft]]) -> list[Complaint]:
    """A sparsity for all methods, none of which has one."""
    useful: dict[Mark, bool] = {}
    for variant, each in zip(swept, drafts, strict=True):
        if variant.sparsity is not None and each:
            useful[variant.sparsity] = useful.get(variant.sparsity, False) or any(map(takes_sparsity, each))
    return [Complaint(mark, "sparsity changes nothing: no method here has one") for mark in useful if not useful[mark]]


def _doubtful(checked: Sequence[tuple[Draft, Trial]], kept: Sequence[tuple[int, ...]]) -> list[Complaint]:
    """What is probably not meant in the trials that keep a seed, each once."""
    wanted = [pair for pair, seeds in zip(checked, kept, strict=True) if seeds]
    return list(dict.fromkeys(
        Complaint(draft.mark(("method", "sparsity")), text) for draft, trial in wanted for text in doubts(trial)
    ))  # fmt: skip


def _points(
    checked: Sequence[tuple[Draft, Trial]], kept: Sequence[tuple[int, ...]]
) -> tuple[list[SweepPoint], list[Complaint]]:
    """The trials that keep a seed, and what turns out wrong when their phases and counts are worked out.

    Of trials with the same trouble, the first is shown."""
    points: list[SweepPoint] = []
    wrong: dict[tuple[Mark, str], str] = {}
    for (draft, trial), seeds in zip(checked, kept, strict=True):
        try:
            points += [SweepPoint(trial, seeds, cost(trial))] if seeds else []
        except ValueError as error:
            wrong.setdefault((draft.mark(("method", "sparsity")), str(error)), json.dumps(draft.plain))
    return points, [Complaint(mark, f"{text} (in {settings})") for (mark, text), settings in wrong.items()]
