"""Allocation: how many weights each layer keeps, in exact arithmetic and without torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from workloads.models.layer import Layer
from workloads.pruning.row_groups import RowGroups, groups_of, rows_at
from workloads.script.amounts import DenseLayers, RowAllocation
from workloads.script.patterns import NOfM

if TYPE_CHECKING:
    from workloads.script.removals import RemoveUnits
    from workloads.tasks.workload import Workload

LayerBudget = Mapping[str, int] | Mapping[str, RowGroups]  # layer name -> number of weights to keep, or groups of them
Budget = int | LayerBudget  # an int: the number over all layers


def budget_at(layers: Sequence[Layer], sparsity: float, allocation: RowAllocation, dense: DenseLayers = ()) -> Budget:
    """The weights to keep at `sparsity`. Raises ValueError as `counts`."""
    if allocation == "global":
        return total(layers, sparsity)
    return rows_at(layers, sparsity) if allocation == "per_row" else counts(layers, sparsity, allocation, dense)


def budget_of(
    layers: Sequence[Layer], sparsity: float | None, pattern: NOfM | None, allocation: RowAllocation
) -> Budget:
    """What a pattern keeps, or else `budget_at` the sparsity. Raises ValueError as `groups_of`."""
    return budget_at(layers, sparsity or 0.0, allocation) if pattern is None else groups_of(layers, pattern)


def budget_on_the_way(
    layers: Sequence[Layer], sparsity: float, last: float, allocation: RowAllocation, dense: DenseLayers,
    current: Mapping[str, int],
) -> Budget:  # fmt: skip
    """The number of weights to keep at `sparsity`, on the way to the sparsity `last`.

    `current` are the numbers of weights now, by layer. With `erk`, rounding can give a layer one weight more at a
    higher sparsity. But removed weights do not come back, so a layer, or the network, keeps at most its current number;
    and the end is exact, so a layer keeps at least its number at `last`.
    """
    if allocation == "global":
        return min(total(layers, sparsity), sum(current.values()))
    middle, end = (counts(layers, level, allocation, dense) for level in (sparsity, last))
    return {name: min(max(count, end[name]), current[name]) for name, count in middle.items()}


def total_after(count: int, rate: float, times: int = 1, least: int = 0) -> int:
    """The number of weights left of `count` after removing the fraction `rate` of the remaining ones, `times` times.

    It never falls below `least`.

    >>> total_after(14, 0.2), total_after(14, 0.2, times=3, least=9)
    (11, 9)
    """
    for _ in range(times):
        count = max(count - round(Fraction(str(rate)) * count), least)
    return count


def kept_by_layer(groups: Mapping[str, RowGroups]) -> dict[str, int]:
    """Layer name -> number of weights that its groups keep."""
    return {name: group.total for name, group in groups.items()}


def counts_after(
    current: Mapping[str, int], rate: float, output_rate: float | None = None, times: int = 1,
    least: Mapping[str, int] | None = None,
) -> dict[str, int]:  # fmt: skip
    """`total_after` for each layer, from input to output. `output_rate` replaces `rate` in the last layer.

    >>> counts_after({"a": 10, "b": 4}, 0.2, output_rate=0.1), counts_after({"a": 10}, 0.2, times=3, least={"a": 7})
    ({'a': 8, 'b': 4}, {'a': 7})
    """
    rates, floors = dict.fromkeys(current, rate), least or dict.fromkeys(current, 0)
    if output_rate is not None:
        rates[list(current)[-1]] = output_rate
    return {name: total_after(count, rates[name], times, floors[name]) for name, count in current.items()}


def units_after(counts: Sequence[int], ratio: float) -> tuple[int, ...]:
    """The numbers of units left after removing the fraction `ratio` of each number; at least one unit stays of each.

    >>> units_after((10, 5, 1), 0.5), units_after((4,), 0.99)
    ((5, 3, 1), (1,))
    """
    return tuple(max(1, count - round(Fraction(str(ratio)) * count)) for count in counts)


def units_left(workload: Workload, phase: RemoveUnits) -> tuple[int, ...]:
    """The number of units that a removal leaves in each block; with a global ranking, if each block lost as many.

    Raises ValueError where a sparsity leaves fewer weights than one unit in each block has, and for a network without
    hidden units."""
    blocks = workload.units()
    if not blocks:
        raise ValueError(f"{workload.name} has no hidden units that could be removed; give it a hidden layer")
    if phase.to is not None:
        return workload.units_for(total(workload.layers, phase.to))
    return units_after([block.count for block in blocks], phase.ratio or 0.0)


def total(layers: Sequence[Layer], sparsity: float) -> int:
    """The number of weights to keep over all layers: N - round_half_even(s N).

    >>> total([Layer("a", (2, 5))], 0.25)
    8
    """
    size = sum(layer.size for layer in layers)
    return size - round(Fraction(str(sparsity)) * size)


def counts(
    layers: Sequence[Layer], sparsity: float, allocation: Literal["uniform", "erk", "per_row"], dense: DenseLayers = ()
) -> dict[str, int]:
    """The number of weights to keep, by layer.

    `uniform`: n - round_half_even(s n) in each layer. `per_row`: see `rows_at`.
    `erk`: densities proportional to sum(shape) / product(shape)
    (Evci et al. 2020, appendix), at most 1, with an exact total. Layers named in `dense` keep all their weights, and
    the other layers lose more instead.
    Raises ValueError if the other layers hold fewer weights than must be removed.

    >>> counts([Layer("a", (2, 5)), Layer("b", (2, 2))], 0.5, "uniform")
    {'a': 5, 'b': 2}
    """
    if allocation == "per_row":
        return kept_by_layer(rows_at(layers, sparsity))
    whole = {{"first": layers[0], "last": layers[-1]}[end].name for end in dense}
    free = [layer for layer in layers if layer.name not in whole]
    size, free_size = (sum(layer.size for layer in group) for group in (layers, free))
    removed = Fraction(str(sparsity)) * size  # all of it from the free layers
    if removed > free_size:
        raise ValueError(
            f"dense_layers {list(dense)} keep {size - free_size} weights, more than the "
            f"{total(layers, sparsity)} of {size} that sparsity {sparsity} leaves; "
            "lower the sparsity or name fewer dense_layers"
        )
    shares = ALLOCATIONS[allocation](free, removed) if free else {}
    return {layer.name: shares.get(layer.name, layer.size) for layer in layers}


def _uniform(layers: Sequence[Layer], removed: Fraction) -> dict[str, int]:
    rate = removed / sum(layer.size for layer in layers)
    return {layer.name: layer.size - round(rate * layer.size) for layer in layers}


def _erk(layers: Sequence[Layer], removed: Fraction) -> dict[str, int]:
    budget = sum(layer.size for layer in layers) - round(removed)
    density = _erk_densities(layers, Fraction(budget))
    shares = {layer.name: round(density[layer.name] * layer.size) for layer in layers}
    if rest := budget - sum(shares.values()):  # rounding changed the total: correct the largest layer that is not full
        largest = max((layer for layer in layers if density[layer.name] < 1), key=lambda layer: layer.size)
        shares[largest.name] += rest
    return shares


def _erk_densities(layers: Sequence[Layer], budget: Fraction) -> dict[str, Fraction]:
    """Densities proportional to `raw`. While a density would exceed 1, the layers with the highest are set to 1."""
    raw = {layer.name: Fraction(sum(layer.shape), layer.size) for layer in layers}
    full: set[str] = set()
    while True:
        free = [layer for layer in layers if layer.name not in full]
        if not free:
            return {layer.name: Fraction(1) for layer in layers}
        rest = budget - sum(layer.size for layer in layers if layer.name in full)
        scale = rest / sum(raw[layer.name] * layer.size for layer in free)
        highest = max(raw[layer.name] for layer in free)
        if scale * highest <= 1:
            return {layer.name: Fraction(1) if layer.name in full else scale * raw[layer.name] for layer in layers}
        full |= {layer.name for layer in free if raw[layer.name] == highest}


ALLOCATIONS = {"uniform": _uniform, "erk": _erk}
