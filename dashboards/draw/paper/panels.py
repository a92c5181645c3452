"""The panels of a figure: which axes belong together, where they stand, and where values lie on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Any, Literal

import plotly.graph_objects as go

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Direction = Literal["x", "y"]
DIRECTIONS: tuple[Direction, Direction] = ("x", "y")


@dataclass(frozen=True)
class Scale:
    """One axis of a panel."""

    name: str  # as traces refer to it: x, x2, y, ...
    direction: Direction
    plotly: Any  # the axis in the layout
    group: str  # the axis whose range and categories it shares; its own name unless it shares
    categories: tuple[str, ...]  # in their order; empty on an axis of numbers

    @property
    def domain(self) -> tuple[float, float]:
        """From where to where it stands, as shares of the figure."""
        return tuple(self.plotly.domain or (0.0, 1.0))

    @property
    def log(self) -> bool:
        """Whether it is logarithmic."""
        return self.plotly.type == "log"

    def places(self, values: Iterable[Any] | None) -> list[float]:
        """Where values lie: themselves, or their place among the categories; nan where there is none."""
        return [nan if value is None else self.place(value) for value in (() if values is None else values)]

    def place(self, value: Any) -> float:
        """Where one value lies."""
        if self.categories and isinstance(value, str):
            return float(self.categories.index(value))
        return float(value)


@dataclass(frozen=True)
class Panel:
    """Two axes, and where they are drawn."""

    x: Scale
    y: Scale
    row: int  # from the top
    column: int
    axes: Axes
    traces: tuple[Any, ...]

    @property
    def heat_map(self) -> bool:
        """Whether it holds one."""
        return any(trace.type == "heatmap" for trace in self.traces)

    @property
    def square(self) -> bool:
        """Whether both axes have the same unit of length."""
        return self.y.plotly.scaleanchor is not None

    def scale(self, direction: Direction) -> Scale:
        """The axis in one direction."""
        return self.x if direction == "x" else self.y


def panels(figure: go.Figure, drawn: Figure) -> list[Panel]:
    """A panel for each pair of axes of the layout, in rows and columns with the proportions of the page."""
    scales = {name: _scale(figure, name) for name in _names(figure)}
    pairs = [(scales[name], scales[scales[name].plotly.anchor or "y"]) for name in scales if name.startswith("x")]
    lefts = sorted({round(x.domain[0], 4) for x, _ in pairs})
    tops = sorted({round(y.domain[1], 4) for _, y in pairs}, reverse=True)
    widths = _lengths([x for x, _ in pairs], lefts, end=0)
    heights = _lengths([y for _, y in pairs], tops, end=1)
    grid = drawn.add_gridspec(len(tops), len(lefts), width_ratios=widths, height_ratios=heights)
    found = []
    for x, y in pairs:
        row, column = tops.index(round(y.domain[1], 4)), lefts.index(round(x.domain[0], 4))
        traces = tuple(trace for trace in figure.data if (trace.xaxis or "x", trace.yaxis or "y") == (x.name, y.name))
        found.append(Panel(x, y, row, column, drawn.add_subplot(grid[row, column]), traces))
    return found


def _lengths(scales: Sequence[Scale], ends: Sequence[float], end: Literal[0, 1]) -> list[float]:
    """The extent of each row or column."""
    extents = {round(one.domain[end], 4): one.domain[1] - one.domain[0] for one in scales}
    return [extents[place] for place in ends]


def _names(figure: go.Figure) -> list[str]:
    """All axes, as traces refer to them."""
    layout = figure.layout.to_plotly_json()
    found = [name.replace("axis", "") for name in layout if name.startswith(("xaxis", "yaxis"))]
    return list(dict.fromkeys([*sorted(found, key=lambda name: (len(name), name)), "x", "y"]))


def _scale(figure: go.Figure, name: str) -> Scale:
    direction: Direction = "x" if name.startswith("x") else "y"
    group = _axis(figure, name).matches or name
    values = [value for trace in figure.data if _group(figure, trace, direction) == group
              for value in (() if trace[direction] is None else trace[direction])]  # fmt: skip
    return Scale(name, direction, _axis(figure, name), group, _categories(_axis(figure, name), values))


def _group(figure: go.Figure, trace: Any, direction: Direction) -> str:
    name = trace[f"{direction}axis"] or direction
    return _axis(figure, name).matches or name


def _axis(figure: go.Figure, name: str) -> Any:
    return figure.layout[f"{name[0]}axis{name[1:]}"]


def _categories(axis: Any, values: Sequence[Any]) -> tuple[str, ...]:
    """Named ones first, then in the order of first mention."""
    named = [value for value in values if isinstance(value, str)]
    if axis.type != "category" and not named:
        return ()
    return tuple(dict.fromkeys([*(axis.categoryarray or ()), *named]))
