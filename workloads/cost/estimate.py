"""The cost of a trial before it runs: optimizer steps and floating-point operations exactly, seconds roughly."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any, Self

from workloads.cost.operations import dense_gradient_flops, forward_flops, training_flops
from workloads.itinerary import Run, runs
from workloads.models.layer import Layer
from workloads.pruning.allocation import counts, counts_after, kept_by_layer, total, total_after, units_left
from workloads.pruning.row_groups import groups_of
from workloads.script.paths import NetworkPath
from workloads.script.phases import Narrow, Reinitialize, Rescale, Rewind, Shrink, Shuffle, Train
from workloads.script.removals import Cut, Prune, RemoveUnits, SolveLayers
from workloads.script.rules import PruningRule
from workloads.tasks.workload import Workload
from workloads.trial import Trial

STARTUP = 2.5  # seconds for the process, its imports and the data
STEP_OVERHEAD = 0.9e-3  # seconds per step, independent of network and batch size
TRAINING_SPEED = 2.0e11  # FLOPs per second, from 1.4 and 1.9 ms per step of LeNet-300-100 at batch sizes 64 and 128
EVALUATION_SPEED = 1.2e11  # FLOPs per second, from 45 ms for 10,000 examples of LeNet-300-100


@dataclass(frozen=True)
class Cost:
    """The cost of one trial."""

    steps: int  # optimizer steps
    training_flops: int  # floating-point operations without those of removed weights; see EFFECTS
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
    """The cost of a path of phases so far."""

    workload: Workload  # a smaller one if a phase made it smaller
    layers: tuple[Layer, ...]  # of `workload`
    counts: Mapping[str, int]  # layer name -> weights left; with global ranking, the same fraction of each is assumed
    total: int  # weights left over all layers, exactly
    steps: int = 0  # optimizer steps
    flops: int = 0  # of all steps at batch size 1, without removed weights
    dense_flops: int = 0  # of all steps at batch size 1, with removed weights, whose zeros masked kernels multiply
    looks: int = 0  # that rules ask for
    units: tuple[int, ...] | None = None  # that masks leave of each block; None: all

    @property
    def dense_forward(self) -> int:
        """Operations of one example forward through the network, zeros included."""
        return forward_flops(self.layers, _sizes(self.layers), self.workload.unpruned)


def cost(trial: Trial) -> Cost:
    """The cost of a trial, computed from its phases. Raises ValueError if a phase is impossible.

    `estimated_seconds` is for one CPU thread of the two-core machine on which the constants above were measured. It
    ignores structure looks and what shared stages and sparse kernels save. Expect an error of a factor of two, and more
    on other machines: it distinguishes minutes from days.
    """
    startup = Cost(0, 0, STARTUP)
    return sum((run_cost(trial.workload, run) for run in runs(trial.phases)), startup)


def run_cost(workload: Workload, run: Run) -> Cost:
    """The cost of one run without the steps of earlier runs on its path."""
    return cost_of(workload, run.path) - cost_of(workload, run.before)


def cost_of(workload: Workload, path: NetworkPath) -> Cost:
    """The cost of a path from its first step; `estimated_seconds` covers training and looks only."""
    tally = _tally(workload.model_copy(update={"training": None, "measure": None}), path)
    batch = workload.training.batch_size
    looks = -(-tally.steps // workload.measure.evaluate_every) + tally.looks
    # validation and test splits forward, the probe forward and backward
    look_flops = tally.dense_forward * workload.measured_size + 3 * tally.dense_forward * workload.measure.probe
    training_seconds = STEP_OVERHEAD * tally.steps + tally.dense_flops * batch / TRAINING_SPEED
    seconds = training_seconds + looks * look_flops / EVALUATION_SPEED
    return Cost(tally.steps, tally.flops * batch, round(seconds, 3))


@lru_cache(maxsize=65_536)
def _tally(network: Workload, path: NetworkPath) -> PathCost:
    """Cached, so that paths with a common beginning share its arithmetic."""
    if path.before is None or path.phase is None:
        return _dense(network)
    return EFFECTS[path.phase.name](_tally(network, path.before), path.phase)


def _dense(network: Workload) -> PathCost:
    """The empty path of a dense network."""
    sizes = _sizes(network.layers)
    return PathCost(network, network.layers, sizes, sum(sizes.values()))


def _train(tally: PathCost, phase: Train) -> PathCost:
    """Training between the updates of its rule.

    If the data decide when a rule prunes, the latest position is assumed, which gives the highest cost."""
    rule = phase.rule
    looks = rule.looks if rule else frozenset()
    updates = [stop for stop in (rule.positions if rule else ()) if phase.start < stop <= phase.stop]
    tally = replace(tally, looks=tally.looks + len(looks.intersection(updates)))
    for start, stop in pairwise((phase.start, *updates, phase.stop)):
        steps = stop - start
        if isinstance(rule, PruningRule) and start > phase.start:
            tally = _at_sparsity(tally, rule, rule.sparsity_at(start))
        flops = steps * training_flops(tally.layers, tally.counts, tally.workload.unpruned)
        if rule and (dense := rule.dense_gradients(start, stop)):
            flops += dense * dense_gradient_flops(tally.layers, tally.counts)
        tally = replace(
            tally,
            steps=tally.steps + steps,
            flops=tally.flops + flops,
            dense_flops=tally.dense_flops + steps * 3 * tally.dense_forward,
        )
    return tally


def _prune(tally: PathCost, phase: Prune) -> PathCost:
    if phase.to is not None or phase.pattern is not None:
        return _remove(tally, phase)
    rate = phase.rate or 0.0
    output_rate = phase.output_rate if tally.workload.has_prunable_output else None
    floor = None if phase.limit is None else _at_sparsity(tally, phase, phase.limit)
    layer_counts = counts_after(tally.counts, rate, output_rate, phase.times, floor.counts if floor else None)
    is_global = phase.allocation == "global"
    least = floor.total if floor else 0
    count = total_after(tally.total, rate, phase.times, least) if is_global else sum(layer_counts.values())
    if count == tally.total:
        raise ValueError(
            f"a round at rate {rate:g} removes nothing more once {count:,} weights are left; "
            "give fewer rounds or a higher rate"
        )
    if not is_global and (empty := [name for name, count in layer_counts.items() if not count]):
        raise ValueError(
            f"a round at rate {rate:g} leaves none of the {tally.counts[empty[0]]:,} weights that "
            f"{empty[0]} has left; give fewer rounds or a lower rate"
        )
    return replace(tally, counts=layer_counts, total=count)


def _remove(tally: PathCost, phase: Prune | SolveLayers) -> PathCost:
    """The path after a phase that says what is left at its end. The seconds that solving takes are left out."""
    if phase.pattern is not None:
        layer_counts = kept_by_layer(groups_of(tally.layers, phase.pattern))
        return replace(tally, counts=layer_counts, total=sum(layer_counts.values()))
    sparsity = phase.to or 0.0
    if total(tally.layers, sparsity) == 0:
        size = sum(layer.size for layer in tally.layers)
        raise ValueError(f"sparsity {sparsity} leaves none of {size:,} weights; lower it")
    return _at_sparsity(tally, phase, sparsity)


def _at_sparsity(tally: PathCost, pruning: Prune | SolveLayers | PruningRule, sparsity: float) -> PathCost:
    """The same path after pruning to `sparsity`. A global ranking is assumed to prune each layer alike."""
    allocation = "uniform" if pruning.allocation == "global" else pruning.allocation
    dense = () if isinstance(pruning, SolveLayers) else pruning.dense_layers
    layer_counts = counts(tally.layers, sparsity, allocation, dense)
    is_global = pruning.allocation == "global"
    count = total(tally.layers, sparsity) if is_global else sum(layer_counts.values())
    return replace(tally, counts=layer_counts, total=count)


def _cut(tally: PathCost, phase: Cut) -> PathCost:
    """Only the weights decide how many a threshold removes: none is assumed."""
    del phase
    return tally


def _remove_units(tally: PathCost, phase: RemoveUnits) -> PathCost:
    """A global ranking is assumed to remove the same fraction of each block's units."""
    now = tally.units or tuple(block.count for block in tally.workload.units())
    units = tuple(map(min, now, units_left(tally.workload, phase)))
    before, after = (_sizes(tally.workload.with_units(each).layers) for each in (now, units))
    left = {name: round(Fraction(count * after[name], before[name])) for name, count in tally.counts.items()}
    return replace(tally, counts=left, total=sum(left.values()), units=units)


def _shrink(tally: PathCost, phase: Shrink) -> PathCost:
    """Masked units go. Only the weights tell which other units are dead: none is assumed."""
    del phase
    workload = tally.workload if tally.units is None else tally.workload.with_units(tally.units)
    return replace(tally, workload=workload, layers=workload.layers, units=None)


def _narrow(tally: PathCost, phase: Narrow) -> PathCost:
    return _dense(tally.workload.narrowed(total(tally.layers, phase.to)))


def _unchanged(tally: PathCost, phase: Shuffle | Rescale | Reinitialize | Rewind) -> PathCost:
    """These phases change weights or masks, but no number of weights."""
    del phase
    return tally


def _sizes(layers: Sequence[Layer]) -> dict[str, int]:
    return {layer.name: layer.size for layer in layers}


EFFECTS: dict[str, Callable[[PathCost, Any], PathCost]] = {  # phase name -> function; phases on a path only
    "train": _train,
    "prune": _prune,
    "solve_layers": _remove,
    "cut": _cut,
    "remove_units": _remove_units,
    "narrow": _narrow,
    "shuffle": _unchanged,
    "rescale": _unchanged,
    "shrink": _shrink,
    "reinitialize": _unchanged,
    "rewind": _unchanged,
}
