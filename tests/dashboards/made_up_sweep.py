"""Made-up runs that hold every metric of the schema, with curves as training gives them."""

from collections.abc import Iterator, Mapping
from itertools import product
from math import exp, prod
from random import Random
from typing import Any

import numpy as np

from dashboards import schema
from tests.dashboards.made_up import MadeUp

SHAPES = {"hidden.0": (300, 784), "hidden.1": (100, 300), "output": (10, 100)}
LAYERS = {layer: prod(shape) for layer, shape in SHAPES.items()}  # weights
UNITS = 410  # as many biases as there are rows of weights
STEPS = 4290
EXAMPLES = 10_000  # of the test set
SERIES = (
    *({"name": "static_random", "allocation": allocation} for allocation in ("uniform", "erk")),
    {"name": "static_random", "dense_layers": ["first"]},
    {"name": "static_random", "dense_layers": ["last"]},
    {"name": "static_random", "allocation": "erk", "dense_layers": ["last"]},
    {"name": "small_dense"},
    *({"name": "one_shot", "scale": scale} for scale in ("none", "layer", "lamp")),
    *({"name": "one_shot", "allocation": allocation} for allocation in ("uniform", "erk")),
)
SPARSITIES = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)


def sweep(
    series: tuple[Mapping[str, Any], ...] = SERIES,
    sparsities: tuple[float, ...] = SPARSITIES,
    seeds: int = 5,
    looks: int = 50,
    workloads: tuple[Mapping[str, Any], ...] = ({"name": "fashion_mnist_mlp"},),
) -> Iterator[MadeUp]:
    """Each series at each sparsity on each workload, after the dense twin; the same figures each time."""  # fmt: skip
    for workload in workloads:
        for seed in range(seeds):
            yield _run({"name": "dense"}, 0.0, seed, looks, workload)
        for method, sparsity, seed in product(series, sparsities, range(seeds)):
            yield _run({**method, "sparsity": sparsity}, sparsity, seed, looks, workload)


def _run(method: Mapping[str, Any], sparsity: float, seed: int, looks: int, workload: Mapping[str, Any]) -> MadeUp:
    steps = [round(STEPS * (look + 1) / looks) for look in range(looks)]
    some = steps[:: -max(looks // 10, 1)]
    draw = Random(f"{method} {seed}")
    ends = {
        name: _value(name, 1.0, sparsity, draw)
        for name in _named(schema.END_METRICS + schema.PRUNED_METRICS)
    }  # fmt: skip
    curves = {
        name: {step: _value(name, step / STEPS, sparsity, draw) for step in at}
        for metrics, at in ((schema.EVALUATION_METRICS, steps), (schema.STRUCTURE_METRICS, some))
        for name in _named(metrics)
    }
    if method["name"] == "one_shot":  # all at once, after four fifths of the training
        curves["pruning/sparsity"] = {step: sparsity * (step > 0.8 * STEPS) for step in steps}
    right = np.arange(EXAMPLES) < round(ends["final/test_accuracy"] * EXAMPLES)
    examples = {"final": np.random.default_rng(list(f"{method} {seed}".encode())).permutation(right)}
    return MadeUp(method, seed, ends, curves, workload=workload, masks=_masks(method, sparsity, seed),
                  examples=examples)  # fmt: skip


def _masks(method: Mapping[str, Any], sparsity: float, seed: int) -> dict[str, np.ndarray]:
    """About as many weights as are left, anywhere; of dense networks nothing is masked."""
    if method["name"] in ("dense", "small_dense"):
        return {}
    draw = np.random.default_rng(list(f"{method} {seed}".encode()))
    return {layer: draw.random(shape) >= sparsity for layer, shape in SHAPES.items()}


def _named(metrics: tuple[str, ...]) -> list[str]:
    return [metric.replace("<layer>", layer) for metric in metrics for layer in (LAYERS if "<" in metric else ("",))]


def _value(name: str, progress: float, sparsity: float, draw: Random) -> float:
    """Accuracies rise and losses fall, to worse ends where fewer weights are left; sizes are exact."""
    group, _, rest = name.partition("/")
    noise = draw.gauss(0, 0.003)
    learnt = (1 - exp(-6 * progress)) * (1 - sparsity**12 / 2)
    if rest == "nonzero_parameters":
        return round(sum(LAYERS.values()) * (1 - sparsity))
    if rest == "prunable_parameters":
        return sum(LAYERS.values())
    if rest == "total_parameters":
        return sum(LAYERS.values()) + UNITS
    if group == "layer_weights":
        return LAYERS[rest]
    if rest == "dense_bytes":
        return 4 * (sum(LAYERS.values()) + UNITS)
    if rest == "csr_bytes":
        return 8 * round(sum(LAYERS.values()) * (1 - sparsity)) + 4 * (UNITS + len(LAYERS)) + 4 * UNITS
    if "sparsity" in name and group != "trends":
        return sparsity
    if rest.endswith("accuracy"):
        return 0.1 + 0.8 * learnt + noise
    if rest.endswith("loss"):
        return 2.3 * (1 - learnt) + 0.3 + noise
    if group.startswith("dead"):
        return round(sparsity**20, 2)
    return exp(-3 * progress) * (1 - sparsity / 2) + abs(noise)
