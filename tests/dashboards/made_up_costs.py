"""Made-up runs with what they cost."""

from collections.abc import Mapping
from typing import Any

from tests.dashboards.made_up import MadeUp, level

DENSE = {"name": "dense"}


def static(sparsity: float) -> dict[str, Any]:
    """A method at a level."""
    return {"name": "static_random", "sparsity": sparsity}


def cell(
    method: Mapping[str, Any], test: float, validation: float | None = None, flops: float | None = None,
    steps: float | None = 400, seeds: int = 2, **more: float,
) -> list[MadeUp]:  # fmt: skip
    """Runs that are all alike; `__` in a name stands for `/`."""
    metrics = {"final/test_accuracy": test, "final/val_accuracy": validation, "cost/training_flops": flops,
               "cost/steps_total": steps}  # fmt: skip
    metrics |= {name.replace("__", "/"): value for name, value in more.items()}
    known = {name: value for name, value in metrics.items() if value is not None}
    return level(method, [0] * seeds, lambda seed: {"metrics": known})


def four() -> list[MadeUp]:
    """On validation 50 % beats the dense network at half the price, and 95 % beats 90 %; on test neither does."""
    return [*cell(DENSE, 0.91, 0.900, 1e6), *cell(static(0.5), 0.89, 0.901, 5e5),
            *cell(static(0.9), 0.88, 0.80, 1e5), *cell(static(0.95), 0.87, 0.81, 5e4)]  # fmt: skip


def sized(method: Mapping[str, Any], test: float, nonzero: int, simulated: bool, seeds: int = 2) -> list[MadeUp]:
    """A layer of 100 x 10 with 100 biases: dense 4,400 bytes; compressed 8 for each entry, 404 and 400."""
    return cell(method, test, test, seeds=seeds, final__nonzero_parameters=nonzero, final__prunable_parameters=1000,
                layer_weights__output=1000, layer_sparsity__output=1 - nonzero / 1000 if simulated else 0.0,
                cost__dense_bytes=4400, cost__csr_bytes=8 * nonzero + 804)  # fmt: skip


def timed(method: Mapping[str, Any], seconds: list[float | None], zeros: float = 0.0) -> list[MadeUp]:
    """A run for each time per epoch; None: that seed was not timed."""

    def of(seed: int) -> dict[str, Any]:
        times = {"cost/seconds_per_epoch": seconds[seed]} if seconds[seed] else {}
        return {"metrics": {"final/test_accuracy": 0.9, "layer_sparsity/output": zeros} | times}

    return level(method, [0] * len(seconds), of)


def timed_static(sparsity: float, seconds: list[float | None]) -> list[MadeUp]:
    """The same, with zeros."""
    return timed(static(sparsity), seconds, zeros=sparsity)
