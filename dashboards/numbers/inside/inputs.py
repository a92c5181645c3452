"""Where in the picture the weights of a first layer are that sparsity leaves."""

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
BORDER = 8  # as far as 1/8 of the rows or of the columns from the edge


@dataclass(frozen=True)
class Inputs:
    """The first layer of one cell. It is Linear and sees a square picture, pixel by pixel, row by row."""

    series: Series
    sparsity: float  # of the whole network, as asked for
    round: int | None  # of a ladder
    seeds: int
    weights: np.ndarray  # left of each pixel: (side, side), the mean over seeds
    units: float  # weights that each pixel has in a dense layer, the mean over seeds
    blind: float  # pixels that have no weight left, the mean over seeds

    @property
    def pixels(self) -> int:
        """Of the picture."""
        return self.weights.size

    @property
    def density(self) -> float:
        """The fraction of the layer's weights that is left."""
        return float(self.weights.mean()) / self.units

    @property
    def centre(self) -> float:
        """The same in the centre."""
        side = len(self.weights)
        margin = (side - side // CENTRE) // 2
        inner = slice(margin, side - margin)
        return float(self.weights[inner, inner].mean()) / self.units

    @property
    def border(self) -> float:
        """The same at the border."""
        width = len(self.weights) // BORDER
        inner = slice(width, -width)
        outside = self.weights.sum() - self.weights[inner, inner].sum()
        return float(outside) / (self.pixels - self.weights[inner, inner].size) / self.units

    @property
    def relative(self) -> np.ndarray:
        """The weights of each pixel in multiples of what each had if they were spread evenly."""
        return self.weights / self.weights.mean()


def inputs(results: Results) -> tuple[Inputs, ...]:
    """One for every cell whose networks begin with such a layer and have lost weights of it, but not all.

    Random masks are left out: they keep weights anywhere."""
    sides = {trial.key: SIDES.get(trial.settings["data"].partition("@")[0]) for trial in results.plan.trials}
    shown = [cell for cell in cells(results) if cell.sparsity > 0 and not (
        cell.series.dense or cell.series.control or random_masks(cell.series))]  # fmt: skip
    first_layers = [_of_cell(cell, results, sides) for cell in shown]
    return tuple(one for one in first_layers if one and 0 < one.density < 1)


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
        blind=float(np.mean([(one == 0).sum() for one in left])),
    )  # fmt: skip


def _first(masks: Masks, side: int) -> np.ndarray | None:
    """The first layer's mask: (units, pixels); None where the network begins with something else."""
    shapes = [masks[layer].shape for layer in sorted(masks, key=natural)]
    if any(len(shape) != 2 for shape in shapes) or not shapes or shapes[0][1] != side**2:
        return None  # with convolutions, even a Linear layer with as many inputs sees no pixels
    return masks[min(masks, key=natural)].places()


def chosen(line: list[Inputs], most: int) -> list[Inputs]:
    """At most so many of a series, the first and the last among them, evenly over log density."""
    if len(line) <= most:
        return line
    logs = [log(1 - one.sparsity) for one in line]
    wanted = np.linspace(logs[0], logs[-1], most)
    return [line[place] for place in sorted({int(np.argmin(np.abs(np.array(logs) - one))) for one in wanted})]
