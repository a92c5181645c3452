"""Which pixels of a picture the first layer still looks at."""

from __future__ import annotations

from math import inf

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import figures
from dashboards.draw.section import Section, one_table
from dashboards.numbers.inside.inputs import BORDER, CENTRE, Inputs, chosen, inputs
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.words import brief, formats
from dashboards.words.formats import level, percent

Numbers = tuple[Inputs, ...]
MOST = 4  # pictures of a series; the table has every sparsity
PICTURE = 150  # pixels
HEAD = 74  # pixels between the pictures of two series
BRIGHTEST = 99.5  # percentile of all pixels drawn: a few with more weights do not darken all others
COLUMNS = ("Method", "Sparsity", "Round", "First layer's weights left", "In the centre", "At the border",
           "Inputs with no weight", "n")  # fmt: skip


def _summarize(results: Results) -> Numbers | None:
    return inputs(results) or None


def _lines(numbers: Numbers) -> dict[Series, list[Inputs]]:
    lines: dict[Series, list[Inputs]] = {}
    for one in numbers:
        lines.setdefault(one.series, []).append(one)
    return lines


def _finding(numbers: Numbers) -> str:
    """The series that prefers the centre most, where it is sparsest; a border without weights is furthest from it."""
    last = {one.series: one for one in numbers}
    most = max(last.values(), key=lambda one: one.centre / one.border if one.border else inf)
    at, name = brief.left(most.sparsity), brief.name(most.series.label, 24)
    centre, border = "in the picture's centre", "at its border"
    if most.centre < most.border:
        centre, border = "at the picture's border", "in its centre"
    low, high = sorted((most.centre, most.border))
    if not low:
        return f"At {at} of the weights, {name} leaves none {border}"
    times = brief.factor(high / low)
    many = f"{times} times as many {centre} as" if times != "1" else f"as many {centre} as"
    return f"At {at} of the weights, {name} keeps {many} {border}"


def _text(numbers: Numbers) -> tuple[str, ...]:
    return tuple(_sentence(line[-1]) for line in _lines(numbers).values())


def _sentence(one: Inputs) -> str:
    """One series, where it is sparsest."""
    blind = f"{one.blind:.3g} of {one.pixels} inputs have none left" if one.blind else "every input has some left"
    return (
        f"{one.series.label} at {level(one.sparsity)} sparsity: of the first layer's weights {percent(one.density)} "
        f"are left, of those in the centre of the picture {percent(one.centre)}, of those at its border "
        f"{percent(one.border)}; {blind}."
    )


def _draw(numbers: Numbers) -> go.Figure:
    lines = {series: chosen(line, MOST) for series, line in _lines(numbers).items()}
    height = (PICTURE + HEAD) * len(lines) + 110
    figure = make_subplots(
        rows=len(lines), cols=MOST, horizontal_spacing=0.015, vertical_spacing=HEAD / ((PICTURE + HEAD) * len(lines))
    )
    drawn = [one for line in lines.values() for one in line]
    for row, line in enumerate(lines.values(), 1):
        for column, one in enumerate(line, 1):
            figure.add_trace(_picture(one), row=row, col=column)
            figure.update_xaxes(title_text=f"{brief.left(one.sparsity)} left", row=row, col=column)
    figures.styled(figure, height)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 40, "b": 96}, coloraxis=_colours(drawn))
    figures.name_rows(figure, [series.label for series in lines])
    frame = {"showticklabels": False, "ticks": "", "showgrid": False, "constrain": "domain", "mirror": True,
             "showline": True, "linecolor": figures.NEUTRAL}  # fmt: skip
    figure.update_xaxes(frame).update_yaxes(frame)
    for row, line in enumerate(lines.values(), 1):
        for column in range(1, MOST + 1):
            axis = next(figure.select_xaxes(row=row, col=column)).plotly_name.replace("axis", "")
            figure.update_yaxes(autorange="reversed", scaleanchor=axis, constraintoward="top", row=row, col=column)
            if column > len(line):
                figure.update_xaxes(visible=False, row=row, col=column).update_yaxes(visible=False, row=row, col=column)
    return figure


def _picture(one: Inputs) -> go.Heatmap:
    """Pixels without any weight are blank. Half the digits of the numbers, since large sweeps have many pictures."""
    side = list(range(1, len(one.weights) + 1))
    return go.Heatmap(
        x=side, y=side, z=np.where(one.weights > 0, one.relative, np.nan).astype(np.float32), coloraxis="coloraxis",
        hovertemplate="row %{y}, column %{x}: %{z:.2f} times the weights of an even spread<extra></extra>",
        hoverongaps=False,
    )  # fmt: skip


def _colours(drawn: list[Inputs]) -> dict:
    """One scale for all pictures, so that sparser ones can be held against others."""
    brightest = float(np.percentile(np.concatenate([one.relative.ravel() for one in drawn]), BRIGHTEST))
    bar = {"orientation": "h", "y": 0, "yref": "container", "yanchor": "bottom", "len": 0.8, "thickness": 10,
           "ticksuffix": " ×", "outlinewidth": 0,
           "nticks": 5, "tickangle": 0}  # fmt: skip
    return {"colorscale": "Viridis", "cmin": 0, "cmax": brightest, "colorbar": bar}


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(one.seeds for one in numbers)
    some = f" At most {MOST} sparsities of a method are drawn." if any(
        len(line) > MOST for line in _lines(numbers).values()) else ""  # fmt: skip
    return (
        f"Weights of the first layer that lead from each pixel, mean over seeds ({n}). At 1 × a pixel has as many as "
        "if they were spread evenly; blank pixels have none in any seed. Below each picture: weights left in the whole "
        f"network.{some}"
    )


def _computed(numbers: Numbers) -> str:
    del numbers
    return (
        "Shares are of the weights that lead from that part of the picture into the first layer: the centre is the "
        f"middle 1/{CENTRE} of rows and columns, the border is as far as 1/{BORDER} of the picture's side from its "
        "edge. Methods that draw their masks at random are left out."
    )


def _row(one: Inputs) -> tuple[str, ...]:
    return (
        one.series.label, level(one.sparsity), formats.NONE if one.round is None else str(one.round),
        percent(one.density), percent(one.centre), percent(one.border), f"{one.blind:.1f}", str(one.seeds),
    )  # fmt: skip


SECTION = Section(
    name="inputs",
    title="Which inputs keep their weights",
    question="Where in the picture are the weights that are left?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=one_table(
        "First-layer weights left by place in the picture", COLUMNS, {"Method"}, lambda numbers: map(_row, numbers)
    ),  # fmt: skip
    folded=True,
)
