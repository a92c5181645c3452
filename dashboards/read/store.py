"""Reads the results of a sweep from an MLflow store."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import ValidationError

from dashboards import schema
from dashboards.errors import ReportError
from dashboards.plan_file import OutcomeEntry, PlanFile
from dashboards.read.artifacts import artifact, examples, masks, parsed, samples
from dashboards.read.histories import Point, histories
from dashboards.read.results import Results, outcomes_of
from dashboards.read.series import flattened

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

CURVES = (
    "train/loss",
    "val/loss",
    "gradient_rms/overall",
    "zero_grad_rms/overall",
    "pruning/sparsity",
    *schema.ZEROING_METRICS,
)  # and the metrics of outcomes
LAYER_CURVES = (
    "layer_revival/",
    "dead_neurons/",
    "zero_grad_norm/",
    "layer_sparsity/",
    "effective_rank/",
)  # of every layer; read only for runs that set weights to zero repeatedly, and for their twins
READERS = 8  # parallel requests: faster with a server, harmless with SQLite
PAGE = 1000  # runs per search
LARGEST = 1e300  # MLflow stores infinity as the largest float
ALWAYS = ("run", "trial_key", "twin", "seed", "end_time")  # columns of a table without runs
END = "final/"  # prefix of the metrics of a measured run


def read(tracking_uri: str, sweep: str) -> Results:
    """The results of `sweep`. Raises ReportError if the store lacks them or cannot be read."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        client = _client(tracking_uri)
        parent, children = _runs(client, tracking_uri, sweep)
    except (MlflowException, SQLAlchemyError, sqlite3.Error) as error:
        remedy = "is its server up?"
        if tracking_uri.startswith("sqlite:"):
            remedy = ("if it is damaged, move its file away and `sparsity sync` rebuilds it; if it is of another "
                      f"MLflow version, `mlflow db upgrade {tracking_uri}`")  # fmt: skip
        reason = str(error).partition("\n")[0].partition(". ")[0]
        raise ReportError(f"the store {tracking_uri} cannot be read ({reason}); {remedy}") from error
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(READERS) as readers:
        plan = _plan(artifact(tracking_uri, parent, schema.PLAN, folder), sweep, tracking_uri)
        planned = {trial.key for trial in plan.trials}
        finished = _finished(children)
        known = [run for run in finished if run.data.tags[schema.TRIAL_KEY] in planned]
        names = {run.info.run_id: run.data.tags[schema.RUN] for run in known}
        curves = [
            (names[run_id], metric, step, _finite(value))
            for run_id, metric, step, value in _histories(client, known, outcomes_of(plan), readers)
        ]
        facts = readers.map(lambda run: artifact(tracking_uri, run, schema.PROVENANCE, folder), known)
        provenance = {
            run.data.tags[schema.RUN]: flattened(parsed(text) or {})
            for run, text in zip(known, facts, strict=True)
            if text
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
        return PlanFile.model_validate(content)
    except ValidationError:
        raise ReportError(
            f"sweep {sweep!r} has no {schema.PLAN} in {uri}, or a damaged one; run the sweep again or "
            f"`sparsity sync {sweep}`"
        ) from None


def _client(tracking_uri: str) -> MlflowClient:
    path = tracking_uri.removeprefix("sqlite:///")
    if path != tracking_uri and not Path(path).is_file():
        raise ReportError(
            f"{path} does not exist: there are no results here yet; run `sparsity sweep SPEC`, or name "
            "the folder that holds them with --results"
        )
    from mlflow import MlflowClient

    if path != tracking_uri:  # MLflow retries a damaged file for minutes
        with closing(sqlite3.connect(path)) as store:
            store.execute("SELECT count(*) FROM sqlite_master")
    return MlflowClient(tracking_uri)


def _runs(client: MlflowClient, uri: str, sweep: str) -> tuple[Run, list[Run]]:
    """The sweep's parent and its children."""
    experiment = client.get_experiment_by_name(sweep)
    runs = list(_search(client, experiment.experiment_id)) if experiment else []
    parents = [run for run in runs if run.data.tags.get(schema.KIND) == "sweep"]
    if not parents:
        names = sorted(each.name for each in client.search_experiments() if each.name != "Default")
        raise ReportError(f"there is no sweep {sweep!r} in {uri}; it holds {', '.join(names) or 'none'}")
    parent = max(parents, key=lambda run: (run.info.start_time, run.info.run_id))
    return parent, [run for run in runs if run.data.tags.get(schema.KIND) == "run"]


def _search(client: MlflowClient, experiment: str) -> Iterator[Run]:
    token = None
    while True:
        page = client.search_runs([experiment], max_results=PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def _finished(children: list[Run]) -> list[Run]:
    """Finished runs, sorted by name; of a run stored twice, the one that ended last."""
    done = [run for run in children if run.info.status == "FINISHED"]
    done.sort(key=lambda run: (run.info.end_time or 0, run.info.run_id))
    by_name = {run.data.tags[schema.RUN]: run for run in done}
    return [by_name[name] for name in sorted(by_name)]


def _measured(children: list[Run]) -> frozenset[str]:
    """Names of failed runs with final metrics: their trial failed later."""
    failed = (run.data for run in children if run.info.status == "FAILED")
    return frozenset(run.tags[schema.RUN] for run in failed if any(name.startswith(END) for name in run.metrics))


def _histories(
    client: MlflowClient, runs: list[Run], outcomes: Sequence[OutcomeEntry], readers: ThreadPoolExecutor
) -> Iterator[Point]:
    """All points of the curves in a report."""
    judged = {f"{split}/{outcome.metric}" for outcome in outcomes for split in ("train", "val")}
    yield from histories(client, runs, (*CURVES, *sorted(judged - set(CURVES))), readers)
    zeroing = [run for run in runs if not run.data.metrics.keys().isdisjoint(schema.ZEROING_METRICS)]
    twins = {run.data.tags.get(schema.TWIN) for run in zeroing}
    followed = zeroing + [run for run in runs if run.data.tags[schema.RUN] in twins and run not in zeroing]
    by_layer = {name for run in followed for name in run.data.metrics if name.startswith(LAYER_CURVES)}
    if by_layer:
        yield from histories(client, followed, sorted(by_layer - set(CURVES)), readers)


def _row(run: Run) -> dict[str, Any]:
    """One run as a row: tags without their prefix, typed params, the last value of each metric."""
    tags = {
        name.removeprefix("sparsity."): value for name, value in run.data.tags.items() if name.startswith("sparsity.")
    }
    params = {name: _typed(text) for name, text in run.data.params.items()}
    metrics = {name: _finite(value) for name, value in run.data.metrics.items()}
    return {
        "run_id": run.info.run_id,
        "end_time": run.info.end_time,
        "twin": None,
        **tags,
        **flattened(params),
        **metrics,
    }


def _typed(text: str) -> Any:
    """The value of a stored param: strings are stored unchanged, other values as JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _finite(value: float) -> float:
    return value if abs(value) < LARGEST else float("nan")
