"""Sends journals to MLflow: each run once, with the journal's time stamps. Only the driver writes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Experiment, Metric, Param, Run

from dashboards import schema
from orchestrator.plan.planning import Plan, Planned, PlannedRun
from orchestrator.store.folders import ResultsFolder, SweepFolder, TrialFolder
from orchestrator.store.journal import JournalEntry, Result, begun, entries, result
from orchestrator.store.relocation import follow
from orchestrator.tracking import notes, runs_view, store_file
from orchestrator.tracking.added_metrics import of_beside_twin, of_deployment
from orchestrator.tracking.sent_run import SOURCE, SentRun
from workloads.settings import flattened

BATCH = 1_000  # metrics that MLflow takes at once
PAGE = 50  # runs that MLflow gives at once: meanwhile each takes 180 kB
LONGEST = 5_000  # characters of a tag that every store takes


class Tracker:
    """One sweep's runs in one MLflow store. A FINISHED run does not change unless its trial has run again."""

    def __init__(self, uri: str, plan: Plan, results: ResultsFolder | None):
        """Connects, and creates the experiment and the sweep's parent run if they are missing.

        `results` is the folder that holds the store and the artifacts; None if a server decides where artifacts go.
        """
        store_file.prepare(uri)
        if results:
            follow(results)
        self._client = MlflowClient(uri)
        self._plan = plan
        experiment = self._find_experiment(results)
        self._experiment = experiment.experiment_id
        self._parent = self._find_parent()
        self._runs = self._find_runs()
        self._tag_experiment(experiment, schema.VIEW, runs_view.saved_view(plan.trials, experiment.creation_time or 0))

    def send(self, planned: Planned, folder: TrialFolder) -> bool:
        """Send a trial's runs from its folder; whether any run is new. A run that is FINISHED only gets what it lacks.

        If the first run did not start with this journal, the trial has run again: new runs replace the old ones.
        """
        ending = result(folder)
        if ending is None:
            return False
        stored = {run: self._runs.get(f"{planned.key}/{run.label}") for run in planned.runs}
        start = begun(folder) or 0
        first = stored[planned.runs[0]]
        is_current = first is not None and first.start == start
        finished = {
            run: sent_run for run, sent_run in stored.items()
            if is_current and sent_run and sent_run.status == "FINISHED" and sent_run.start >= start
        }  # fmt: skip
        for run, sent_run in finished.items():
            self._describe(sent_run, planned, run)
            self._add(sent_run, folder, run.label, ending)
        journal = _by_label(folder) if len(finished) < len(stored) else {}
        for run, old_run in stored.items():
            if run in finished:
                continue
            if old_run:
                self._client.delete_run(old_run.id)  # replaced by what the journal says
            new_run = self._send_run(planned, run, folder, ending, journal.get(run.label, []))
            self._add(new_run, folder, run.label, ending)
            self._runs[f"{planned.key}/{run.label}"] = new_run
        return len(finished) < len(stored)

    def send_plan(self, folder: SweepFolder) -> None:
        """Send the plan alone, with the current states of the trials."""
        self._client.log_artifact(self._parent, str(folder.plan))

    def send_sweep(self, folder: SweepFolder, finished: bool) -> None:
        """Send the spec, the plan and the report as the parent's artifacts, and its status."""
        for path in (folder.spec, folder.plan, folder.report):
            if path.exists():
                self._client.log_artifact(self._parent, str(path))
        parent = self._client.get_run(self._parent)
        self._describe_sweep(parent, folder)
        if finished:
            self._runs = self._find_runs()
            ends = [run.end or 0 for run in self._runs.values()]  # a later `sync` does not change the end
            self._client.set_terminated(self._parent, "FINISHED", end_time=max([parent.info.start_time, *ends]))
        else:
            self._client.update_run(self._parent, status="RUNNING")

    def _send_run(
        self, planned: Planned, run: PlannedRun, folder: TrialFolder, ending: Result, journal: list[JournalEntry]
    ) -> SentRun:
        start, end = (journal[0].time, journal[-1].time) if journal else (None, None)
        figures = {entry.record.name: entry.record.value for entry in journal}
        tags = self._tags(planned, run, ending, figures)
        new_run = self._client.create_run(self._experiment, start_time=start, tags=tags, run_name=planned.name(run))
        run_id = new_run.info.run_id
        self._client.log_batch(run_id, params=as_params(planned.settings))
        metrics = [_metric(entry) for entry in journal]
        for first in range(0, len(metrics), BATCH):
            self._client.log_batch(run_id, metrics=metrics[first : first + BATCH])
        self._client.log_dict(run_id, ending.provenance, schema.PROVENANCE)
        for path in (folder.network(run.label), folder.examples(run.label), folder.sample(run.label), folder.log):
            if path.exists():
                self._client.log_artifact(run_id, str(path))
        status = "FINISHED" if ending.status == "completed" else "FAILED"
        self._client.set_terminated(run_id, status, end_time=end)
        return replace(SentRun.of(new_run), status=status, end=end)

    def _add(self, run: SentRun, folder: TrialFolder, label: str, ending: Result) -> None:
        """Add the metrics that usually come after the run was sent."""
        twin, deployment = of_beside_twin(run, folder, label), of_deployment(run, folder, label, ending)
        for metrics, tags in (twin, deployment):
            if metrics:
                self._client.log_batch(run.id, metrics=metrics, tags=tags)

    def _tags(self, planned: Planned, run: PlannedRun, ending: Result, figures: Mapping[str, float]) -> dict[str, str]:
        tags = {
            schema.PARENT: self._parent,
            schema.KIND: "run",
            schema.SWEEP: self._plan.name,
            schema.RUN: f"{planned.key}/{run.label}",
            schema.TRIAL_KEY: planned.key,
            schema.LABEL: run.label,
            schema.NOTE: self._note(planned, run, figures, ending.error),
            **SOURCE,
        }
        digests = ending.digests.get(run.label, {})
        commit = (ending.provenance.get("git") or {}).get("commit")
        tags |= {"mlflow.source.git.commit": commit} if commit else {}
        optional = {
            schema.NETWORK: ending.runs.get(run.label),
            schema.MASKS: digests.get("masks"),
            schema.INIT: digests.get("init"),
            schema.TWIN: run.twin,
            schema.ROUND: run.round,
            schema.ARM: run.arm,
            schema.DRAW: run.draw,
            schema.NUMERICS: _compact(ending.provenance.get("numerics")),
            schema.ERROR: ending.error and ending.error[:LONGEST],
        }
        return tags | {name: str(value) for name, value in optional.items() if value is not None}

    def _note(self, planned: Planned, run: PlannedRun, figures: Mapping[str, float], error: str | None) -> str:
        twin = self._runs.get(run.twin) if run.twin else None
        twin_id = twin.id if twin else None
        return notes.of_run(planned, run, figures, self._experiment, self._parent, twin_id, error)

    def _describe(self, sent_run: SentRun, planned: Planned, run: PlannedRun) -> None:
        """Add the name, source and note that an earlier version did not write; a user's name or note stays."""
        if sent_run.name == planned.trial.title:
            self._client.update_run(sent_run.id, name=planned.name(run))
        if not sent_run.described:
            whole = self._client.get_run(sent_run.id)
            tags = SOURCE | {schema.NOTE: self._note(planned, run, whole.data.metrics, None)}
            self._add_tags(whole, {name: value for name, value in tags.items() if name not in whole.data.tags})

    def _describe_sweep(self, parent: Run, folder: SweepFolder) -> None:
        note = {schema.NOTE: notes.of_sweep(self._plan, self._experiment, self._parent, folder.report.exists())}
        experiment = self._client.get_experiment(self._experiment)
        if notes.is_replaceable(experiment.tags.get(schema.NOTE)):
            self._tag_experiment(experiment, schema.NOTE, note[schema.NOTE])
        self._add_tags(parent, SOURCE | (note if notes.is_replaceable(parent.data.tags.get(schema.NOTE)) else {}))

    def _add_tags(self, run: Run, tags: Mapping[str, str]) -> None:
        for name, value in tags.items():
            if run.data.tags.get(name) != value:
                self._client.set_tag(run.info.run_id, name, value)

    def _tag_experiment(self, experiment: Experiment, name: str, value: str) -> None:
        if experiment.tags.get(name) != value:
            self._client.set_experiment_tag(self._experiment, name, value)

    def _find_experiment(self, results: ResultsFolder | None) -> Experiment:
        experiment = self._client.get_experiment_by_name(self._plan.name)
        if experiment is not None:
            return experiment
        location = (results.artifacts / self._plan.name).as_uri() if results else None
        return self._client.get_experiment(self._client.create_experiment(self._plan.name, artifact_location=location))

    def _find_parent(self) -> str:
        parent, *duplicates = [run.info.run_id for run in self._search("sweep")] or (None,)
        for run_id in duplicates:
            self._client.delete_run(run_id)
        if parent:
            return parent
        tags = {schema.KIND: "sweep", schema.SWEEP: self._plan.name}
        return self._client.create_run(self._experiment, tags=tags, run_name=self._plan.name).info.run_id

    def _find_runs(self) -> dict[str, SentRun]:
        """The runs of the sweep by name. Removes duplicates: a lost answer makes MLflow's client ask again."""
        runs: dict[str, SentRun] = {}
        duplicates: list[SentRun] = []  # deleted at the end: the pages of a search count runs
        for found in self._search("run"):
            name, run = found.data.tags[schema.RUN], SentRun.of(found)
            other = runs.setdefault(name, run)
            if other is not run:
                if run.status == "FINISHED":
                    runs[name], run = run, other
                duplicates.append(run)
        for run in duplicates:
            self._client.delete_run(run.id)
        return runs

    def _search(self, kind: str) -> Iterator[Run]:
        """The runs of one kind of this sweep, the latest first. Nothing may be deleted meanwhile."""
        wanted = f"tags.`{schema.KIND}` = '{kind}'"
        page = None
        while True:
            batch = self._client.search_runs([self._experiment], wanted, max_results=PAGE, page_token=page)
            yield from batch
            page = batch.token
            if not page:
                return


def _by_label(folder: TrialFolder) -> dict[str, list[JournalEntry]]:
    """The journal's entries by run, from one reading: a ladder has many runs in one journal."""
    by_label: dict[str, list[JournalEntry]] = {}
    for entry in entries(folder) if folder.records.exists() else ():
        by_label.setdefault(entry.record.label, []).append(entry)
    return by_label


def as_params(settings: Mapping[str, Any]) -> list[Param]:
    """Settings under dotted names, as text: strings as they are, everything else as compact JSON."""
    return [
        Param(name, value if isinstance(value, str) else json.dumps(value, separators=(",", ":")))
        for name, value in flattened(settings)
    ]


def _compact(value: Mapping[str, Any] | None) -> str | None:
    return json.dumps(value, sort_keys=True, separators=(",", ":")) if value else None


def _metric(entry: JournalEntry) -> Metric:
    value = float(entry.record.value)
    finite = value if abs(value) != float("inf") else float("nan")  # SQL stores save infinity as a huge number
    return Metric(entry.record.name, finite, entry.time, entry.record.step)
