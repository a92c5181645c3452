"""Metrics that a run gets after it was sent: those beside its twin, and those of its network in other formats."""

from __future__ import annotations

from mlflow.entities import Metric, RunTag

from dashboards import schema
from orchestrator.store import beside_twin, deployed
from orchestrator.store.folders import TrialFolder
from orchestrator.store.journal import Result
from orchestrator.tracking.sent_run import SentRun

Added = tuple[list[Metric], list[RunTag]]


def of_beside_twin(run: SentRun, folder: TrialFolder, label: str) -> Added:
    """The metrics that compare a run with its twin and that the store lacks."""
    content = beside_twin.read(folder, label)
    if content is None:
        return [], []
    metrics = [Metric(name, value, content.time, content.step) for name, value in content.metrics.items()
               if run.beside_twin.get(name) != value]  # fmt: skip
    return metrics, []


def of_deployment(run: SentRun, folder: TrialFolder, label: str, ending: Result) -> Added:
    """What was measured last of the run's network in each format and the store lacks, and on which machine."""
    lines = {line.format: line for line in deployed.read(folder)
             if (line.label, line.network) == (label, ending.runs.get(label))}  # fmt: skip
    metrics = [Metric(name, value, line.time, line.step) for line in lines.values()
               for name, value in line.figures.items() if run.deployed.get(name) != value]  # fmt: skip
    if not metrics:
        return [], []
    last = max(lines.values(), key=lambda line: line.time)
    tags = {schema.DEPLOY_MACHINE: last.machine, schema.DEPLOY_THREADS: str(last.threads)}
    return metrics, [RunTag(name, value) for name, value in tags.items()]
