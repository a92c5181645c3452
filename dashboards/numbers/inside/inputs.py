"""The places in the picture of the weights that a sparse first layer keeps."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.inside.layers import natural
from dashboards.numbers.inside.random_masks import random_masks
from dashboards.read.masks import Masks
from dashboards.read.results import Results
from dashboards.read.series import Series

SIDES = {"mnist": 28, "fashion-mnist": 28, "digits-28x28": 28, "digits": 8}  # pixels, by the data set's declared name
CENTRE = 2  # the middle 1/2 of the rows and of the columns
BORDER = 8  # within 1/8 of the rows or of the columns from the edge


@dataclass(frozen=True)
class Inputs:
    """The first layer of one cell: a Linear layer on a square picture, pixel by pixel and row by row."""

    series: Series
    sparsity: float  # of the whole network, as planned
    round: int | None  # of a ladder
    seeds: int
    weights: np.ndarray  # remaining weights per pixel: (side, side), mean over seeds
    units: float  # weights per pixel in a dense layer, mean over seeds
    blind: float  # pixels without a remaining weight, mean over seeds

    @property
    def pixels(self) -> int:
        """Number of pixels in the picture."""
        return self.weights.size

    @property
    def density(self) -> float:
        """Density of the layer: the fraction of its weights that remains."""
        return float(self.weights.mean()) / self.units

    @property
    def centre(self) -> float:
        """Density in the centre."""
        side = len(self.weights)
        margin = (side - side // CENTRE) // 2
        inner = slice(margin, side - margin)
        return float(self.weights[inner, inner].mean()) / self.units

    @property
    def border(self) -> float:
        """Density at the border."""
        width = len(self.weights) // BORDER
        inner = slice(width, -width)
        outside = self.weights.sum() - self.weights[inner, inner].sum()
        return float(outside) / (self.pixels - self.weights[inner, inner].size) / self.units

    @property
    def relative(self) -> np.ndarray:
        """The weights of each pixel, relative to their mean over pixels."""
        return self.weights / self.weights.mean()


def inputs(results: Results) -> tuple[Inputs, ...]:
    """All cells whose networks start with such a layer and have removed some of its weights, but not all.

    Random masks are left out, since they keep weights at random places.
    """
    sides = {trial.key: SIDES.get(trial.settings["data"].partition("@")[0]) for trial in results.plan.trials}
    sparse = [cell for cell in cells(results) if cell.sparsity > 0 and not (
        cell.series.dense or cell.series.control or random_masks(cell.series))]  # fmt: skip
    first_layers = [_of_cell(cell, results, sides) for cell in sparse]
    return tuple(layer for layer in first_layers if layer and 0 < layer.density < 1)


def _of_cell(cell: Cell, results: Results, sides: dict[str, int | None]) -> Inputs | None:
    networks = [(sides[run.partition("/")[0]], results.masks[run]) for run in cell.runs if run in results.masks]
    first = [(side, places) for side, masks in networks if side and (places := _first(masks, side)) is not None]
    if not first:
        return None
    side, _ = first[0]
    left = [places.sum(axis=0) for _, places in first]
    return Inputs(
        cell.series, cell.sparsity, cell.round, len(first),
        weights=np.mean(left, axis=0).reshape(side, side),
        units=float(np.mean([len(places) for _, places in first])),
        blind=float(np.mean([(weights == 0).sum() for weights in left])),
    )  # fmt: skip


def _first(masks: Masks, side: int) -> np.ndarray | None:
    """The first layer's mask: (units, pixels); None if the network starts with another kind of layer."""
    shapes = [masks[layer].shape for layer in sorted(masks, key=natural)]
    if any(len(shape) != 2 for shape in shapes) or not shapes or shapes[0][1] != side**2:
        return None  # after convolutions, the inputs of a Linear layer are not pixels
    return masks[min(masks, key=natural)].places()


def chosen(line: list[Inputs], most: int) -> list[Inputs]:
    """At most `most` cells of a series, with the first and the last, evenly over log density."""
    if len(line) <= most:
        return line
    logs = [log(1 - layer.sparsity) for layer in line]
    targets = np.linspace(logs[0], logs[-1], most)
    return [line[place] for place in sorted({int(np.argmin(np.abs(np.array(logs) - target))) for target in targets})]
