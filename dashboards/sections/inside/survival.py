"""Whether weights that were set to zero come back, against the sparsity asked for and application by application."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards import schema
from dashboards.draw import figures, legends
from dashboards.draw.section import Section, Table
from dashboards.numbers.inside.survival import (
    AFTER_1,
    AFTER_10,
    AFTER_100,
    LATER,
    PERMANENT,
    SURVIVED,
    Survival,
    survivals,
)
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.words import brief, formats
from dashboards.words.formats import count, level, percent

TITLES = {
    AFTER_1: "nonzero 1 step later", AFTER_10: "nonzero 10 steps later", AFTER_100: "nonzero 100 steps later",
    SURVIVED: "not chosen by the next", PERMANENT: "chosen ever after",
}  # fmt: skip
ROW_HEIGHT = 170  # pixels of one metric


@dataclass(frozen=True)
class Numbers:
    """Every cell whose zeroed weights were followed."""

    cells: tuple[Survival, ...]
    confidence: float

    @property
    def metrics(self) -> list[str]:
        """Those that any cell has."""
        return [metric for metric in schema.ZEROING_METRICS if any(metric in one.by_step for one in self.cells)]

    @property
    def lines(self) -> dict[Series, list[Survival]]:
        """Series by series, from dense to sparse."""
        lines: dict[Series, list[Survival]] = {}
        for one in self.cells:
            lines.setdefault(one.series, []).append(one)
        return lines


def _summarize(results: Results) -> Numbers | None:
    followed = survivals(results)
    return Numbers(followed, results.confidence) if followed else None


def _finding(numbers: Numbers) -> str:
    """How many weights come back where nothing holds them; where masks hold all, that none does."""
    free = [one for one in numbers.cells if not one.persistent and not one.left_alone and one.revived is not None]
    if free:
        most = max(free, key=lambda one: one.revived or 0)
        steps = count(LATER[most.followed]) if most.followed else ""
        return (
            f"{brief.share(most.revived or 0)} of the weights set to zero are nonzero {steps} "
            f"step{'' if steps == '1' else 's'} later ({brief.name(most.series.label, 30)}, to {level(most.target)})"
        )
    held = [one for one in numbers.cells if one.persistent and one.followed]
    return "Masks hold every weight that is set to zero" if held and not any(one.revived for one in held) else ""


def _text(numbers: Numbers) -> tuple[str, ...]:
    held = [series.label for series, line in numbers.lines.items() if all(one.persistent for one in line)]
    broken = [one for one in numbers.cells if one.persistent and one.revived]
    sentences = []
    if held and not broken:
        sentences.append(f"{formats.listed(held)}: no weight came back, because its masks hold their zeros: an "
                    "invariant, not a finding.")  # fmt: skip
    sentences += [f"{one.series.label}, to {level(one.target)}: {percent(one.revived)} of the zeroed weights came back "
             "although the masks hold them; something is wrong with these runs." for one in broken]  # fmt: skip
    return (*sentences, *_beyond_ranking(numbers))


def _beyond_ranking(numbers: Numbers) -> list[str]:
    """How much of staying among the smallest is due to having been zero: the rest small weights do by themselves."""
    alone = {one.target: one for one in numbers.cells if one.left_alone and PERMANENT in one.overall}
    free = [one for one in numbers.cells if not one.left_alone and not one.persistent and PERMANENT in one.overall]
    last = {one.series: one for one in free if one.target in alone}  # each at its greatest sparsity
    return [
        f"{one.series.label}, to {level(one.target)}: {_share(one)} of the weights that an application set to zero are "
        f"chosen by every later one. Of weights that are chosen and left alone, {_share(alone[one.target])} are."
        for one in last.values()
    ]


def _share(one: Survival) -> str:
    share = one.overall[PERMANENT]
    interval = f" ({percent(share.low)} to {percent(share.high)})" if share.low is not None else ""
    return f"{percent(share.mean)}{interval}"


def _draw(numbers: Numbers) -> go.Figure:
    metrics = numbers.metrics
    height = ROW_HEIGHT * len(metrics) + 150
    figure = make_subplots(
        rows=len(metrics), cols=2, shared_xaxes="columns", shared_yaxes="rows", horizontal_spacing=0.07,
        vertical_spacing=44 / height, column_titles=["by final sparsity", "by application"],
    )  # fmt: skip
    for row, metric in enumerate(metrics, 1):
        for series, line in numbers.lines.items():
            figure.add_traces(_by_target(series, [one for one in line if metric in one.overall], metric, row == 1),
                              row, 1)  # fmt: skip
            if metric in line[-1].by_step:
                figure.add_trace(_by_step(line[-1], metric), row=row, col=2)
    figures.styled(figure, height)
    legends.above(figure, [series.label for series in numbers.lines], titles=56)
    figures.name_rows(figure, [TITLES[metric] for metric in metrics])
    figure.update_yaxes(ticksuffix=" %", nticks=5, rangemode="tozero")
    targets = sorted({one.target for one in numbers.cells})
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=[level(one) for one in targets], col=1)
    figure.update_xaxes(title_text="sparsity", row=len(metrics), col=1)
    return figure.update_xaxes(title_text="step", nticks=4, tickangle=0, tickformat=",", row=len(metrics), col=2)


def _by_target(series: Series, line: list[Survival], metric: str, legend: bool) -> list[go.Scatter]:
    name = figures.text(series.label)
    estimates = [one.overall[metric] for one in line]
    return [go.Scatter(
        x=[level(one.target) for one in line], y=[100 * one.mean for one in estimates], mode="lines+markers", name=name,
        legendgroup=name, showlegend=legend, line={"color": series.colour, "dash": series.dash, "width": 1.6},
        marker={"symbol": series.marker, "size": 7}, error_y=figures.errors(estimates, 100, series.colour),
        hovertext=[f"{name}, to {level(one.target)}<br>{TITLES[metric]}: {percent(share.mean)} (n = {share.n})"
                   for one, share in zip(line, estimates, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
    )]  # fmt: skip


def _by_step(one: Survival, metric: str) -> go.Scatter:
    name, points = figures.text(one.series.label), one.by_step[metric]
    return go.Scatter(
        x=list(points), y=[100 * value for value in points.values()], mode="lines+markers", name=name,
        legendgroup=name, showlegend=False,
        line={"color": one.series.colour, "dash": one.series.dash, "width": 1.6},
        marker={"symbol": one.series.marker, "size": 7},
        hovertext=[f"{name}, to {level(one.target)}, at step {count(step)}<br>{TITLES[metric]}: {percent(value)} "
                   f"(n = {one.n})" for step, value in points.items()],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(one.n for one in numbers.cells)
    alone = " (ranked: that it chose and left alone)" if any(one.left_alone for one in numbers.cells) else ""
    overall = [estimate for one in numbers.cells for estimate in one.overall.values()]
    intervals = formats.with_interval(overall, numbers.confidence)
    return (
        f"Fractions of the weights that an application set to zero{alone}, mean over seeds ({n}). Left: the mean over "
        f"applications{intervals}. Right: application by application, each series at its greatest sparsity."
    )


def _computed(numbers: Numbers) -> str:
    del numbers
    return (
        "The mean over applications leaves out the last one where it alone is held. The last application has none "
        "after it, and one that the next follows within 10 or 100 steps was not followed so far. An optimizer like "
        "Adam moves weights that nothing holds with its first step, wherever their gradient is not zero: that a weight "
        "is nonzero again says little, that it is too large to be chosen again says more."
    )


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    titles = [formats.capital(TITLES[metric]) for metric in numbers.metrics]
    overall = tuple(
        (one.series.label, level(one.target), *(_overall(one, metric) for metric in numbers.metrics), str(one.n))
        for one in numbers.cells
    )
    by_step = tuple(
        (one.series.label, level(one.target), count(step),
         *(percent(one.by_step.get(metric, {}).get(step)) for metric in numbers.metrics))
        for one in numbers.cells
        for step in sorted({step for points in one.by_step.values() for step in points})
    )  # fmt: skip
    words = frozenset({"Method"})
    return (
        Table("Zeroed weights, mean over applications", ("Method", "Asked for", *titles, "n"), overall, words, True),
        Table("Zeroed weights by application", ("Method", "Asked for", "At step", *titles), by_step, words, True),
    )


def _overall(one: Survival, metric: str) -> str:
    return percent(one.overall[metric].mean) if metric in one.overall else formats.NONE


SECTION = Section(
    name="survival",
    title="Weights set to zero",
    question="Do weights that were set to zero come back?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=_tables,
)
