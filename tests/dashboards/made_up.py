"""Writes an MLflow store in the layout of the tracker, with figures whose answer is known."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

import numpy as np
from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from safetensors.numpy import save_file

from workloads.trial import Trial

START = 1_750_000_000_000  # ms; the first run starts then, each second a step
STATUS = {"completed": "FINISHED", "failed": "FAILED", "running": "RUNNING"}  # of a trial's runs, by its state


class AnyTrial(Protocol):
    """What a store is filled from: a trial with its runs, as the plan names them."""

    state: str  # completed, failed, ...; nothing is stored of those that did not start
    error: str | None
    cause: str | None
    seed: int
    stored: int  # how often its runs are in the store
    provenance: Mapping[str, Any]
    network: str  # the trial's own unless given
    chance: float | None  # accuracy at chance level
    outcome: Mapping[str, Any] | None  # what it is judged by; None: as plans were before they said so
    texts: Mapping[str, str]  # by label of a run, what a language model writes

    @property
    def key(self) -> str: ...

    @property
    def settings(self) -> dict[str, Any]: ...

    def twin_key(self, baseline: str) -> str | None: ...

    def runs(self, baseline: str) -> list[dict[str, Any]]:
        """The entries in plan.json."""

    def came_to(self, label: str) -> tuple[Mapping[str, float], Mapping[str, Mapping[int, float]]]:
        """A run's metrics at the last step, and its curves by step."""

    def masks_of(self, label: str) -> Mapping[str, np.ndarray]:
        """A run's masks by layer, True where a weight is kept."""

    def examples_of(self, label: str) -> np.ndarray | None:
        """Whether a run is right, example by example; of language models the nats of each window."""


@dataclass(frozen=True)
class MadeUp:
    """One trial and what it came to: its run `final`, and others by their labels, each with its metrics and curves."""

    method: Mapping[str, Any]
    seed: int
    metrics: Mapping[str, float] = field(default_factory=dict)  # at the last step
    curves: Mapping[str, Mapping[int, float]] = field(default_factory=dict)  # by step
    state: str = "completed"
    error: str | None = None
    cause: str | None = None
    workload: Mapping[str, Any] = field(default_factory=lambda: {"name": "fashion_mnist_mlp"})
    stored: int = 1
    provenance: Mapping[str, Any] = field(default_factory=lambda: {"threads": 1})
    network: str = ""
    masks: Mapping[str, np.ndarray] = field(default_factory=dict)
    chance: float | None = 0.1
    outcome: Mapping[str, Any] | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, tuple[Mapping[str, float], Mapping[str, Mapping[int, float]]]] = field(default_factory=dict)
    examples: Mapping[str, np.ndarray] = field(default_factory=dict)
    split: str = "test"  # that the examples are of
    characters: int | None = None  # that they spell

    @property
    def trial(self) -> Trial:
        """The trial that the plan would hold."""
        return Trial.model_validate({"workload": self.workload, "method": self.method, "seed": self.seed}).canonical()

    @property
    def key(self) -> str:
        """Of the trial."""
        return self.trial.key

    @property
    def settings(self) -> dict[str, Any]:
        """Of the trial."""
        return self.trial.settings()

    def twin_key(self, baseline: str) -> str | None:
        """None where it is its own."""
        twin = self.trial.twin().key
        return None if twin == self.key or baseline == "none" else twin

    def runs(self, baseline: str) -> list[dict[str, Any]]:
        """The run `final`, then the others. Those with a number are controls, and `final` is their twin.

        Only measuring tells how sparse `final` is where others come after it, or it ranks alone."""
        twin, method = self.twin_key(baseline), self.settings["method"]
        controls = [label for label in self.others if "-" in label]
        sparsity = None if "threshold" in method else method.get("sparsity", 0.0)
        measured = len(controls) < len(self.others) or method.get("masks") == "ranked"
        main = {"arm": "main" if controls else None, "draw": None, "twin": twin and f"{twin}/final"}
        return [
            {"label": label, "sparsity": None if measured and label == "final" else sparsity, "round": None,
             **(self._control(label) if label in controls else main)}
            for label in ("final", *self.others)
        ]  # fmt: skip

    def _control(self, label: str) -> dict[str, Any]:
        arm, _, draw = label.partition("-")
        return {"arm": arm, "draw": int(draw), "twin": f"{self.key}/final"}

    def came_to(self, label: str) -> tuple[Mapping[str, float], Mapping[str, Mapping[int, float]]]:
        """Of one run."""
        return self.others[label] if label in self.others else (self.metrics, self.curves)

    def masks_of(self, label: str) -> Mapping[str, np.ndarray]:
        """Of the run `final`."""
        return self.masks if label == "final" else {}

    def examples_of(self, label: str) -> np.ndarray | None:
        """Of one run."""
        return self.examples.get(label)


