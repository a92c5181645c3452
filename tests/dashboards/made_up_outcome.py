"""Made-up trials that are judged by an outcome which no workload of the package has."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tests.dashboards.made_up import MadeUp
from tests.dashboards.made_up_ladder import Ladder

SQUARED_ERROR: Mapping[str, Any] = {
    "metric": "squared_error", "title": "squared error", "unit": "squared units", "direction": "down", "margin": 50.0,
    "chance": None, "loss": "halves of squared units",
}  # fmt: skip


def squared(trials: Iterable[MadeUp | Ladder]) -> list[MadeUp | Ladder]:
    """The same trials with squared errors for accuracies: 1,000 less for each whole accuracy more."""
    return [_squared(trial) for trial in trials]


def _squared(trial: MadeUp | Ladder) -> MadeUp | Ladder:
    judged: dict[str, Any] = {"outcome": SQUARED_ERROR, "chance": None}
    if isinstance(trial, MadeUp):
        curves = {name.replace("accuracy", "squared_error"): _all(name, curve) for name, curve in trial.curves.items()}
        return replace(trial, metrics=_ends(trial.metrics), curves=curves, examples={}, **judged)
    rungs = tuple(
        replace(rung, metrics=_ends(rung.metrics), examples=None,
                curves={name.replace("accuracy", "squared_error"): _all(name, curve)
                        for name, curve in rung.curves.items()})
        for rung in trial.rungs
    )  # fmt: skip
    return replace(trial, rungs=rungs, twin=trial.twin and _squared(trial.twin), **judged)


def _ends(metrics: Mapping[str, float]) -> dict[str, float]:
    return {name.replace("accuracy", "squared_error"): _one(name, value) for name, value in metrics.items()}


def _all(name: str, curve: Mapping[int, float]) -> dict[int, float]:
    return {step: _one(name, value) for step, value in curve.items()}


def _one(name: str, value: float) -> float:
    return 1000 * (1 - value) if "accuracy" in name else value
