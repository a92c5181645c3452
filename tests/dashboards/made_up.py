"""Writes an MLflow store in the layout of the tracker, with figures whose answer is known."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric, Param

from workloads.trial import Trial

START = 1_750_000_000_000  # ms; the first run starts then, each second a step


@dataclass(frozen=True)
class MadeUp:
    """One trial and what it came to."""

    method: Mapping[str, Any]
    seed: int
    metrics: Mapping[str, float] = field(default_factory=dict)  # at the last step
    curves: Mapping[str, Mapping[int, float]] = field(default_factory=dict)  # by step
    state: str = "completed"  # only completed trials have a finished run
    error: str | None = None
    cause: str | None = None
    workload: Mapping[str, Any] = field(default_factory=lambda: {"name": "fashion_mnist_mlp"})
    stored: int = 1  # how often the run is in the store
    provenance: Mapping[str, Any] = field(default_factory=lambda: {"threads": 1})
    network: str = ""  # the trial's own unless given

    @property
    def trial(self) -> Trial:
        """The trial that the plan would hold."""
        return Trial.model_validate({"workload": self.workload, "method": self.method, "seed": self.seed}).canonical()


def write(folder: Path, empty: Path, runs: Iterable[MadeUp], sweep: str = "made-up", **plan: Any) -> str:
    """Fill a copy of the store `empty`; gives its tracking URI."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(empty, folder / "mlflow.db")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    client = MlflowClient(uri)
    experiment = client.create_experiment(sweep, artifact_location=(folder / "artifacts").as_uri())
    parent = client.create_run(experiment, START, {"sparsity.kind": "sweep", "sparsity.sweep": sweep}).info.run_id
    client.log_text(parent, f"# {sweep}\nseeds: 5\n", "spec.yaml")
    runs = list(runs)
    planned = _plan(sweep, runs, plan.get("baseline", "twin"))
    client.log_text(parent, json.dumps(planned | plan), "plan.json")
    for run in runs:
        for _ in range(run.stored if run.state in ("completed", "running") else 0):
            _store(client, experiment, parent, sweep, run, planned["baseline"])
    return uri


def _plan(sweep: str, runs: list[MadeUp], baseline: str) -> dict[str, Any]:
    trials = [
        {"key": run.trial.key, "settings": run.trial.settings(), "twin": _twin(run.trial, baseline), "chance": 0.1,
         "state": run.state, "error": run.error, "cause": run.cause,
         "log": "log.txt" if run.error else None, "labels": ["final"], "steps": 4290, "training_flops": 1.2e12,
         "estimated_seconds": 9.1}
        for run in runs
    ]  # fmt: skip
    return {
        "schema": 1, "sweep": sweep, "question": "What does sparsity do?", "baseline": baseline,
        "spec_sha256": "5" * 64, "merged": 0,
        "report": {"margin": {"accuracy": 0.01, "bits_per_character": 0.02}, "confidence": 0.95},
        "provenance": {"git": {"commit": "0123abc", "dirty": False}, "versions": {"torch": "2.13.0"}}, "trials": trials,
    }  # fmt: skip


def _twin(trial: Trial, baseline: str) -> str | None:
    twin = trial.twin().key
    return None if twin == trial.key or baseline == "none" else twin


def _store(client: MlflowClient, experiment: str, parent: str, sweep: str, run: MadeUp, baseline: str) -> None:
    trial = run.trial
    tags = {"mlflow.parentRunId": parent, "sparsity.kind": "run", "sparsity.sweep": sweep,
            "sparsity.run": f"{trial.key}/final", "sparsity.trial_key": trial.key, "sparsity.label": "final",
            "sparsity.network": run.network or trial.key}  # fmt: skip
    if twin := _twin(trial, baseline):
        tags["sparsity.twin"] = f"{twin}/final"
    identity = client.create_run(experiment, START, tags).info.run_id
    points = [
        Metric(name, value, START + 1000 * step, step)
        for name, curve in run.curves.items()
        for step, value in curve.items()
    ]
    points += [Metric(name, value, START + 4_290_000, 4290) for name, value in run.metrics.items()]
    for first in range(0, len(points), 1000):
        client.log_batch(identity, metrics=points[first : first + 1000])
    client.log_batch(identity, params=[Param(name, value) for name, value in _params(trial.settings())])
    client.log_text(identity, json.dumps(run.provenance), "provenance.json")
    if run.state == "completed":
        client.set_terminated(identity, end_time=START + 4_300_000)


def _params(settings: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _params(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def level(
    method: Mapping[str, Any], accuracies: Iterable[float], more: Callable[[int], dict[str, Any]] = lambda _: {}
) -> list[MadeUp]:
    """One run a seed with the given test accuracies."""
    return [MadeUp(method, seed, **({"metrics": {"final/test_accuracy": accuracy}} | more(seed)))
            for seed, accuracy in enumerate(accuracies)]  # fmt: skip
