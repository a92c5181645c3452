"""When weights go: sparsity over training."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboards.draw import figures, legends
from dashboards.draw.section import Section, one_table
from dashboards.numbers.factors.networks import ways
from dashboards.numbers.training.paths import Path, alike, paths
from dashboards.read.results import Results
from dashboards.words import brief, formats
from dashboards.words.formats import count, level

Numbers = tuple[Path, ...]
HEIGHT = 440  # pixels
COLUMNS = ("Method", "Sparsity", "Looks that see a change", "First at step", "Last at step", "Last look at step",
           "Steps after the last change", "n")  # fmt: skip


def _summarize(results: Results) -> Numbers | None:
    return paths(results) or None


def _finding(numbers: Numbers) -> str:
    """When each method removes weights."""
    called = ways(path.series for path in numbers)
    of_method = {way: [path for path in numbers if path.series.way == way] for way in called}
    parts = [f"{brief.name(label, 24)} removes weights {_moments(of_method[way])}" for way, label in called.items()]
    return brief.fitting(parts)


def _moments(paths: list[Path]) -> str:
    firsts, lasts = ({path.steps[path.changes[end]] for path in paths} for end in (0, -1))
    if all(len(path.changes) == 1 for path in paths):
        return f"at once, by step {_span(firsts)}"
    return f"from step {count(min(firsts))} to {count(max(lasts))}"


def _text(numbers: Numbers) -> tuple[str, ...]:
    called = ways(path.series for path in numbers)
    of_method = {way: [path for path in numbers if path.series.way == way] for way in called}
    return tuple(_sentence(label, of_method[way]) for way, label in called.items())


def _sentence(method: str, series_paths: list[Path]) -> str:
    """One method, over all networks and sparsities: when it prunes, and how long it trains on."""
    firsts, lasts = ({path.steps[path.changes[end]] for path in series_paths} for end in (0, -1))
    looks = {len(path.changes) for path in series_paths}
    ends = _span({path.steps[-1] for path in series_paths})
    if looks == {1}:
        when = f"goes to its sparsity at once, seen at step {_span(firsts)} of {ends}"
    else:
        when = f"is seen to prune at {_span(looks)} looks, from step {_span(firsts)} to step {_span(lasts)} of {ends}"
    since = {round(path.since) for path in series_paths if path.since is not None}
    rest = f", and trains on for {_span(since)} steps after the last change" if since else ""
    return f"{method} {when}{rest}."


def _span(values: set[int]) -> str:
    low, high = min(values), max(values)
    return count(low) if low == high else f"{count(low)} to {count(high)}"


def _draw(numbers: Numbers) -> go.Figure:
    figure, named = go.Figure(), set()
    called = ways(path.series for path in numbers)
    for some in alike(numbers):
        name = some[0].series.label if len(some) == 1 else f"{called[some[0].series.way]} on {len(some)} networks"
        if (name, some[0].series) not in named:
            figure.add_trace(_line(some[0], name, [], legend=True))  # the legend would show a line's first marker
        figure.add_trace(_line(some[0], name, _shown(some[0])))
        named.add((name, some[0].series))
    figures.styled(figure, HEIGHT)
    legends.above(figure, [trace.name for trace in figure.data], titles=12)
    left = 100 * (1 - max(max(path.seen) for path in numbers))
    ticks = [tick for tick in figures.DENSITY_TICKS if tick >= 0.85 * left]
    figure.update_yaxes(type="log", tickvals=ticks, ticktext=[f"{tick:g} %" for tick in ticks],
                        title_text="weights left (log scale)")  # fmt: skip
    return figure.update_xaxes(title_text="training steps", rangemode="tozero", tickformat=",", nticks=6)


def _shown(path: Path) -> list[int]:
    """Positions of the looks that are drawn: both ends, and those at which something happens."""
    return sorted({0, *path.changes, len(path.steps) - 1})


def _line(path: Path, name: str, shown: list[int], legend: bool = False) -> go.Scatter:
    words = figures.text(name)
    return go.Scatter(
        x=[path.steps[index] for index in shown] if shown else [None],
        y=[100 * (1 - path.seen[index]) for index in shown] if shown else [None],
        mode="lines+markers", name=words, legendgroup=words, showlegend=legend,
        line={"color": path.series.colour, "dash": path.series.dash, "width": 1.5, "shape": "hv"},
        marker={"symbol": path.series.marker, "line": {"width": 0}, "opacity": 1,
                "size": [8 if index in path.changes else 0 for index in shown] if shown else 8},
        hovertext=[f"{words}, to {level(path.sparsity)}<br>step {count(path.steps[index])}: "
                   f"{formats.percent(path.seen[index])} removed" for index in shown],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(path.n for path in numbers)
    return (
        f"Weights that the masks keep against optimizer steps, mean over seeds ({n}, no interval); one line for each "
        "level that a method goes to. A mark is a look at which the mask has changed since the look before. Methods "
        "with one mask from the first look on have no line."
    )


def _computed(numbers: Numbers) -> str:
    del numbers
    return (
        "Steps are those of the whole path. Seeds share the moments unless the data decide them. Networks on which a "
        "method goes the same way share a line."
    )


def _row(path: Path) -> tuple[str, ...]:
    first, last = (path.steps[path.changes[end]] for end in (0, -1))
    return (path.series.label, level(path.sparsity), str(len(path.changes)), count(first), count(last),
            count(path.steps[-1]), count(path.since), str(path.n))  # fmt: skip


SECTION = Section(
    name="pruning",
    title="When weights are removed",
    question="When are the weights removed?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=one_table("Steps at which masks change", COLUMNS, {"Method"}, lambda numbers: map(_row, numbers)),
    folded=True,
)