def write(folder: Path, empty: Path, runs: Iterable[AnyTrial], sweep: str = "made-up", **plan: Any) -> str:
    """Fill a copy of the store `empty`; gives its tracking URI."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(empty, folder / "mlflow.db")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    client = MlflowClient(uri)
    experiment = client.create_experiment(sweep, artifact_location=(folder / "artifacts").as_uri())
    parent = client.create_run(experiment, START, {"sparsity.kind": "sweep", "sparsity.sweep": sweep}).info.run_id
    client.log_text(parent, f"# {sweep}\nseeds: 5\n", "spec.yaml")
    trials = list(runs)
    entries = planned(sweep, trials, plan.get("baseline", "twin")) | plan
    client.log_text(parent, json.dumps(entries), "plan.json")
    for trial in trials:
        for _ in range(trial.stored if trial.state in STATUS else 0):
            for run in trial.runs(entries["baseline"]):
                _store(client, experiment, parent, sweep, trial, run)
    return uri


def planned(sweep: str, made_up: list[AnyTrial], baseline: str) -> dict[str, Any]:
    """plan.json."""
    trials = [
        {"key": one.key, "settings": one.settings, "twin": one.twin_key(baseline), "chance": one.chance,
         "state": one.state, "error": one.error, "cause": one.cause, "log": "log.txt" if one.error else None,
         "outcome": one.outcome, "runs": one.runs(baseline), "steps": 4290, "training_flops": 1.2e12,
         "estimated_seconds": 9.1}
        for one in made_up
    ]  # fmt: skip
    return {
        "schema": 2, "sweep": sweep, "question": "What does sparsity do?", "baseline": baseline,
        "spec_sha256": "5" * 64, "merged": 0,
        "report": {"margin": {"accuracy": 0.01, "bits_per_character": 0.02}, "confidence": 0.95},
        "provenance": {"git": {"commit": "0123abc", "dirty": False}, "versions": {"torch": "2.13.0"}}, "trials": trials,
    }  # fmt: skip


def _store(
    client: MlflowClient, experiment: str, parent: str, sweep: str, trial: AnyTrial, run: Mapping[str, Any]
) -> None:
    label = run["label"]
    tags = {"mlflow.parentRunId": parent, "sparsity.kind": "run", "sparsity.sweep": sweep,
            "sparsity.run": f"{trial.key}/{label}", "sparsity.trial_key": trial.key, "sparsity.label": label,
            "sparsity.network": f"{trial.network or trial.key}/{label}"}  # fmt: skip
    tags |= {f"sparsity.{name}": str(run[name]) for name in ("twin", "round", "arm", "draw") if run[name] is not None}
    identity = client.create_run(experiment, START, tags).info.run_id
    metrics, curves = trial.came_to(label)
    points = [
        Metric(name, value, START + 1000 * step, step)
        for name, curve in curves.items()
        for step, value in curve.items()
    ]
    points += [Metric(name, value, START + 4_290_000, 4290) for name, value in metrics.items()]
    for first in range(0, len(points), 1000):
        client.log_batch(identity, metrics=points[first : first + 1000])
    client.log_batch(identity, params=[Param(name, value) for name, value in _params(trial.settings)])
    client.log_text(identity, json.dumps(trial.provenance), "provenance.json")
    if label in trial.texts:
        client.log_text(identity, trial.texts[label], f"{label}.txt")
    if masks := trial.masks_of(label):
        place = Path(url2pathname(urlsplit(client.get_run(identity).info.artifact_uri).path))
        write_masks(place / f"{label}.safetensors", masks)
    if (examples := trial.examples_of(label)) is not None:
        place = Path(url2pathname(urlsplit(client.get_run(identity).info.artifact_uri).path))
        place.mkdir(parents=True, exist_ok=True)
        write = write_correct if examples.dtype == bool else partial(write_nats, characters=trial.characters)
        write(place / f"{label}.examples.safetensors", examples, split=trial.split)
    if STATUS[trial.state] != "RUNNING":
        client.set_terminated(identity, STATUS[trial.state], end_time=START + 4_300_000)


def write_masks(path: Path, masks: Mapping[str, np.ndarray]) -> None:
    """A network's file, with a few weights beside the masks."""
    bits = {f"mask:{layer}": np.packbits(np.asarray(mask, bool)) for layer, mask in masks.items()}
    shapes = {f"mask:{layer}": json.dumps(list(np.shape(mask))) for layer, mask in masks.items()}
    save_file(bits | {"output.bias": np.zeros(10, np.float32)}, path, metadata=shapes)


def write_correct(path: Path, correct: np.ndarray, split: str = "test", count: int | str | None = None) -> None:
    """What a classifier did: bits in the order of the split. `count` lies about their number."""
    metadata = {"split": split, "examples": str(len(correct) if count is None else count)}
    save_file({"correct": np.packbits(correct)}, path, metadata=metadata)


def write_nats(path: Path, nats: np.ndarray, characters: int, split: str = "test") -> None:
    """What a language model did: all nats of each window."""
    metadata = {"split": split, "examples": str(len(nats)), "characters": str(characters)}
    save_file({"nats": nats}, path, metadata=metadata)


def _params(settings: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _params(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def level(
    method: Mapping[str, Any], accuracies: Iterable[float], more: Callable[[int], dict[str, Any]] = lambda _: {}
) -> list[MadeUp]:
    """One trial a seed with the given test accuracies."""
    return [MadeUp(method, seed, **({"metrics": {"final/test_accuracy": accuracy}} | more(seed)))
            for seed, accuracy in enumerate(accuracies)]  # fmt: skip
