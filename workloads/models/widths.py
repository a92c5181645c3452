"""The shapes of a multi-layer perceptron as arithmetic: which layers it has, and which widths fit a budget."""

from fractions import Fraction

from workloads.workload import Layer


def mlp_layers(inputs: int, hidden: tuple[int, ...], outputs: int) -> tuple[Layer, ...]:
    """The layers of `models.mlp.MLP`, from input to output.

    >>> [(layer.name, layer.shape) for layer in mlp_layers(4, (3,), 2)]
    [('hidden.0', (3, 4)), ('output', (2, 3))]
    """
    names = [f"hidden.{index}" for index in range(len(hidden))] + ["output"]
    widths = [inputs, *hidden, outputs]
    return tuple(Layer(name, (out, into)) for name, into, out in zip(names, widths, widths[1:]))


def narrowed(inputs: int, hidden: tuple[int, ...], outputs: int, weights: int) -> tuple[int, ...]:
    """Hidden widths whose network has as nearly as possible `weights` prunable weights, in about the old proportions.

    All widths but the last are scaled by one factor and rounded; the last, at most as wide as it was, is then fitted
    so that the count comes nearest. Of the factors for which it comes as near as a unit more or less allows, the one
    is taken that leaves the last width nearest to its own scale: a network with a bottleneck would be no fair control.
    Raises ValueError where one unit a layer is already more than `weights`.
    """
    thinnest = sum(layer.size for layer in mlp_layers(inputs, (1,) * len(hidden), outputs))
    if not hidden or weights < thinnest:
        raise ValueError(f"{weights} weights are fewer than the {thinnest} of a network with one unit a layer")
    *first, last = hidden
    choices = []
    for factor in _factors(first):
        widths = tuple(max(1, round(factor * width)) for width in first)
        into = (inputs, *widths)
        fixed = sum(a * b for a, b in zip(into, into[1:]))
        per_unit = into[-1] + outputs  # weights that one more unit of the last hidden layer brings
        fitted = min(last, max(1, round(Fraction(weights - fixed, per_unit))))
        off = abs(fixed + per_unit * fitted - weights)
        beyond = max(Fraction(0), off - Fraction(per_unit, 2))  # more than rounding to whole units explains
        choices.append((beyond, abs(fitted - factor * last), off, (*widths, fitted)))
    return min(choices)[-1]


def _factors(widths: list[int]) -> list[Fraction]:
    """One factor for each way in which the scaled widths can round, from thin to full."""
    jumps = {Fraction(2 * units + 1, 2 * width) for width in widths for units in range(width)}
    edges = sorted({Fraction(0), Fraction(1), *jumps})
    return [(low + high) / 2 for low, high in zip(edges, edges[1:])] + [Fraction(1)]
