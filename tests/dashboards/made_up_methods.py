"""Made-up trials of twelve methods: masks at initialisation with shuffled controls, masks that move, and others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import numpy as np

from tests.dashboards.made_up import MadeUp
from tests.dashboards.made_up_sweep import LAYERS, SHAPES

Came = tuple[Mapping[str, float], Mapping[str, Mapping[int, float]]]  # metrics at the last step, curves by step
AT_START, MOVING = ("snip", "grasp", "synflow"), ("set", "rigl", "mest", "granet", "ac_dc")
OTHERS = ("static_random", "gradual", "one_shot", "small_dense")
METHODS = (*AT_START, *MOVING, *OTHERS)
LAST, UPDATES = 2000, range(100, 1501, 100)
MLP = {"name": "fashion_mnist_mlp"}
ACCURACY = {name: 0.88 + 0.001 * place for place, name in enumerate(METHODS)}
PRICE = {name: 2e11 + 5e10 * place for place, name in enumerate(METHODS)}


def trial(
    name: str, sparsity: float, seed: int, came: Mapping[str, Came], masks: Mapping[str, np.ndarray] | None = None,
    workload: Mapping[str, Any] = MLP,
) -> MadeUp:  # fmt: skip
    """A trial of a method whose runs came to this, by label: `final`, and `shuffled-1` and so on for controls."""
    draws = len(came) - 1
    controls = {"controls": ["shuffled"], "control_draws": draws} if draws else {}
    (metrics, curves), others = came["final"], {label: run for label, run in came.items() if label != "final"}
    return MadeUp({"name": name, "sparsity": sparsity, **controls}, seed, metrics, curves, workload=workload,
                  masks=masks or {}, others=others)  # fmt: skip


def moved(churn: Mapping[int, float], explored: Mapping[int, float]) -> dict[str, Mapping[int, float]]:
    """Curves of masks that move."""
    return {"masks/churn": churn, "masks/exploration": explored}


def twelve(levels: Sequence[float] = (0.8, 0.9, 0.98), seeds: int = 5) -> Iterator[MadeUp]:
    """Each method at each level after its dense twin; snip collapses at the last level. The same figures each time."""
    for seed in range(seeds):
        draw = Random(f"dense {seed}")
        metrics = _ends("dense", 0.0, draw) | {"cost/training_flops": 1e12}
        yield MadeUp({"name": "dense"}, seed, metrics, _curves(metrics["final/test_accuracy"]), workload=MLP)
    for name in METHODS:
        for level in levels:
            yield from (_trial(name, level, seed, level == levels[-1]) for seed in range(seeds))


def _trial(name: str, sparsity: float, seed: int, last: bool) -> MadeUp:
    draw = Random(f"{name} {sparsity} {seed}")
    metrics = _ends(name, sparsity, draw)
    curves = _curves(metrics["final/test_accuracy"])
    if name in MOVING:
        rate, start = 0.1 + 0.05 * MOVING.index(name), 1.0 if name in ("granet", "ac_dc") else 1 - sparsity
        churn = {step: rate * (1 - step / LAST) for step in UPDATES}
        explored = {step: min(1.0, start * (1 + rate * step / 100) + draw.gauss(0, 1e-4)) for step in UPDATES}
        curves |= moved(churn, explored | {UPDATES[0]: 1.0} if start == 1 else explored)
    came: dict[str, Came] = {"final": (metrics, curves)}
    if name in AT_START:
        collapsed = last and name == "snip"
        metrics |= {"start/empty_layers": float(collapsed), "start/effective_sparsity": 1.0 if collapsed else sparsity}
        for place in (1, 2):
            worse = metrics["final/test_accuracy"] - 0.004 * AT_START.index(name) + draw.gauss(0, 0.0005)
            ends = metrics | {"final/test_accuracy": worse, "final/val_accuracy": worse}
            came[f"shuffled-{place}"] = ends, _curves(worse)
    return trial(name, sparsity, seed, came, _masks(name, sparsity, seed))


def _ends(name: str, sparsity: float, draw: Random) -> dict[str, float]:
    reached = ACCURACY.get(name, 0.9) - 0.1 * sparsity**8 + draw.gauss(0, 0.001)
    kept = 1 - sparsity
    metrics = {
        "final/test_accuracy": reached, "final/val_accuracy": reached, "final/test_loss": 1 - reached,
        "final/sparsity": sparsity, "final/nonzero_parameters": round(sum(LAYERS.values()) * kept),
        "final/prunable_parameters": sum(LAYERS.values()), "cost/steps_total": LAST,
        "cost/training_flops": PRICE.get(name, 1e12) * kept**0.5, "cost/path_train_seconds": 7 + draw.random(),
        "cost/seconds_per_epoch": 0.7 + 0.1 * draw.random() + 0.05 * len(name), "cost/flops_per_example": 5e5 * kept,
    }  # fmt: skip
    for place, (layer, weights) in enumerate(LAYERS.items()):
        share = 1 - sparsity ** (1 + place * (len(name) % 4))
        metrics |= {f"layer_weights/{layer}": weights, f"layer_sparsity/{layer}": 1 - share if sparsity else 0.0,
                    f"dead_neurons/{layer}": max(0.0, sparsity - 0.9)}  # fmt: skip
    return metrics


def _curves(reached: float) -> dict[str, dict[int, float]]:
    looks = range(200, LAST + 1, 200)
    return {f"{split}/{metric}": {step: _value(metric, reached, step) for step in looks}
            for split in ("train", "val") for metric in ("loss", "accuracy")}  # fmt: skip


def _value(metric: str, reached: float, step: int) -> float:
    learnt = reached * (1 - 0.5 ** (step / 200))
    return learnt if metric == "accuracy" else 2.3 * (1 - learnt)


def _masks(name: str, sparsity: float, seed: int) -> dict[str, np.ndarray]:
    """Half of the places are those that every method wants; of a small dense network nothing is masked."""
    if name == "small_dense":
        return {}
    own, shared = (np.random.default_rng(list(f"{words} {seed}".encode())) for words in (name, "shared"))
    wanted = name not in ("static_random", "set")
    return {layer: (shared if wanted and layer == "hidden.0" else own).random(shape) >= sparsity
            for layer, shape in SHAPES.items()}  # fmt: skip
