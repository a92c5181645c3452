"""How many weights each layer keeps: the only truth about numbers, in exact arithmetic and without torch."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from workloads.models.layer import Layer
from workloads.script.amounts import Allocation, DenseLayers, LayerAllocation

Kept = int | dict[str, int]  # how many weights stay: of all layers together, or of each


def kept_at(layers: Sequence[Layer], sparsity: float, allocation: Allocation, dense: DenseLayers = ()) -> Kept:
    """Weights to keep at `sparsity`."""
    return total(layers, sparsity) if allocation == "global" else counts(layers, sparsity, allocation, dense)


def kept_on_the_way(
    layers: Sequence[Layer], sparsity: float, last: float, allocation: Allocation, dense: DenseLayers,
    left: Mapping[str, int],
) -> Kept:  # fmt: skip
    """Weights to keep at `sparsity` where `left` are left, by layer, and `last` is the sparsity at the end.

    Rounding can give a layer a weight more at a higher sparsity (`erk`). What is gone stays gone, so a layer keeps at
    most what it has left; and the end is exact, so it keeps at least what it has there.
    """
    if allocation == "global":
        return total(layers, sparsity)
    now, then = (counts(layers, each, allocation, dense) for each in (sparsity, last))
    return {name: min(max(count, then[name]), left[name]) for name, count in now.items()}


def total_after(left: int, rate: float, times: int = 1, least: int = 0) -> int:
    """Weights to keep of all layers together where `rate` of those that are left go, `times` in a row.

    It stops at `least`.

    >>> total_after(14, 0.2), total_after(14, 0.2, times=3, least=9)
    (11, 9)
    """
    for _ in range(times):
        left = max(left - round(Fraction(str(rate)) * left), least)
    return left


def counts_after(
    kept: Mapping[str, int], rate: float, output_rate: float | None = None, times: int = 1,
    least: Mapping[str, int] | None = None,
) -> dict[str, int]:  # fmt: skip
    """The same layer by layer, from input to output. The last one loses `output_rate` of its own, where that is given.

    >>> counts_after({"a": 10, "b": 4}, 0.2, output_rate=0.1), counts_after({"a": 10}, 0.2, times=3, least={"a": 7})
    ({'a': 8, 'b': 4}, {'a': 7})
    """
    rates, floors = dict.fromkeys(kept, rate), least or dict.fromkeys(kept, 0)
    if output_rate is not None:
        rates[list(kept)[-1]] = output_rate
    return {name: total_after(count, rates[name], times, floors[name]) for name, count in kept.items()}


def total(layers: Sequence[Layer], sparsity: float) -> int:
    """Weights to keep of all layers together: N - round_half_even(s N).

    >>> total([Layer("a", (2, 5))], 0.25)
    8
    """
    size = sum(layer.size for layer in layers)
    return size - round(Fraction(str(sparsity)) * size)


def counts(
    layers: Sequence[Layer], sparsity: float, allocation: LayerAllocation, dense: DenseLayers = ()
) -> dict[str, int]:
    """Weights to keep per layer.

    `uniform`: n - round_half_even(s n) in each layer. `erk`: layer densities in proportion to
    sum(shape) / product(shape) (Evci et al. 2020, appendix), at most 1, with an exact total. Layers named in
    `dense` are kept whole and the other layers make up for it.
    Raises ValueError where the other layers hold fewer weights than must go.

    >>> counts([Layer("a", (2, 5)), Layer("b", (2, 2))], 0.5, "uniform")
    {'a': 5, 'b': 2}
    """
    whole = {{"first": layers[0], "last": layers[-1]}[end].name for end in dense}
    free = [layer for layer in layers if layer.name not in whole]
    size, free_size = (sum(layer.size for layer in some) for some in (layers, free))
    removed = Fraction(str(sparsity)) * size  # all of it from the free layers
    if removed > free_size:
        raise ValueError(
            f"dense_layers {list(dense)} keep {size - free_size} weights, more than the "
            f"{total(layers, sparsity)} of {size} that sparsity {sparsity} leaves; "
            "lower the sparsity or name fewer dense_layers"
        )
    kept = ALLOCATIONS[allocation](free, removed) if free else {}
    return {layer.name: kept.get(layer.name, layer.size) for layer in layers}


def _uniform(layers: Sequence[Layer], removed: Fraction) -> dict[str, int]:
    rate = removed / sum(layer.size for layer in layers)
    return {layer.name: layer.size - round(rate * layer.size) for layer in layers}


def _erk(layers: Sequence[Layer], removed: Fraction) -> dict[str, int]:
    budget = sum(layer.size for layer in layers) - round(removed)
    density = _erk_densities(layers, Fraction(budget))
    kept = {layer.name: round(density[layer.name] * layer.size) for layer in layers}
    if short := budget - sum(kept.values()):  # rounding moved the total: the largest layer that is not full has room
        largest = max((layer for layer in layers if density[layer.name] < 1), key=lambda layer: layer.size)
        kept[largest.name] += short
    return kept


def _erk_densities(layers: Sequence[Layer], budget: Fraction) -> dict[str, Fraction]:
    """Densities in proportion to `raw`; while a layer would exceed 1, those nearest to it are made whole instead."""
    raw = {layer.name: Fraction(sum(layer.shape), layer.size) for layer in layers}
    full: set[str] = set()
    while True:
        free = [layer for layer in layers if layer.name not in full]
        if not free:
            return {layer.name: Fraction(1) for layer in layers}
        left = budget - sum(layer.size for layer in layers if layer.name in full)
        scale = left / sum(raw[layer.name] * layer.size for layer in free)
        highest = max(raw[layer.name] for layer in free)
        if scale * highest <= 1:
            return {layer.name: Fraction(1) if layer.name in full else scale * raw[layer.name] for layer in layers}
        full |= {layer.name for layer in free if raw[layer.name] == highest}


ALLOCATIONS = {"uniform": _uniform, "erk": _erk}
