"""What a trial will take: optimizer steps and floating-point operations exactly, seconds roughly."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, Self

from workloads.cost.operations import forward_flops, training_flops
from workloads.itinerary import Run, runs
from workloads.models.layer import Layer
from workloads.pruning.allocation import counts, counts_after, total, total_after
from workloads.script.paths import NetworkPath
from workloads.script.phases import Cut, Narrow, Prune, Reinitialize, Rescale, Rewind, Shuffle, Train
from workloads.script.rules import PruningRule
from workloads.tasks.workload import Workload
from workloads.trial import Trial

START = 2.5  # seconds: a process, its imports and the data
PER_STEP = 0.9e-3  # seconds of a step that do not depend on the network: what a batch of none would take
TRAINED = 2.0e11  # FLOPs a second in training, from 1.4 and 1.9 ms a step of LeNet-300-100 at batches of 64 and 128
EVALUATED = 1.2e11  # FLOPs a second in evaluation, from 45 ms for 10,000 examples of LeNet-300-100


@dataclass(frozen=True)
class Cost:
    """What one trial takes."""

    steps: int  # optimizer steps
    training_flops: int  # floating-point operations, those with removed weights left out; see _kept, _cut and _train
    estimated_seconds: float

    def __add__(self, other: Self) -> Self:
        return self._with(other, 1)

    def __sub__(self, other: Self) -> Self:
        return self._with(other, -1)

    def _with(self, other: Self, sign: int) -> Self:
        return type(self)(
            self.steps + sign * other.steps,
            self.training_flops + sign * other.training_flops,
            round(self.estimated_seconds + sign * other.estimated_seconds, 3),
        )


@dataclass(frozen=True)
class PathCost:
    """What a script of phases has come to so far."""

    workload: Workload  # a narrowed one once a phase has narrowed it
    layers: tuple[Layer, ...]  # its own
    kept: Mapping[str, int]  # weights per layer; where all are ranked together, as if each lost the same share
    left: int  # weights, exactly
    steps: int = 0
    flops: int = 0  # of all steps at a batch of one, removed weights left out
    dense_flops: int = 0  # the same with the removed weights, which are zeros and multiplied all the same
    looks: int = 0  # that rules ask for

    @property
    def dense_forward(self) -> int:
        """Operations of one example through the network, zeros multiplied."""
        return forward_flops(self.layers, _whole(self.layers), self.workload.unpruned)


def cost(trial: Trial) -> Cost:
    """The cost of a trial from its phases alone. Raises ValueError where they cannot be carried out.

    `estimated_seconds` is meant for one CPU thread of the two-core machine on which the constants above were found.
    It leaves out the structure looks; what others have trained before is left out in savings. Expect it to be off by
    a factor of two, on other machines by more: it tells minutes from days.
    """
    begun = Cost(0, 0, START)
    return sum((run_cost(trial.workload, run) for run in runs(trial.phases)), begun)


def run_cost(workload: Workload, run: Run) -> Cost:
    """The cost of one run, from where it begins: what earlier runs have trained is not trained again."""
    return cost_of(workload, run.path) - cost_of(workload, run.before)


def cost_of(workload: Workload, path: NetworkPath) -> Cost:
    """The cost of a path from the first weights on; `estimated_seconds` are those of training and looks alone."""
    tally = _tally(workload.model_copy(update={"training": None, "measure": None}), path)
    batch = workload.training.batch_size
    looks = -(-tally.steps // workload.measure.evaluate_every) + tally.looks
    # validation and test forward, the probe forward and backward
    look_flops = tally.dense_forward * workload.measured_size + 3 * tally.dense_forward * workload.measure.probe
    training = PER_STEP * tally.steps + tally.dense_flops * batch / TRAINED
    seconds = training + looks * look_flops / EVALUATED
    return Cost(tally.steps, tally.flops * batch, round(seconds, 3))


@lru_cache(maxsize=65_536)
def _tally(network: Workload, path: NetworkPath) -> PathCost:
    """A pure function of the network and its path: what goes on from the same network shares the arithmetic."""
    if path.before is None or path.phase is None:
        return _dense(network)
    return EFFECTS[path.phase.name](_tally(network, path.before), path.phase)


def _dense(network: Workload) -> PathCost:
    """Before the first step."""
    layers = network.layers
    whole = _whole(layers)
    return PathCost(network, layers, whole, sum(whole.values()))


def _train(tally: PathCost, phase: Train) -> PathCost:
    """Where data decide when a rule prunes, it is taken to do so as late as it can, which is the most it can cost."""
    rule = phase.rule
    looks = rule.looks if rule else frozenset()
    updates = [stop for stop in (rule.positions if rule else ()) if phase.start < stop <= phase.stop]
    tally = replace(tally, looks=tally.looks + len(looks.intersection(updates)))
    for start, stop in pairwise((phase.start, *updates, phase.stop)):
        steps = stop - start
        kept, left = tally.kept, tally.left
        if isinstance(rule, PruningRule) and start > phase.start:
            kept, left = _kept(tally, rule, rule.sparsity_at(start))
        tally = replace(
            tally,
            kept=kept,
            left=left,
            steps=tally.steps + steps,
            flops=tally.flops + steps * training_flops(tally.layers, kept, tally.workload.unpruned),
            dense_flops=tally.dense_flops + steps * 3 * tally.dense_forward,
        )
    return tally


def _prune(tally: PathCost, phase: Prune) -> PathCost:
    if phase.to is not None:
        if total(tally.layers, phase.to) == 0:
            size = sum(layer.size for layer in tally.layers)
            raise ValueError(f"sparsity {phase.to} leaves none of {size:,} weights; lower it")
        kept, left = _kept(tally, phase, phase.to)
        return replace(tally, kept=kept, left=left)
    rate = phase.rate or 0.0
    output_rate = phase.output_rate if tally.workload.has_prunable_output else None
    least, fewest = (None, 0) if phase.limit is None else _kept(tally, phase, phase.limit)
    kept = counts_after(tally.kept, rate, output_rate, phase.times, least)  # see _kept
    is_global = phase.allocation == "global"
    left = total_after(tally.left, rate, phase.times, fewest) if is_global else sum(kept.values())
    if left == tally.left:
        raise ValueError(
            f"a round at rate {rate:g} removes nothing more once {left:,} weights are left; "
            "give fewer rounds or a higher rate"
        )
    if not is_global and (empty := [name for name, count in kept.items() if not count]):
        raise ValueError(
            f"a round at rate {rate:g} leaves none of the {tally.kept[empty[0]]:,} weights that "
            f"{empty[0]} has left; give fewer rounds or a lower rate"
        )
    return replace(tally, kept=kept, left=left)


def _kept(tally: PathCost, how: Prune | PruningRule, sparsity: float) -> tuple[dict[str, int], int]:
    """Weights of each layer and of all. Where scores decide over all together, the same share of each is assumed."""
    allocation = "uniform" if how.allocation == "global" else how.allocation
    kept = counts(tally.layers, sparsity, allocation, how.dense_layers)
    return kept, total(tally.layers, sparsity) if how.allocation == "global" else sum(kept.values())


def _cut(tally: PathCost, phase: Cut) -> PathCost:
    """What a threshold leaves is only known once it has cut: nothing is assumed to go."""
    del phase
    return tally


def _narrow(tally: PathCost, phase: Narrow) -> PathCost:
    return _dense(tally.workload.narrowed(total(tally.layers, phase.to)))


def _as_many(tally: PathCost, phase: Shuffle | Rescale | Reinitialize | Rewind) -> PathCost:
    """Other weights, or others of them kept, but as many."""
    del phase
    return tally


def _whole(layers: Sequence[Layer]) -> dict[str, int]:
    return {layer.name: layer.size for layer in layers}


EFFECTS: dict[str, Callable[[PathCost, Any], PathCost]] = {  # of the phases that a path is made of
    "train": _train,
    "prune": _prune,
    "cut": _cut,
    "narrow": _narrow,
    "shuffle": _as_many,
    "rescale": _as_many,
    "reinitialize": _as_many,
    "rewind": _as_many,
}
