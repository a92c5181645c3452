"""The shapes of networks as arithmetic: which layers they have, and which widths fit a budget."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import isqrt

from workloads.models.layer import Layer


def mlp_layers(inputs: int, hidden: tuple[int, ...], outputs: int) -> tuple[Layer, ...]:
    """The layers of `models.mlp.MLP`, from input to output.

    >>> [(layer.name, layer.shape) for layer in mlp_layers(4, (3,), 2)]
    [('hidden.0', (3, 4)), ('output', (2, 3))]
    """
    names = [f"hidden.{index}" for index in range(len(hidden))] + ["output"]
    widths = [inputs, *hidden, outputs]
    return tuple(Layer(name, (out, into)) for name, (into, out) in zip(names, pairwise(widths), strict=True))


def cnn_layers(features: int, channels: Sequence[int], kernel: int, pool: int, hidden: Sequence[int], outputs: int,
               padded: bool = True) -> tuple[Layer, ...]:  # fmt: skip
    """The layers of `models.cnn.CNN`, from input to output. Raises ValueError where a block leaves no picture.

    >>> [(layer.name, layer.shape, layer.positions) for layer in cnn_layers(16, (2,), 3, 2, (), 5)]
    [('convs.0', (2, 1, 3, 3), 16), ('output', (5, 8), 1)]
    >>> [(layer.name, layer.shape, layer.positions) for layer in cnn_layers(16, (2,), 3, 2, (), 5, padded=False)]
    [('convs.0', (2, 1, 3, 3), 4), ('output', (5, 2), 1)]
    """
    lost = 0 if padded else kernel - 1  # of a picture's side, in a convolution
    side, into = isqrt(features), 1
    convs = []
    for index, width in enumerate(channels):
        side -= lost
        convs.append(Layer(f"convs.{index}", (width, into, kernel, kernel), side * side))
        side, into = side // pool, width
        if side < 1:
            taken = f"takes {lost} off for kernel {kernel} and divides the rest" if lost else "divides that"
            advice = f"use at most {index} blocks, or a smaller pool" if index else "use a smaller pool"
            raise ValueError(
                f"block {index + 1} of channels {list(channels)} pools to nothing: pictures are "
                f"{isqrt(features)} pixels wide and each block {taken} by pool {pool}; {advice}"
            )
    return (*convs, *mlp_layers(into * side * side, tuple(hidden), outputs))


def narrowed(widths: tuple[int, ...], size: Callable[[tuple[int, ...]], int], weights: int) -> tuple[int, ...]:
    """Widths whose network has as nearly as possible `weights` prunable weights, in about the old proportions.

    `size` tells how many a network has; each unit of the last width brings equally many. All widths but the last are
    scaled by one factor and rounded; the last, at most as wide as it was, is then fitted so that the count comes
    nearest. Of the factors for which it comes as near as a unit more or less allows, the one is taken that leaves the
    last width nearest to its own scale: a network with a bottleneck would be no fair control.
    Raises ValueError where one unit a layer is already more than `weights`.
    """
    thinnest = size((1,) * len(widths))
    if not widths or weights < thinnest:
        raise ValueError(f"{weights} weights are fewer than the {thinnest} of a network with one unit a layer")
    *first, last = widths
    choices = []
    for factor in _factors(first):
        scaled = tuple(max(1, round(factor * width)) for width in first)
        fixed = size((*scaled, 0))
        per_unit = size((*scaled, 1)) - fixed
        fitted = min(last, max(1, round(Fraction(weights - fixed, per_unit))))
        off = abs(fixed + per_unit * fitted - weights)
        beyond = max(Fraction(0), off - Fraction(per_unit, 2))  # more than rounding to whole units explains
        choices.append((beyond, abs(fitted - factor * last), off, (*scaled, fitted)))
    return min(choices)[-1]


def _factors(widths: list[int]) -> list[Fraction]:
    """One factor for each way in which the scaled widths can round, from thin to full."""
    jumps = {Fraction(2 * units + 1, 2 * width) for width in widths for units in range(width)}
    edges = sorted({Fraction(0), Fraction(1), *jumps})
    return [(low + high) / 2 for low, high in pairwise(edges)] + [Fraction(1)]
