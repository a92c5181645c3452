"""Reads the results of a sweep from an MLflow store."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
from pydantic import ValidationError

from dashboards import schema
from dashboards.errors import ReportError
from dashboards.plan_file import OutcomeEntry, PlanFile
from dashboards.read.artifacts import artifact, examples, masks, parsed, samples
from dashboards.read.results import Results, outcomes_of
from dashboards.read.series import flattened
from dashboards.read.stores.access import opened
from dashboards.read.stores.store import Point, Store, StoredRun

CURVES = (
    "train/loss",
    "val/loss",
    "gradient_rms/overall",
    "zero_grad_rms/overall",
    "pruning/sparsity",
    *schema.MASK_METRICS,
    *schema.ZEROING_METRICS,
)  # and the metrics of outcomes
LAYER_CURVES = (
    "layer_revival/",
    "dead_neurons/",
    "zero_grad_norm/",
    "layer_sparsity/",
    "effective_rank/",
)  # of every layer; read only for runs that set weights to zero repeatedly, and for their twins
READERS = 8  # artifacts read in parallel: faster with a server, harmless with files
LARGEST = 1e300  # MLflow stores infinity as the largest float
ALWAYS = ("run", "trial_key", "twin", "seed", "end_time")  # columns of a table without runs
END = "final/"  # prefix of the metrics of a measured run


def read(tracking_uri: str, sweep: str) -> Results:
    """The results of `sweep`. Raises ReportError if the store lacks them or cannot be read."""
    with (
        opened(tracking_uri) as store,
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(READERS) as readers,
    ):
        parent, children = _runs(store, tracking_uri, sweep)
        plan = _plan(artifact(tracking_uri, parent, schema.PLAN, folder), sweep, tracking_uri)
        planned = {trial.key for trial in plan.trials}
        finished = _finished(children)
        known = [run for run in finished if run.tags[schema.TRIAL_KEY] in planned]
        names = {run.id: run.tags[schema.RUN] for run in known}
        curves = [
            (names[run_id], metric, step, _finite(value))
            for run_id, metric, step, value in _points(store, known, outcomes_of(plan))
        ]
        facts = readers.map(lambda run: artifact(tracking_uri, run, schema.PROVENANCE, folder), known)
        provenance = {
            run.tags[schema.RUN]: flattened(parsed(text) or {}) for run, text in zip(known, facts, strict=True) if text
        }
        texts = samples(known, readers, lambda run, name: artifact(tracking_uri, run, name, folder))
        spec = artifact(tracking_uri, parent, schema.SPEC, folder) or ""
    frame = pd.DataFrame(curves, columns=["run", "metric", "step", "value"])
    points = ["run", "metric", "step"]
    frame = frame.drop_duplicates(points, keep="last").sort_values(points, ignore_index=True)
    runs = pd.DataFrame([_row(run) for run in known]) if known else pd.DataFrame(columns=ALWAYS)
    return Results(sweep, plan, spec, runs, frame, provenance, len(finished) - len(known),
                   _measured(children), masks(known), texts, examples(known))  # fmt: skip


def _plan(text: str | None, sweep: str, uri: str) -> PlanFile:
    content = parsed(text)
    if isinstance(content, dict) and content.get("schema") != schema.PLAN_SCHEMA:
        raise ReportError(
            f"{schema.PLAN} of sweep {sweep!r} in {uri} has schema {content.get('schema')!r}, and this version of "
            f"sparsity reads {schema.PLAN_SCHEMA}; run the sweep again: it writes a new plan and trains no "
            "finished trial again"
        )
    try:
        return PlanFile.model_validate(content).at_equal_length()
    except ValidationError:
        raise ReportError(
            f"sweep {sweep!r} has no {schema.PLAN} in {uri}, or a damaged one; run the sweep again or "
            f"`sparsity sync {sweep}`"
        ) from None


def _runs(store: Store, uri: str, sweep: str) -> tuple[StoredRun, list[StoredRun]]:
    """The sweep's parent and its children."""
    runs = store.runs(sweep)
    parents = [run for run in runs if run.tags.get(schema.KIND) == "sweep"]
    if not parents:
        names = sorted(name for name in store.experiments() if name != "Default")
        raise ReportError(f"there is no sweep {sweep!r} in {uri}; it holds {', '.join(names) or 'none'}")
    parent = max(parents, key=lambda run: (run.start_time or 0, run.id))
    return parent, [run for run in runs if run.tags.get(schema.KIND) == "run"]


def _finished(children: list[StoredRun]) -> list[StoredRun]:
    """Finished runs, sorted by name; of a run stored twice, the one that ended last."""
    done = [run for run in children if run.status == "FINISHED"]
    done.sort(key=lambda run: (run.end_time or 0, run.id))
    by_name = {run.tags[schema.RUN]: run for run in done}
    return [by_name[name] for name in sorted(by_name)]


def _measured(children: list[StoredRun]) -> frozenset[str]:
    """Names of failed runs with final metrics: their trial failed later."""
    failed = (run for run in children if run.status == "FAILED")
    return frozenset(run.tags[schema.RUN] for run in failed if any(name.startswith(END) for name in run.metrics))


def _points(store: Store, runs: list[StoredRun], outcomes: Sequence[OutcomeEntry]) -> Iterator[Point]:
    """All points of the curves in a report."""
    judged = {f"{split}/{outcome.metric}" for outcome in outcomes for split in ("train", "val")}
    yield from store.points(runs, (*CURVES, *sorted(judged - set(CURVES))))
    zeroing = [run for run in runs if not run.metrics.keys().isdisjoint(schema.ZEROING_METRICS)]
    twins = {run.tags.get(schema.TWIN) for run in zeroing}
    followed = zeroing + [run for run in runs if run.tags[schema.RUN] in twins and run not in zeroing]
    by_layer = {name for run in followed for name in run.metrics if name.startswith(LAYER_CURVES)}
    if by_layer:
        yield from store.points(followed, sorted(by_layer - set(CURVES)))


def _row(run: StoredRun) -> dict[str, Any]:
    """One run as a row: tags without their prefix, typed params, the last value of each metric."""
    tags = {name.removeprefix("sparsity."): value for name, value in run.tags.items() if name.startswith("sparsity.")}
    params = {name: _typed(text) for name, text in run.params.items()}
    metrics = {name: _finite(value) for name, value in run.metrics.items()}
    return {"run_id": run.id, "end_time": run.end_time, "twin": None, **tags, **flattened(params), **metrics}


def _typed(text: str) -> Any:
    """The value of a stored param: strings are stored unchanged, other values as JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _finite(value: float) -> float:
    return value if abs(value) < LARGEST else float("nan")
