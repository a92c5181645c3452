"""How many weights each layer keeps: the only truth about numbers, in exact arithmetic and without torch."""

from collections.abc import Sequence
from fractions import Fraction

from workloads.pruning.phases import Allocation, DenseLayers
from workloads.workload import Layer


def counts(layers: Sequence[Layer], sparsity: float, allocation: Allocation, dense: DenseLayers = ()) -> dict[str, int]:
    """Weights to keep per layer.

    `uniform`: n - round_half_even(s n) in each layer. `erk`: layer densities in proportion to
    sum(shape) / product(shape) (Evci et al. 2020, appendix), at most 1, with an exact total. Layers named in
    `dense` are kept whole and the other layers make up for it.
    Raises ValueError where the dense layers alone hold more than may be kept.

    >>> counts([Layer("a", (2, 5)), Layer("b", (2, 2))], 0.5, "uniform")
    {'a': 5, 'b': 2}
    """
    exact = Fraction(str(sparsity))
    whole = {{"first": layers[0], "last": layers[-1]}[end].name for end in dense}
    free = [layer for layer in layers if layer.name not in whole]
    total = sum(layer.size for layer in layers)
    kept_whole = sum(layer.size for layer in layers if layer.name in whole)
    budget = (1 - exact) * total - kept_whole  # for the free layers
    if budget < 0:
        raise ValueError(f"dense_layers {list(dense)} keep {kept_whole} weights, more than the {float((1 - exact) * total):g} "
                         f"that sparsity {sparsity} leaves of {total}; lower the sparsity or let dense_layers go")
    kept = ALLOCATIONS[allocation](free, budget)
    return {layer.name: layer.size if layer.name in whole else kept[layer.name] for layer in layers}


def _uniform(layers: Sequence[Layer], budget: Fraction) -> dict[str, int]:
    size = sum(layer.size for layer in layers)
    removed = 1 - budget / size if size else Fraction(0)
    return {layer.name: layer.size - round(removed * layer.size) for layer in layers}


def _erk(layers: Sequence[Layer], budget: Fraction) -> dict[str, int]:
    density = _erk_densities(layers, budget)
    kept = {layer.name: round(density[layer.name] * layer.size) for layer in layers}
    short = round(budget) - sum(kept.values())
    if short:  # rounding moved the total by a weight or two: the largest layer that is not full has room for them
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
