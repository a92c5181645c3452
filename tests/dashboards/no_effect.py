"""Made-up sweeps without any effect: every method is as good as its dense twin, in a population of seeds and images.

An image is hard or easy for all methods, and a little more so for one than for another: on the images at hand methods
differ, on all images they do not. A network gets an image right by chance that depends on the image, the method and
how well its seed went.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from dashboards.read.examples import ExampleOutcomes
from dashboards.read.results import Results
from tests.dashboards.made_up import MadeUp
from tests.dashboards.made_up_ladder import Ladder, Rung
from tests.dashboards.made_up_results import in_memory

ACCURACY = 0.9  # in the population
IMAGES = 10_000
HARDNESS = 3.0  # deviation of how hard images are, where 1 is that of chance: two seeds differ on 6 % of the images
OWN = 0.03  # of its square, the share that is a method's own
SLOPE = 0.0555  # accuracy per unit of the scale, where it is 0.9
SEEDS = 0.001 / SLOPE  # deviation of how well seeds go: 0.1 points, beside 0.18 by chance on 10,000 images
MOVED = 0.123  # root mean square over images of what chance moves by on that scale: most are too easy or too hard
VALIDATED = 5000  # other images
VALIDATION = 0.0025  # deviation of an accuracy on them by chance
EARLY = 0.001  # of what an accuracy at early stop differs by from that at the last step
STOP, SPREAD = 2000, 0.25  # steps to the least validation loss: the middle, and the deviation of the logarithm
LOOK, LAST = 100, 20_000
WEIGHTS = 266_200


@dataclass(frozen=True)
class Plan:
    """A sweep's results without its figures, and which runs are of one method at one sparsity."""

    results: Results
    methods: np.ndarray  # by run: a number for each cell
    early: bool  # whether there are best checkpoints


def levels(seeds: int, sparsities: Sequence[float] = (0.5, 0.8, 0.9)) -> Plan:
    """Two allocations of random masks and small dense networks, after their dense twins."""
    methods = [{"name": "static_random"}, {"name": "static_random", "allocation": "erk"}, {"name": "small_dense"}]
    asked = [{"name": "dense"}, *(method | {"sparsity": one} for method in methods for one in sparsities)]
    runs = [MadeUp(method, seed, _size(method.get("sparsity", 0.0))) for method in asked for seed in range(seeds)]
    return _plan(runs, early=False)


def ladder(seeds: int, rounds: int = 15, controls: Sequence[str] = ("reinit", "shuffled")) -> Plan:
    """Lottery tickets with controls in every round, after their dense twins."""
    method = {"name": "lottery_ticket", "rounds": rounds, "rate": 0.2, "controls": list(controls)}
    runs: list[MadeUp | Ladder] = []
    for seed in range(seeds):
        dense = MadeUp({"name": "dense"}, seed, _size(0.0))
        rungs = [Rung(0, 0.0, _size(0.0))]
        for number in range(1, rounds + 1):
            sparsity = 1 - 0.8**number
            rungs.append(Rung(number, sparsity, _size(sparsity)))
            rungs += [Rung(number, sparsity, _size(sparsity), arm=arm, draw=1) for arm in controls]
        runs += [dense, Ladder(method, seed, tuple(rungs), dense)]
    return _plan(runs, early=True)


def _size(sparsity: float) -> dict[str, float]:
    return {"final/nonzero_parameters": round(WEIGHTS * (1 - sparsity)), "final/prunable_parameters": WEIGHTS}


def _plan(runs: list[Any], early: bool) -> Plan:
    results = in_memory(runs)
    numbers: dict[str, int] = {}
    methods = [numbers.setdefault(_method(run), len(numbers)) for run in results.runs.to_dict("records")]
    return Plan(results, np.array(methods), early)


def _method(run: dict[str, Any]) -> str:
    """What the runs of a cell have in common. Round 0 of a ladder is its dense network."""
    if run["method.name"] == "dense" or run["label"] == "r00":
        return "dense"
    return " ".join(str(run.get(name)) for name in ("method.name", "method.allocation", "method.sparsity", "label"))


def drawn(plan: Plan, draw: np.random.Generator) -> Results:
    """The sweep with figures."""
    runs = plan.results.runs
    number = plan.methods.max() + 1
    seed_of = runs["seed"].to_numpy()
    luck = SEEDS * draw.normal(size=(number, seed_of.max() + 1))[plan.methods, seed_of]
    right = _right(plan.methods, luck, draw)
    networks = pd.Series([f"{method} {seed}" for method, seed in zip(plan.methods, seed_of)])
    first = networks.map({network: place for place, network in reversed(list(enumerate(networks)))}).to_numpy()
    right, luck = right[first], luck[first]  # equal networks are equal
    own = MOVED * HARDNESS * sqrt(OWN / VALIDATED) * draw.normal(size=number)[plan.methods]
    noise = VALIDATION * draw.normal(size=len(runs))[first]
    validation = ACCURACY + SLOPE * luck + own + noise
    figures = {"final/test_accuracy": right.mean(axis=1), "final/val_accuracy": validation}
    curves = plan.results.curves
    if plan.early:
        stops = np.clip(np.round(STOP / LOOK * np.exp(SPREAD * draw.normal(size=len(runs)))), 1, LAST / LOOK - 1) * LOOK
        early = EARLY * draw.normal(size=(2, len(runs)))[:, first]
        figures |= {"best/test_accuracy": figures["final/test_accuracy"] + early[0],
                    "convergence/early_stop_step": stops[first]}  # fmt: skip
        curves = _curves(runs["run"], stops[first], validation + early[1])
    bits = np.packbits(right, axis=1)
    examples = {run: ExampleOutcomes("test", IMAGES, row, None) for run, row in zip(runs["run"], bits)}
    return replace(plan.results, runs=runs.assign(**figures), curves=curves, examples=examples)


def _right(methods: np.ndarray, luck: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """(runs, images): whether the network gets the image right."""
    shared, own = HARDNESS * sqrt(1 - OWN), HARDNESS * sqrt(OWN)
    middle = ndtri(ACCURACY) * sqrt(1 + HARDNESS**2)
    easy = middle + shared * draw.standard_normal(IMAGES, np.float32)
    chance = easy + own * draw.standard_normal((methods.max() + 1, IMAGES), np.float32)
    return np.stack([draw.random(IMAGES, np.float32) < ndtr(chance[method] + np.float32(one))
                     for method, one in zip(methods, luck)])  # fmt: skip


def _curves(runs: pd.Series, stops: np.ndarray, validation: np.ndarray) -> pd.DataFrame:
    """Validation losses at two looks, which all have; validation accuracies at early stop."""
    losses = [pd.DataFrame({"run": runs, "metric": "val/loss", "step": step, "value": 1.0}) for step in (LOOK, LAST)]
    accuracies = pd.DataFrame({"run": runs, "metric": "val/accuracy", "step": stops.astype(int), "value": validation})
    return pd.concat([*losses, accuracies], ignore_index=True)


def sweeps(plan: Plan, number: int, seed: int = 0) -> Iterator[Results]:
    """So many drawn sweeps; the same each time."""
    for place in range(number):
        yield drawn(plan, np.random.default_rng([seed, place]))
