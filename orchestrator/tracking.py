"""From journals to MLflow: each run once, with the journal's own time stamps. Only the driver writes."""

import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # read by mlflow when it is imported
os.environ.setdefault("MLFLOW_DISABLE_AGENT_HINT", "1")
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "CRITICAL")  # what it logs it also raises

from filelock import FileLock  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Metric, Param  # noqa: E402

from dashboards import schema  # noqa: E402
from orchestrator.folders import ResultsFolder, SweepFolder, TrialFolder  # noqa: E402
from orchestrator.journal import Entry, Result, entries, result  # noqa: E402
from orchestrator.moved import PATIENCE, follow  # noqa: E402
from orchestrator.plan import Planned, PlannedRun  # noqa: E402
from workloads.atomic import replacing  # noqa: E402
from workloads.settings import flattened  # noqa: E402

BATCH = 1_000  # metrics that MLflow takes at once
SOURCE = "sparsity"  # what MLflow's table names as the source of a run
LONGEST = 5_000  # characters of a tag that every store takes


class Tracker:
    """One sweep's runs in one MLflow store. What is there and FINISHED is left alone; the rest is made anew."""

    def __init__(self, uri: str, sweep: str, results: ResultsFolder | None):
        """Connects, and makes the experiment and the sweep's parent run where they are missing.

        `results` is the folder whose own store this is, and where artifacts go; None leaves that to the server.
        """
        _prepare(uri)
        if results:
            follow(results)
        self._client = MlflowClient(uri)
        self._sweep = sweep
        self._experiment = self._find_experiment(results)
        self._parent = self._find_parent()
        self._known = self._find_runs()

    def send(self, planned: Planned, folder: TrialFolder) -> None:
        """Send a trial's runs from its folder; nothing happens for those that are already FINISHED."""
        ended = result(folder)
        if ended is None:
            return
        for run in planned.runs:
            name = f"{planned.key}/{run.label}"
            run_id, status = self._known.get(name, (None, None))
            if status == "FINISHED":
                continue
            if run_id is not None:
                self._client.delete_run(run_id)  # unfinished: the journal is the truth, so it starts anew
            self._known[name] = self._send_run(planned, run, folder)

    def send_sweep(self, folder: SweepFolder, finished: bool) -> None:
        """Send the spec, the plan and the report as the parent's artifacts, and its status."""
        for path in (folder.spec, folder.plan, folder.report):
            if path.exists():
                self._client.log_artifact(self._parent, str(path))
        if finished:
            self._client.set_terminated(self._parent, "FINISHED")
        else:
            self._client.update_run(self._parent, status="RUNNING")

    def _send_run(self, planned: Planned, run: PlannedRun, folder: TrialFolder) -> tuple[str, str]:
        ended, label = result(folder), run.label
        journal = [entry for entry in entries(folder) if entry.record.label == label] if folder.records.exists() else []
        begun, last = (journal[0].time, journal[-1].time) if journal else (None, None)
        title = planned.trial.title if run.round is None else f"{planned.trial.title} {label}"
        tags = self._tags(planned, run, ended)
        made = self._client.create_run(self._experiment, start_time=begun, tags=tags, run_name=title)
        run_id = made.info.run_id
        self._client.log_batch(run_id, params=as_params(planned.trial.settings()))
        metrics = [_metric(entry) for entry in journal]
        for first in range(0, len(metrics), BATCH):
            self._client.log_batch(run_id, metrics=metrics[first : first + BATCH])
        self._client.log_dict(run_id, ended.provenance, schema.PROVENANCE)
        for path in (folder.network(label), folder.log):
            if path.exists():
                self._client.log_artifact(run_id, str(path))
        status = "FINISHED" if ended.status == "completed" else "FAILED"
        self._client.set_terminated(run_id, status, end_time=last)
        return run_id, status

    def _tags(self, planned: Planned, run: PlannedRun, ended: Result) -> dict[str, str]:
        tags = {
            schema.PARENT: self._parent,
            schema.KIND: "run",
            schema.SWEEP: self._sweep,
            schema.RUN: f"{planned.key}/{run.label}",
            schema.TRIAL_KEY: planned.key,
            schema.LABEL: run.label,
        }
        commit = (ended.provenance.get("git") or {}).get("commit")
        tags |= {"mlflow.source.name": SOURCE} | ({"mlflow.source.git.commit": commit} if commit else {})
        known = {
            schema.NETWORK: ended.runs.get(run.label),
            schema.TWIN: run.twin,
            schema.ROUND: run.round,
            schema.ARM: run.arm,
            schema.DRAW: run.draw,
            schema.ERROR: ended.error and ended.error[:LONGEST],
        }
        return tags | {name: str(value) for name, value in known.items() if value is not None}

    def _find_experiment(self, results: ResultsFolder | None) -> str:
        found = self._client.get_experiment_by_name(self._sweep)
        if found is not None:
            return found.experiment_id
        location = (results.artifacts / self._sweep).as_uri() if results else None
        return self._client.create_experiment(self._sweep, artifact_location=location)

    def _find_parent(self) -> str:
        found = self._client.search_runs([self._experiment], f"tags.`{schema.KIND}` = 'sweep'", max_results=1)
        if found:
            return found[0].info.run_id
        tags = {schema.KIND: "sweep", schema.SWEEP: self._sweep}
        return self._client.create_run(self._experiment, tags=tags, run_name=self._sweep).info.run_id

    def _find_runs(self) -> dict[str, tuple[str, str]]:
        known, page = {}, None
        while True:
            found = self._client.search_runs([self._experiment], f"tags.`{schema.KIND}` = 'run'", page_token=page)
            known |= {run.data.tags[schema.RUN]: (run.info.run_id, run.info.status) for run in found}
            page = found.token
            if not page:
                return known


def as_params(settings: Mapping[str, Any]) -> list[Param]:
    """Settings under dotted names, as text: strings as they are, everything else as compact JSON."""
    return [
        Param(name, value if isinstance(value, str) else json.dumps(value, separators=(",", ":")))
        for name, value in flattened(settings)
    ]


def _metric(entry: Entry) -> Metric:
    value = float(entry.record.value)
    finite = value if abs(value) != float("inf") else float("nan")  # SQL stores hold infinities as huge numbers
    return Metric(entry.record.name, finite, entry.time, entry.record.step)


def _prepare(uri: str) -> None:
    """Make a SQLite store that is missing, whole or not at all: a half of one MLflow could never mend.

    Readers and writers of it don't wait for each other in WAL mode, which the file remembers.
    Raises sqlite3.Error where the store cannot be written, with a reason that MLflow would bury.
    """
    if uri.startswith("sqlite:///"):
        path = Path(uri.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f"{path.name}.lock")):
            if not path.exists():
                _create(path)
        with closing(sqlite3.connect(path, timeout=PATIENCE)) as store:
            store.execute("PRAGMA journal_mode=WAL")
            (version,) = store.execute("PRAGMA user_version").fetchone()
            store.execute(f"PRAGMA user_version = {version}")  # a write that changes nothing


def _create(path: Path) -> None:
    _remove_logs(path)  # of a store that was moved away: SQLite would write them into the new one
    with replacing(path) as unfinished:
        try:
            MlflowClient(f"sqlite:///{unfinished}").search_experiments()  # which makes all tables
        finally:
            _remove_logs(unfinished)


def _remove_logs(path: Path) -> None:
    for kind in ("journal", "wal", "shm"):
        path.with_name(f"{path.name}-{kind}").unlink(missing_ok=True)
