"""Made-up networks that were converted to the formats of deployment after their sweep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tests.dashboards.made_up import MadeUp
from tests.dashboards.made_up_pruned import around, dense, pruned

DENSE_FILE, DENSE_SECONDS = 4400, 1e-4  # bytes, and the seconds of a batch of one
LOSSES = {"int8": 0.002}  # by the conversion; the other formats lose nothing


def deployed(run: MadeUp, **figures: float) -> MadeUp:
    """The run with these figures: `csr__bytes` stands for `deploy/csr/bytes`."""
    own = {f"deploy/{name.replace('__', '/')}": value for name, value in figures.items()}
    return replace(run, metrics={**run.metrics, **own})


def converted(run: MadeUp, density: float) -> MadeUp:
    """The run in five formats: what they take of the dense file and of its seconds.

    dense: 1 and 1. bitmask: the density and 1/32, no latency. csr: twice the density, and four times in time. int8: a
    quarter and a tenth of the density, and a half. onnx: 1 and 0.8. A batch of 256 takes 100 times as long; quartiles
    are 10 % away."""
    shares = {"dense": (1.0, 1.0), "bitmask": (density + 1 / 32, None), "csr": (2 * density, 4 * density),
              "int8": (0.25 + 0.1 * density, 0.5), "onnx": (1.0, 0.8)}  # fmt: skip
    figures: dict[str, float] = {}
    for form, (size, times) in shares.items():
        figures |= {f"{form}__bytes": DENSE_FILE * size, f"{form}__largest_difference": 10 * LOSSES.get(form, 0.0),
                    f"{form}__test_accuracy": run.metrics["final/test_accuracy"] - LOSSES.get(form, 0.0)}  # fmt: skip
        for batch, slower in ((1, 1), (256, 100)) if times else ():
            seconds = DENSE_SECONDS * (times or 0.0) * slower
            figures |= {f"{form}__latency_{batch}": seconds, f"{form}__latency_{batch}_low": 0.9 * seconds,
                        f"{form}__latency_{batch}_high": 1.1 * seconds}  # fmt: skip
    return deployed(run, **figures)


def deployment_sweep(
    seeds: int = 5, measured: int = 1, levels: Sequence[float] = (0.2, 0.8), methods: Sequence[str] = ("one_shot",)
) -> Iterator[MadeUp]:
    """A dense network and pruned ones, whose first seeds were converted. At 20 % they lose 0.5 points, at 80 % 2."""
    bytes_ = {"cost__dense_bytes": 4400, "layer_weights__output": 1000}
    for run in dense(around(0.9, seeds, noise=0), validation=0.9, **bytes_, cost__csr_bytes=8804):
        yield converted(run, 1.0) if run.seed < measured else run
    for place, name in enumerate(methods):
        for level in levels:
            reached = 0.9 - 0.025 * level - 0.001 * place
            method = {"name": name, "sparsity": level}
            counted = {**bytes_, "cost__csr_bytes": 8000 * (1 - level) + 804}
            for run in pruned(method, around(reached, seeds), reached, **counted):
                yield converted(run, 1 - level) if run.seed < measured else run
