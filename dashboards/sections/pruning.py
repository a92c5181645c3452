"""When weights go: sparsity over training."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboards import figures, formats
from dashboards.facets import faceted
from dashboards.formats import count, level, listed
from dashboards.paths import Path, paths
from dashboards.results import Results
from dashboards.sections.section import Section, Table

Numbers = tuple[Path, ...]
COLUMNS = ("Method", "Sparsity", "Looks that see a change", "First at step", "Last at step", "Last look at step",
           "Steps after the last change", "n")  # fmt: skip


def _summarize(results: Results) -> Numbers | None:
    return paths(results) or None


def _text(numbers: Numbers) -> tuple[str, ...]:
    series = dict.fromkeys(path.series for path in numbers)
    return tuple(_sentence([path for path in numbers if path.series == one]) for one in series)


def _sentence(own: list[Path]) -> str:
    """One series: when it prunes, and how long it trains on."""
    firsts, lasts = ({path.steps[path.changes[end]] for path in own} for end in (0, -1))
    looks = {len(path.changes) for path in own}
    ends = {path.steps[-1] for path in own}
    if looks == {1}:
        when = f"goes to its sparsity at once, seen at step {_span(firsts)} of {_span(ends)}"
    else:
        between = f"from step {_span(firsts)} to step {_span(lasts)} of {_span(ends)}"
        when = f"is seen to prune at {_span(looks)} looks, {between}"
    since = {round(path.since) for path in own if path.since is not None}
    rest = f", and trains on for {_span(since)} steps after the last change" if since else ""
    to = listed([level(path.sparsity) for path in own])
    return f"{own[0].series.label}, to {to}: {when}{rest}."


def _span(values: set[int]) -> str:
    low, high = min(values), max(values)
    return count(low) if low == high else f"{count(low)} to {count(high)}"


def _draw(numbers: Numbers) -> go.Figure:
    figure, rows = faceted((path.series for path in numbers), shared_xaxes=False)
    named = set()
    for path in numbers:
        figure.add_trace(_line(path, legend=path.series not in named), row=rows[path.series.workload], col=1)
        named.add(path.series)
    left = 100 * (1 - max(max(path.seen) for path in numbers))
    ticks = [tick for tick in figures.DENSITY_TICKS if tick >= 0.85 * left]
    figure.update_yaxes(type="log", tickvals=ticks, ticktext=[f"{tick:g} %" for tick in ticks],
                        title_text="weights left (log scale)")  # fmt: skip
    return figure.update_xaxes(rangemode="tozero").update_xaxes(title_text="optimizer steps", row=len(rows))


def _line(path: Path, legend: bool) -> go.Scatter:
    """Steps between looks, of which only those are drawn at which something happens."""
    shown = sorted({0, *path.changes, len(path.steps) - 1})
    name, symbol = figures.text(path.series.label), path.series.marker
    return go.Scatter(
        x=[path.steps[index] for index in shown], y=[100 * (1 - path.seen[index]) for index in shown],
        mode="lines+markers", name=name, legendgroup=name, showlegend=legend,
        line={"color": path.series.colour, "dash": path.series.dash, "width": 1.5, "shape": "hv"},
        marker={"symbol": symbol, "size": [7 if index in path.changes else 0 for index in shown]},
        hovertext=[f"{name}, to {level(path.sparsity)}<br>step {count(path.steps[index])}: "
                   f"{formats.percent(path.seen[index])} removed" for index in shown],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(path.n for path in numbers)
    return (
        f"Weights that the masks keep against optimizer steps of the whole path, mean over seeds ({n}; the schedule is "
        "the same for all), one line for each sparsity that a method goes to. A marker is a look that sees fewer "
        "weights, or more, than the look before: the mask changed in between. Methods whose mask stays as it was at "
        "the first look have no line."
    )


def _row(path: Path) -> tuple[str, ...]:
    first, last = (path.steps[path.changes[end]] for end in (0, -1))
    return (path.series.label, level(path.sparsity), str(len(path.changes)), count(first), count(last),
            count(path.steps[-1]), count(path.since), str(path.n))  # fmt: skip


SECTION = Section(
    name="pruning",
    title="Sparsity over training",
    question="When do the weights go?",
    summarize=_summarize,
    text=_text,
    draw=_draw,
    caption=_caption,
    tables=lambda numbers: (
        Table("Steps at which masks change", COLUMNS, tuple(map(_row, numbers)), frozenset({"Method"}), grouped=True),
    ),
)
