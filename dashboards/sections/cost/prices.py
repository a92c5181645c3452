"""What networks are judged by against what it costs: training operations, and bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import figures
from dashboards.draw.section import Heading, Section, Table
from dashboards.numbers.answer.comparison import times_the_training
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cost import simulated
from dashboards.numbers.cost.prices import Candidate, Price, beaten, candidates, front, prices
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.words import formats
from dashboards.words.formats import compact, level, listed
from dashboards.words.units import Unit, unit

HEIGHT = 400  # pixels of one panel
LEAST = 1.0  # margins that are always shown of an interval
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Axis:
    """One panel: a price that recorded cells have."""

    title: str
    noun: str
    of: Callable[[Price], float | None]
    words: Callable[[float], str]


def _operations(value: float) -> str:
    return f"{compact(value)} operations"


def _bytes(value: float) -> str:
    words = compact(value)
    return f"{words} bytes" if words[-1].isdigit() else f"{words[:-1]}{NO_BREAK}{words[-1]}B"


AXES = (
    Axis("training operations (log scale)", "training operations", lambda one: one.operations, _operations),
    Axis("bytes, smaller format (log scale)", "bytes", lambda one: one.bytes, _bytes),
)


@dataclass(frozen=True)
class PricePanel:
    """The cells that have this price, and those of them that are on the front, cheapest first."""

    axis: Axis
    prices: tuple[tuple[Price, float], ...]
    candidates: tuple[Candidate, ...]  # for the front
    front: tuple[Candidate, ...]


@dataclass(frozen=True)
class Numbers:
    """The panels that have two cells or more."""

    prices: tuple[Price, ...]
    panels: tuple[PricePanel, ...]
    simulated: bool
    unit: Unit
    confidence: float


def _summarize(results: Results) -> Numbers | None:
    found = prices(results)
    panels = [_panel(axis, found) for axis in AXES]
    shown = tuple(panel for panel in panels if len(panel.prices) > 1)
    zeros = any(simulated.simulated(results.runs, one.cell) for one in found)
    return Numbers(found, shown, zeros, unit(results.outcome), results.confidence) if shown else None


def _panel(axis: Axis, found: tuple[Price, ...]) -> PricePanel:
    own = [(one, price) for one in found if (price := axis.of(one)) is not None]
    competing = candidates((one.cell, price) for one, price in own)
    return PricePanel(axis, tuple(own), tuple(competing), front(competing))


def _text(numbers: Numbers) -> tuple[str, ...]:
    said = [text for panel in numbers.panels for text in _on_front(panel, numbers.unit)]
    said += _break_even(numbers.prices)
    return (*said, simulated.SAID) if numbers.simulated else tuple(said)


def _on_front(panel: PricePanel, words: Unit) -> list[str]:
    if not panel.front:
        return [f"Without a validation set nothing is chosen by {panel.axis.noun}."]
    found = [(one.cell, beaten(one, panel.candidates)) for one in panel.front]
    members: dict[str, list[str]] = {}
    for cell in (cell for cell, by in found if not by):
        members.setdefault(cell.series.label, []).extend([] if cell.series.dense else [cell.at])
    names = listed([f"{label} at {listed(levels)}" if levels else label for label, levels in members.items()])
    said = [f"By {panel.axis.noun}, no cell is both as cheap as and better on validation than one of these: {names}."]
    said += [f"{_named(cell)} stands on the front as what all are measured from, though {_named(by.cell)} "
             "is as cheap and as good on validation." for cell, by in found if by]  # fmt: skip
    best = max(panel.front, key=lambda one: one.score)
    cheap = next(one for one in panel.front if one.score >= best.score - words.margin)
    return said if cheap == best else [*said, _cheapest(panel.axis, cheap, best, words)]


def _cheapest(axis: Axis, cheap: Candidate, best: Candidate, words: Unit) -> str:
    times = times_the_training(cheap.cell.steps, best.cell.steps)
    return (
        f"The cheapest of them within {words.allowed} of the best validation {words.noun} is "
        f"{_costing(axis, cheap, words)}{f', at {times:.3g} times the training' if times else ''}; "
        f"the best is {_costing(axis, best, words)}."
    )


def _costing(axis: Axis, one: Candidate, words: Unit) -> str:
    amount = words.amount(one.value.mean, one.cell.split)
    return f"{_named(one.cell)}, with {amount} for {axis.words(one.price)}"


def _named(cell: Cell) -> str:
    return cell.series.label if cell.series.dense else f"{cell.series.label} at {cell.at}"


def _break_even(found: tuple[Price, ...]) -> list[str]:
    """Below which density compressed rows are smaller, network by network."""
    densities = [one.break_even for one in found if one.break_even is not None]
    if not densities:
        return []
    least, most = (f"{100 * end:.1f} %" for end in (min(densities), max(densities)))
    others = "" if least == most else f"; in other networks the bound is as high as {most}"
    return [
        f"Compressed sparse rows, with 8 bytes for each weight that is left, are smaller than the dense network's 4 "
        f"bytes a parameter where less than {least} of its weights are left{others}."
    ]


def _draw(numbers: Numbers) -> go.Figure:
    rows, height = len(numbers.panels), 110 + HEIGHT * len(numbers.panels)
    figure = make_subplots(rows=rows, cols=1, vertical_spacing=80 / height)
    named: set[str] = set()
    words = numbers.unit
    for row, panel in enumerate(numbers.panels, 1):
        for series in dict.fromkeys(one.cell.series for one, _ in panel.prices):
            own = [(one, price) for one, price in panel.prices if one.cell.series == series]
            figure.add_trace(_line(panel.axis, series, own, words, legend=series.label not in named), row=row, col=1)
            named.add(series.label)
        if panel.front:
            figure.add_trace(_front(panel, words, legend=row == 1), row=row, col=1)
        figure.update_xaxes(title_text=panel.axis.title, row=row, col=1)
    figures.styled(figure, height)
    figure.update_xaxes(type="log", exponentformat="SI", dtick="D2")
    halves = [figures.half(one.value, words.scale) for one in numbers.prices]
    means = [words.scale * one.value.mean for one in numbers.prices]
    extent = figures.framed(means, halves, LEAST * words.scale * numbers.unit.margin)
    return figure.update_yaxes(title_text=words.axis, ticksuffix=words.suffix or None, range=extent)


def _line(axis: Axis, series: Series, own: list[tuple[Price, float]], words: Unit, legend: bool) -> go.Scatter:
    """Filled markers; open ones where bytes are those of the dense format."""
    name = figures.text(series.label)
    opened = [axis.noun == "bytes" and not one.compressed for one, _ in own]
    return go.Scatter(
        x=[price for _, price in own], y=[words.scale * one.value.mean for one, _ in own], mode="lines+markers",
        name=name, legendgroup=name, showlegend=legend,
        line={"color": series.colour, "dash": series.dash, "width": 1},
        marker={"symbol": [series.marker + ("-open" if one else "") for one in opened], "size": 8},
        error_y=figures.errors([one.value for one, _ in own], words.scale, series.colour),
        hovertext=[f"{name}, {level(one.cell.sparsity)} sparse<br>{words.value(one.value.mean)} "
                   f"(n = {one.value.n}), {axis.words(price)}" for one, price in own],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _front(panel: PricePanel, words: Unit, legend: bool) -> go.Scatter:
    return go.Scatter(
        x=[one.price for one in panel.front], y=[words.scale * one.value.mean for one in panel.front],
        mode="lines+markers", name="Pareto front", legendgroup="front", showlegend=legend, hoverinfo="skip",
        line={"color": figures.NEUTRAL, "width": 1, "dash": "dot"},
        marker={"symbol": "circle-open", "size": 17, "color": figures.NEUTRAL, "line": {"width": 1.5}},
    )  # fmt: skip


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(one.value.n for one in numbers.prices)
    intervals = formats.with_interval([one.value for one in numbers.prices], numbers.confidence)
    size = ""
    if any(panel.axis.noun == "bytes" for panel in numbers.panels):
        size = (
            " Bytes are of the parameters, as compressed sparse rows (32-bit values and indices, filled markers) or, "
            "where that is less, dense (4 bytes a parameter, open markers)."
        )
    words, splits = numbers.unit, formats.listed(sorted({one.cell.split for one in numbers.prices}))
    return (
        f"{formats.capital(words.on(splits))} at the last step: mean over seeds ({n}){intervals}, against "
        "the mean price; a line joins the sparsities of a method. Rings: the Pareto front, cells that no other "
        "is both as cheap as and as good as, and the dense network; chosen on validation "
        f"{words.noun} and shown at their {words.on(splits)}. "
        f"Operations are those of the whole path, zeros not counted.{size} Intervals much wider than the figure are "
        "cut off; the table has them."
    )


def _row(one: Price, numbers: Numbers) -> tuple[str, ...]:
    cell, words = one.cell, numbers.unit
    fronts = [panel.axis.noun for panel in numbers.panels if any(cell is other.cell for other in panel.front)]
    return (
        cell.series.label, cell.at, words.value(one.value.mean), words.value_ends(one.value),
        str(one.value.n), words.value(cell.validation), formats.count(one.operations),
        formats.count(one.dense), formats.count(one.csr), listed(fronts) if fronts else formats.NONE,
    )  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    words = numbers.unit
    columns = ("Method", "Sparsity", words.heading, f"Interval{words.beside}", "n", f"Validation {words.noun}",
               "Training operations", "Dense [bytes]", "CSR [bytes]", "On the front by")  # fmt: skip
    rows = tuple(_row(one, numbers) for one in numbers.prices)
    text = frozenset({"Method", "On the front by"})
    return (Table(f"{formats.capital(words.noun)} and cost", columns, rows, text, grouped=True),)


def _heading(numbers: Numbers) -> Heading:
    noun, outcome = numbers.unit.noun, numbers.unit.outcome
    better = noun if outcome.more_is_better else f"less {noun}"
    question = f"What does {better} cost in operations and in bytes?"
    return Heading("prices", f"{formats.capital(noun)} against cost", question)


SECTION = Section(
    name="prices",
    title="Outcome against cost",
    question="What does it cost in operations and in bytes?",
    heading=_heading,
    summarize=_summarize,
    text=_text,
    draw=_draw,
    caption=_caption,
    tables=_tables,
)
