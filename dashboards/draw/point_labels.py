"""Names beside points, in place of a legend: each stands where it hides as little as it can, and no other name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import plotly.graph_objects as go

from dashboards.draw.figures import SANS

Point = tuple[float, float]
LETTER, LINE = 7.2, 15.0  # pixels of a bold letter, of a line of words
GAP = 8.0  # pixels from a point to its name
MARK = 5.0  # pixels from a point's centre to its edge
SAMPLES = 12  # of a stretch between two points, to see whether a name lies on it
HIDDEN_POINT, HIDDEN_LINE = 10.0, 1.0  # what a place loses for each
WORST = 12.0  # where a name would hide more, a legend is better
DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
X_ANCHORS = {1: "left", 0: "center", -1: "right"}
Y_ANCHORS = {1: "bottom", 0: "middle", -1: "top"}


@dataclass(frozen=True)
class Named:
    """A line of points, in the units of its axes (powers of ten on a log axis); its name has <br> between lines."""

    name: str
    colour: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class LabelledPanel:
    """What is shown of both axes, in their units, and the size of it in pixels."""

    xs: tuple[float, float]
    ys: tuple[float, float]
    width: float
    height: float

    def pixels(self, point: Point) -> Point:
        """From the lower left corner."""
        x, y = ((value - low) / (high - low) for value, (low, high) in zip(point, (self.xs, self.ys), strict=True))
        return x * self.width, y * self.height


@dataclass(frozen=True)
class Box:
    """A name's place in pixels."""

    left: float
    bottom: float
    width: float
    height: float

    def holds(self, point: Point, margin: float = 0.0) -> bool:
        """Whether the point is inside, or not further outside than the margin."""
        return (-margin < point[0] - self.left < self.width + margin
                and -margin < point[1] - self.bottom < self.height + margin)  # fmt: skip

    def meets(self, other: Box) -> bool:
        """Whether the two share a place."""
        return (self.left < other.left + other.width and other.left < self.left + self.width
                and self.bottom < other.bottom + other.height and other.bottom < self.bottom + self.height)  # fmt: skip


@dataclass(frozen=True)
class LabelPlace:
    """At which point a name stands, on which side of it, and what it hides there."""

    point: Point
    direction: tuple[int, int]
    box: Box
    hidden: float


def places(lines: Sequence[Named], panel: LabelledPanel) -> list[LabelPlace] | None:
    """One for each line, as free as it can be; None where a name finds no room."""
    points = [panel.pixels(point) for line in lines for point in line.points]
    strokes = [sample for line in lines for sample in _samples([panel.pixels(point) for point in line.points])]
    chosen: list[LabelPlace] = []
    for line in lines:
        options = [place for place in _options(line, panel, points, strokes)
                   if not any(place.box.meets(other.box) for other in chosen)]  # fmt: skip
        best = min(options, key=lambda place: place.hidden, default=None)
        if best is None or best.hidden > WORST:
            return None
        chosen.append(best)
    return chosen


def add(figure: go.Figure, lines: Sequence[Named], chosen: Sequence[LabelPlace]) -> go.Figure:
    """Write each name at its place."""
    for line, place in zip(lines, chosen, strict=True):
        (x, y), (right, up) = place.point, place.direction
        figure.add_annotation(
            x=x, y=y, text=line.name, showarrow=False, xanchor=X_ANCHORS[right], yanchor=Y_ANCHORS[up],
            xshift=GAP * right, yshift=GAP * up * (0.6 if right else 1), align=X_ANCHORS[right],
            font={"family": SANS, "size": 13, "color": line.colour, "weight": 600},
        )  # fmt: skip
    return figure


def _options(
    line: Named, panel: LabelledPanel, points: Sequence[Point], strokes: Sequence[Point]
) -> Iterator[LabelPlace]:
    """Every place inside the panel, the ends of the line first."""
    rows = line.name.split("<br>")
    width, height = LETTER * max(map(len, rows)), LINE * len(rows)
    for point in dict.fromkeys((line.points[-1], line.points[0], *line.points)):
        x, y = panel.pixels(point)
        for right, up in DIRECTIONS:
            box = Box(x + GAP * right - width * (1 - right) / 2, y + GAP * up - height * (1 - up) / 2, width, height)
            if box.left >= 0 and box.left + width <= panel.width and 0 <= box.bottom <= panel.height - height:
                hidden = HIDDEN_POINT * sum(box.holds(other, MARK) for other in points)
                hidden += HIDDEN_LINE * sum(box.holds(sample) for sample in strokes)
                yield LabelPlace(point, (right, up), box, hidden)


def _samples(points: Sequence[Point]) -> Iterator[Point]:
    for (x, y), (to_x, to_y) in pairwise(points):
        for step in range(1, SAMPLES):
            share = step / SAMPLES
            yield x + share * (to_x - x), y + share * (to_y - y)
