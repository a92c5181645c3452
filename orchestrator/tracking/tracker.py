"""From journals to MLflow: each run once, with the journal's own time stamps. Only the driver writes."""

import json
from collections.abc import Mapping
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Experiment, Metric, Param, Run

from dashboards import schema
from orchestrator.plan.planning import Plan, Planned, PlannedRun
from orchestrator.store import beside_twin
from orchestrator.store.folders import ResultsFolder, SweepFolder, TrialFolder
from orchestrator.store.journal import JournalEntry, Result, begun, entries, result
from orchestrator.store.relocation import follow
from orchestrator.tracking import notes, runs_view, store_file
from workloads.settings import flattened

BATCH = 1_000  # metrics that MLflow takes at once
SOURCE = {"mlflow.source.name": "sparsity"}  # what MLflow's table names as the source of a run
LONGEST = 5_000  # characters of a tag that every store takes


class Tracker:
    """One sweep's runs in one MLflow store. What is FINISHED is left alone, unless the trial has run again."""

    def __init__(self, uri: str, plan: Plan, results: ResultsFolder | None):
        """Connects, and makes the experiment and the sweep's parent run where they are missing.

        `results` is the folder whose own store this is, and where artifacts go; None leaves that to the server.
        """
        store_file.prepare(uri)
        if results:
            follow(results)
        self._client = MlflowClient(uri)
        self._plan = plan
        experiment = self._find_experiment(results)
        self._experiment = experiment.experiment_id
        self._parent = self._find_parent()
        self._known = self._find_runs()
        self._tag_experiment(experiment, schema.VIEW, runs_view.saved_view(plan.trials, experiment.creation_time or 0))

    def send(self, planned: Planned, folder: TrialFolder) -> bool:
        """Send a trial's runs from its folder; those that are already FINISHED only get a missing description.

        Whether any run was new.
        Runs that did not begin with this journal are what the trial came to before: the new ones take their places.
        """
        ended = result(folder)
        if ended is None:
            return False
        there = {run: self._known.get(f"{planned.key}/{run.label}") for run in planned.runs}
        first = begun(folder) or 0
        opening = there[planned.runs[0]]
        same = opening is not None and opening.info.start_time == first
        finished = {
            run: known for run, known in there.items()
            if same and known and known.info.status == "FINISHED" and known.info.start_time >= first
        }  # fmt: skip
        for run, there_already in finished.items():
            self._describe(there_already, planned, run)
            self._send_beside_twin(there_already, folder, run.label)
        journal = _by_label(folder) if len(finished) < len(there) else {}
        for run, known in there.items():
            if run in finished:
                continue
            if known:
                self._client.delete_run(known.info.run_id)  # the journal is the truth, so it starts anew
            own = journal.get(run.label, [])
            sent = self._send_run(planned, run, folder, ended, own)
            self._send_beside_twin(sent, folder, run.label)
            self._known[f"{planned.key}/{run.label}"] = sent
        return len(finished) < len(there)

    def send_plan(self, folder: SweepFolder) -> None:
        """Send the plan alone, with the states that trials have reached."""
        self._client.log_artifact(self._parent, str(folder.plan))

    def send_sweep(self, folder: SweepFolder, finished: bool) -> None:
        """Send the spec, the plan and the report as the parent's artifacts, and its status."""
        for path in (folder.spec, folder.plan, folder.report):
            if path.exists():
                self._client.log_artifact(self._parent, str(path))
        parent = self._client.get_run(self._parent)
        self._describe_sweep(parent, folder)
        if finished:
            self._known = self._find_runs()
            ends = [run.info.end_time or 0 for run in self._known.values()]  # the runs', not that of a late `sync`
            self._client.set_terminated(self._parent, "FINISHED", end_time=max([parent.info.start_time, *ends]))
        else:
            self._client.update_run(self._parent, status="RUNNING")

    def _send_run(
        self, planned: Planned, run: PlannedRun, folder: TrialFolder, ended: Result, journal: list[JournalEntry]
    ) -> Run:
        begun, last = (journal[0].time, journal[-1].time) if journal else (None, None)
        figures = {entry.record.name: entry.record.value for entry in journal}
        tags = self._tags(planned, run, ended, figures)
        made = self._client.create_run(self._experiment, start_time=begun, tags=tags, run_name=planned.name(run))
        run_id = made.info.run_id
        self._client.log_batch(run_id, params=as_params(planned.trial.settings()))
        metrics = [_metric(entry) for entry in journal]
        for first in range(0, len(metrics), BATCH):
            self._client.log_batch(run_id, metrics=metrics[first : first + BATCH])
        self._client.log_dict(run_id, ended.provenance, schema.PROVENANCE)
        for path in (folder.network(run.label), folder.examples(run.label), folder.sample(run.label), folder.log):
            if path.exists():
                self._client.log_artifact(run_id, str(path))
        status = "FINISHED" if ended.status == "completed" else "FAILED"
        self._client.set_terminated(run_id, status, end_time=last)
        return self._client.get_run(run_id)

    def _send_beside_twin(self, known: Run, folder: TrialFolder, label: str) -> None:
        """What takes both networks is worked out after the run was sent, as a rule."""
        told = beside_twin.read(folder, label)
        if told is None:
            return
        lacking = [Metric(name, value, told.time, told.step) for name, value in told.metrics.items()
                   if known.data.metrics.get(name) != value]  # fmt: skip
        if lacking:
            self._client.log_batch(known.info.run_id, metrics=lacking)

    def _tags(self, planned: Planned, run: PlannedRun, ended: Result, figures: Mapping[str, float]) -> dict[str, str]:
        tags = {
            schema.PARENT: self._parent,
            schema.KIND: "run",
            schema.SWEEP: self._plan.name,
            schema.RUN: f"{planned.key}/{run.label}",
            schema.TRIAL_KEY: planned.key,
            schema.LABEL: run.label,
            schema.NOTE: self._note(planned, run, figures, ended.error),
            **SOURCE,
        }
        digests = ended.digests.get(run.label, {})
        commit = (ended.provenance.get("git") or {}).get("commit")
        tags |= {"mlflow.source.git.commit": commit} if commit else {}
        known = {
            schema.NETWORK: ended.runs.get(run.label),
            schema.MASKS: digests.get("masks"),
            schema.INIT: digests.get("init"),
            schema.TWIN: run.twin,
            schema.ROUND: run.round,
            schema.ARM: run.arm,
            schema.DRAW: run.draw,
            schema.NUMERICS: _compact(ended.provenance.get("numerics")),
            schema.ERROR: ended.error and ended.error[:LONGEST],
        }
        return tags | {name: str(value) for name, value in known.items() if value is not None}

    def _note(self, planned: Planned, run: PlannedRun, figures: Mapping[str, float], error: str | None) -> str:
        twin = self._known.get(run.twin) if run.twin else None
        twin_id = twin.info.run_id if twin else None
        return notes.of_run(planned, run, figures, self._experiment, self._parent, twin_id, error)

    def _describe(self, known: Run, planned: Planned, run: PlannedRun) -> None:
        """Give a run what an earlier version did not write; a name and a note that it has got since stay."""
        if known.info.run_name == planned.trial.title:
            self._client.update_run(known.info.run_id, name=planned.name(run))
        wanted = SOURCE | {schema.NOTE: self._note(planned, run, known.data.metrics, None)}
        self._add_tags(known, {name: value for name, value in wanted.items() if name not in known.data.tags})

    def _describe_sweep(self, parent: Run, folder: SweepFolder) -> None:
        note = {schema.NOTE: notes.of_sweep(self._plan, self._experiment, self._parent, folder.report.exists())}
        experiment = self._client.get_experiment(self._experiment)
        if notes.is_ours(experiment.tags.get(schema.NOTE)):
            self._tag_experiment(experiment, schema.NOTE, note[schema.NOTE])
        self._add_tags(parent, SOURCE | (note if notes.is_ours(parent.data.tags.get(schema.NOTE)) else {}))

    def _add_tags(self, run: Run, wanted: Mapping[str, str]) -> None:
        for name, value in wanted.items():
            if run.data.tags.get(name) != value:
                self._client.set_tag(run.info.run_id, name, value)

    def _tag_experiment(self, experiment: Experiment, name: str, value: str) -> None:
        if experiment.tags.get(name) != value:
            self._client.set_experiment_tag(self._experiment, name, value)

    def _find_experiment(self, results: ResultsFolder | None) -> Experiment:
        found = self._client.get_experiment_by_name(self._plan.name)
        if found is not None:
            return found
        location = (results.artifacts / self._plan.name).as_uri() if results else None
        return self._client.get_experiment(self._client.create_experiment(self._plan.name, artifact_location=location))

    def _find_parent(self) -> str:
        parent, *spare = self._search("sweep") or (None,)
        for run in spare:
            self._client.delete_run(run.info.run_id)
        if parent:
            return parent.info.run_id
        tags = {schema.KIND: "sweep", schema.SWEEP: self._plan.name}
        return self._client.create_run(self._experiment, tags=tags, run_name=self._plan.name).info.run_id

    def _find_runs(self) -> dict[str, Run]:
        """Each run once: where an answer is lost on its way, MLflow's client asks again, and a server makes two."""
        known: dict[str, Run] = {}
        for run in self._search("run"):
            name = run.data.tags[schema.RUN]
            kept = known.setdefault(name, run)
            if kept is not run:
                if run.info.status == "FINISHED":
                    known[name], run = run, kept
                self._client.delete_run(run.info.run_id)
        return known

    def _search(self, kind: str) -> list[Run]:
        """Those of this sweep, the latest first."""
        runs: list[Run] = []
        page = None
        while True:
            found = self._client.search_runs([self._experiment], f"tags.`{schema.KIND}` = '{kind}'", page_token=page)
            runs += found
            page = found.token
            if not page:
                return runs


def _by_label(folder: TrialFolder) -> dict[str, list[JournalEntry]]:
    """The journal's entries, run by run: read once, since a ladder has many runs in one journal."""
    found: dict[str, list[JournalEntry]] = {}
    for entry in entries(folder) if folder.records.exists() else ():
        found.setdefault(entry.record.label, []).append(entry)
    return found


def as_params(settings: Mapping[str, Any]) -> list[Param]:
    """Settings under dotted names, as text: strings as they are, everything else as compact JSON."""
    return [
        Param(name, value if isinstance(value, str) else json.dumps(value, separators=(",", ":")))
        for name, value in flattened(settings)
    ]


def _compact(told: Mapping[str, Any] | None) -> str | None:
    return json.dumps(told, sort_keys=True, separators=(",", ":")) if told else None


def _metric(entry: JournalEntry) -> Metric:
    value = float(entry.record.value)
    finite = value if abs(value) != float("inf") else float("nan")  # SQL stores hold infinities as huge numbers
    return Metric(entry.record.name, finite, entry.time, entry.record.step)
