"""Made-up networks pruned after training, and networks that lost whole units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.dashboards.made_up import MadeUp
from workloads.settings import digest

DENSE = {"name": "dense"}
WEIGHTS, BIASES = 1000, 100
TWO_OF_FOUR = {"name": "n_of_m", "n": 2, "m": 4}
SWING = (0.0, 0.002, -0.002, 0.001, -0.001)  # of the seeds: all methods have it in common
NOISE = (0.0, 0.0004, -0.0004, 0.0002, -0.0002)  # of one method


@dataclass(frozen=True)
class Unlisted(MadeUp):
    """A trial whose method need not be in the catalogue; its twin is the dense network."""

    @property
    def dense(self) -> MadeUp:
        """Its twin."""
        return MadeUp(DENSE, self.seed, workload=self.workload)

    @property
    def settings(self) -> dict[str, Any]:
        """Those of any trial, with the method as it stands."""
        return self.dense.settings | {"method": dict(self.method)}

    @property
    def key(self) -> str:
        """Made like that of any trial."""
        return digest(self.settings, 12)

    def twin_key(self, baseline: str) -> str | None:
        """That of the dense network."""
        return None if baseline == "none" else self.dense.key

    def runs(self, baseline: str) -> list[dict[str, Any]]:
        """One run. Patterns and ratios have no planned sparsity."""
        twin = self.twin_key(baseline)
        return [{"label": "final", "sparsity": self.method.get("sparsity"), "round": None, "arm": None, "draw": None,
                 "twin": twin and f"{twin}/final"}]  # fmt: skip


def dense(accuracies: Sequence[float], **more: Any) -> list[MadeUp]:
    """Networks that nothing is removed from."""
    return [MadeUp(DENSE, seed, ends(reached, 0.0, **more)) for seed, reached in enumerate(accuracies)]


def pruned(
    method: Mapping[str, Any], accuracies: Sequence[float], validation: float | None = None, sparsity: float = 0.5,
    **more: Any,
) -> list[MadeUp]:  # fmt: skip
    """A network a seed, measured at `sparsity` where its method plans none."""
    sparsity = method.get("sparsity", sparsity)
    return [Unlisted(method, seed, ends(reached, sparsity, validation, **more))
            for seed, reached in enumerate(accuracies)]  # fmt: skip


def ends(accuracy: float, sparsity: float, validation: float | None = None, **more: float | None) -> dict[str, float]:
    """What a run ends with; `__` in a name stands for `/`."""
    metrics = {
        "final/test_accuracy": accuracy, "final/val_accuracy": validation, "final/sparsity": sparsity,
        "final/nonzero_parameters": round(WEIGHTS * (1 - sparsity)), "final/prunable_parameters": WEIGHTS,
        "final/total_parameters": WEIGHTS + BIASES, "cost/steps_total": 400,
        **{name.replace("__", "/"): value for name, value in more.items()},
    }  # fmt: skip
    return {name: value for name, value in metrics.items() if value is not None}


def around(accuracy: float, seeds: int = 5, noise: float = 1.0) -> list[float]:
    """Accuracies whose mean over five seeds this is."""
    return [accuracy + SWING[seed] + noise * NOISE[seed] for seed in range(seeds)]


LOSS = {"one_shot": (0.05, 0.01), "wanda": (0.03, 0.005), "sparsegpt": (0.012, 0.004)}  # alone, with reconstruction


def post_training(seeds: int = 5, levels: Sequence[float] = (0.5, 0.7)) -> Iterator[MadeUp]:
    """Three criteria at two levels and at 2:4, each with and without reconstruction, beside their dense twins.

    At every amount they lose LOSS, at 70 % twice as much; on validation they are as good as on test."""
    yield from dense(around(0.9, seeds, noise=0), validation=0.9)
    amounts = [{"sparsity": level} for level in levels] + [{"pattern": TWO_OF_FOUR}]
    for name, losses in LOSS.items():
        for amount in amounts:
            for reconstruct, loss in enumerate(losses):
                reached = 0.9 - loss * (2 if amount.get("sparsity") == 0.7 else 1)
                noise = 100 * loss * (1 - 2 * reconstruct)
                yield from pruned(_method(name, amount, bool(reconstruct)), around(reached, seeds, noise), reached,
                                  solve__layer_error=2 * loss)  # fmt: skip


def _method(name: str, amount: Mapping[str, Any], reconstruct: bool) -> dict[str, Any]:
    fine_tune = {"fine_tune": {"steps": 0, "lr": "rewind"}} if name == "one_shot" else {}
    return {"name": name, **amount, **fine_tune, **({"reconstruct": True} if reconstruct else {})}


STEP = {"structured": 0.012, "small_dense": 0.008, "one_shot": 0.021}  # seconds of a step; the dense network takes 0.02


def timed(seconds: float, steps: int = 100) -> dict[str, float]:
    """A number of steps after the last change of the masks, and what they took at so many seconds each."""
    return {"cost__steps_since_last_mask": steps, "cost__seconds_since_last_mask": seconds * steps}


def without_units(seeds: int = 5, levels: Sequence[float] = (0.5, 0.75)) -> Iterator[MadeUp]:
    """Structured networks, small dense ones and unstructured ones with as many weights, beside their dense twins.

    At the levels they lose 2, 1 and 0.5 points, times the level over the first. With half of the weights, a structured
    network takes 0.6 times the seconds of the dense one."""
    yield from dense(around(0.9, seeds, noise=0), validation=0.9, **timed(0.02, 400))
    for name, loss in (("structured", 0.02), ("small_dense", 0.01), ("one_shot", 0.005)):
        for level in levels:
            reached = 0.9 - loss * level / levels[0]
            kept = 1 - level if name != "one_shot" else 1
            stored = WEIGHTS * kept + BIASES * kept**0.5
            seconds = STEP[name] * (1 if name == "one_shot" else 1.5 - level)
            method = {"name": name, "sparsity": level}
            yield from pruned(method, around(reached, seeds, 100 * loss), reached, final__total_parameters=stored,
                              **timed(seconds))  # fmt: skip
