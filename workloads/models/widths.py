"""The shapes of networks: their layers, and the widths that fit a number of weights."""

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
    return tuple(Layer(name, (rows, columns)) for name, (columns, rows) in zip(names, pairwise(widths), strict=True))


def cnn_layers(features: int, channels: Sequence[int], kernel: int, pool: int, hidden: Sequence[int], outputs: int,
               padded: bool = True) -> tuple[Layer, ...]:  # fmt: skip
    """The layers of `models.cnn.CNN`, from input to output. Raises ValueError if a block reduces the image to nothing.

    >>> [(layer.name, layer.shape, layer.positions) for layer in cnn_layers(16, (2,), 3, 2, (), 5)]
    [('convs.0', (2, 1, 3, 3), 16), ('output', (5, 8), 1)]
    >>> [(layer.name, layer.shape, layer.positions) for layer in cnn_layers(16, (2,), 3, 2, (), 5, padded=False)]
    [('convs.0', (2, 1, 3, 3), 4), ('output', (5, 2), 1)]
    """
    border = 0 if padded else kernel - 1  # pixels by which a convolution shortens the image's side
    side, depth = isqrt(features), 1
    convs = []
    for index, width in enumerate(channels):
        side -= border
        convs.append(Layer(f"convs.{index}", (width, depth, kernel, kernel), side * side))
        side, depth = side // pool, width
        if side < 1:
            change = f"takes {border} off for kernel {kernel} and divides the rest" if border else "divides that"
            advice = f"use at most {index} blocks, or a smaller pool" if index else "use a smaller pool"
            raise ValueError(
                f"block {index + 1} of channels {list(channels)} pools to nothing: images are "
                f"{isqrt(features)} pixels wide and each block {change} by pool {pool}; {advice}"
            )
    return (*convs, *mlp_layers(depth * side * side, tuple(hidden), outputs))


def narrowed(widths: tuple[int, ...], size: Callable[[tuple[int, ...]], int], weights: int) -> tuple[int, ...]:
    """Widths of a narrower network with as close as possible to `weights` prunable weights, in similar proportions.

    `size` gives the number of prunable weights for given widths; it is linear in the last width. All widths but the
    last are scaled by one factor and rounded. The last width, at most its old value, is then fitted so that the number
    comes closest. Several factors can miss `weights` by no more than half a unit of the last layer: among these, the
    factor wins that leaves the last width closest to its own scale, since a bottleneck makes no fair control.
    Raises ValueError if one unit per layer already needs more than `weights`.
    """
    thinnest = size((1,) * len(widths))
    if not widths or weights < thinnest:
        raise ValueError(f"{weights} weights are fewer than the {thinnest} of a network with one unit a layer")
    *first, last = widths
    choices = []
    for factor in _factors(first):
        inner = tuple(max(1, round(factor * width)) for width in first)
        fixed = size((*inner, 0))
        per_unit = size((*inner, 1)) - fixed
        outer = min(last, max(1, round(Fraction(weights - fixed, per_unit))))
        error = abs(fixed + per_unit * outer - weights)
        excess = max(Fraction(0), error - Fraction(per_unit, 2))  # beyond the rounding to whole units
        choices.append((excess, abs(outer - factor * last), error, (*inner, outer)))
    return min(choices)[-1]


def _factors(widths: list[int]) -> list[Fraction]:
    """Factors from 0 to 1, one for each combination of rounded widths that scaling can give."""
    jumps = {Fraction(2 * units + 1, 2 * width) for width in widths for units in range(width)}
    edges = sorted({Fraction(0), Fraction(1), *jumps})
    return [(low + high) / 2 for low, high in pairwise(edges)] + [Fraction(1)]
