"""Made-up trials that give several runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.dashboards.made_up import MadeUp
from workloads.settings import digest


@dataclass(frozen=True)
class Rung:
    """One run, and what it came to; without metrics it was not measured."""

    round: int
    sparsity: float
    metrics: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    arm: str = "main"
    draw: int | None = None
    masks: Mapping[str, np.ndarray] = field(default_factory=dict)
    examples: np.ndarray | None = None

    @property
    def label(self) -> str:
        """As a ladder calls its runs."""
        return f"r{self.round:02d}" + (f"-{self.arm}-{self.draw}" if self.draw else "")


@dataclass(frozen=True)
class Ladder:
    """A trial with a run for each rung, and for each draw of a control."""

    method: Mapping[str, Any]
    seed: int
    rungs: tuple[Rung, ...]
    twin: Ladder | MadeUp | None = None
    state: str = "completed"
    error: str | None = None
    cause: str | None = None
    workload: Mapping[str, Any] = field(default_factory=lambda: {"name": "fashion_mnist_mlp"})
    stored: int = 1
    provenance: Mapping[str, Any] = field(default_factory=lambda: {"threads": 1})
    network: str = ""
    chance: float | None = 0.1
    outcome: Mapping[str, Any] | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    split: str = "test"
    characters: int | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """Those of any trial, with the ladder for a method."""
        return MadeUp({"name": "dense"}, self.seed, workload=self.workload).settings | {"method": dict(self.method)}

    @property
    def key(self) -> str:
        """Made like that of any trial."""
        return digest(self.settings, 12)

    def twin_key(self, baseline: str) -> str | None:
        """None where it is its own."""
        return None if self.twin is None or baseline == "none" else self.twin.key

    def runs(self, baseline: str) -> list[dict[str, Any]]:
        """The rungs in order."""
        return [
            {"label": rung.label, "sparsity": rung.sparsity, "round": rung.round, "arm": rung.arm, "draw": rung.draw,
             "twin": self._twin_of(rung, baseline)}
            for rung in self.rungs
        ]  # fmt: skip

    def came_to(self, label: str) -> tuple[Mapping[str, float], Mapping[str, Mapping[int, float]]]:
        """Of one rung."""
        rung = self._rung(label)
        return rung.metrics, rung.curves

    def masks_of(self, label: str) -> Mapping[str, np.ndarray]:
        """Of one rung."""
        return self._rung(label).masks

    def examples_of(self, label: str) -> np.ndarray | None:
        """Of one rung."""
        return self._rung(label).examples

    def _rung(self, label: str) -> Rung:
        (rung,) = [rung for rung in self.rungs if rung.label == label]
        return rung

    def _twin_of(self, rung: Rung, baseline: str) -> str | None:
        twin = self.twin_key(baseline)
        if rung.draw and baseline != "none":
            return f"{self.key}/r{rung.round:02d}"
        return twin and f"{twin}/{rung.label if isinstance(self.twin, Ladder) else 'final'}"


def accuracies(levels: Sequence[float], reached: Iterable[float]) -> tuple[Rung, ...]:
    """A rung for each level, from round 0, with its test accuracy."""
    return tuple(
        Rung(place, level, {"final/test_accuracy": accuracy})
        for place, (level, accuracy) in enumerate(zip(levels, reached, strict=True))
    )


def unpruned(seed: int, rungs: tuple[Rung, ...], **more: Any) -> Ladder:
    """A ladder's twin: as many rungs, at sparsity 0."""
    return Ladder({"name": "iterative", "rounds": len(rungs) - 1, "sparsity": 0.0}, seed, rungs, **more)


def pair(seed: int, levels: Sequence[float], reached: Iterable[float], twins: Iterable[float]) -> list[Ladder]:
    """A ladder over `levels`, which begin with 0, after its twin; with the test accuracies of either's rungs."""
    twin = unpruned(seed, accuracies([0.0] * len(levels), twins))
    method = {"name": "iterative", "levels": list(levels[1:]), "allocation": "global", "fine_tune": {"epochs": 1}}
    return [twin, Ladder(method, seed, accuracies(levels, reached), twin)]
