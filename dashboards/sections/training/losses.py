"""Validation loss over training, with the moments at which weights are set to zero."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import figures
from dashboards.draw.section import Section, one_table
from dashboards.numbers.training.losses import Loss, losses
from dashboards.read.results import Results
from dashboards.words import formats
from dashboards.words.formats import count, level

Numbers = tuple[Loss, ...]  # of one task
ROW_HEIGHT = 260  # pixels of one target
COLUMNS = ("Method", "Asked for", "Step", "Weights set to zero", "Validation loss", "n")


def _summarize(results: Results) -> Numbers | None:
    found = losses(results)
    return found if any(one.target > 0 for one in found) else None


def _targets(numbers: Numbers) -> list[float]:
    return sorted({one.target for one in numbers if one.target > 0})


def _draw(numbers: Numbers) -> go.Figure:
    targets = _targets(numbers)
    height = ROW_HEIGHT * len(targets) + 130
    figure = make_subplots(
        rows=len(targets), cols=1, shared_xaxes=True, shared_yaxes="all", vertical_spacing=64 / height
    )
    named = set()
    for row, target in enumerate(targets, 1):
        for one in numbers:
            if one.target in (0, target):
                if one.series not in named:  # the legend would show a line's first marker, which may have no size
                    figure.add_trace(_line(one, figures.text(one.series.label), legend=True), row=row, col=1)
                figure.add_trace(_line(one, figures.text(one.series.label)), row=row, col=1)
                named.add(one.series)
    figures.styled(figure, height)
    figure.update_layout(margin={"t": 96})
    figures.name_rows(figure, [f"to {level(target)}" for target in targets])
    figure.update_yaxes(title_text=_unit(numbers)).update_xaxes(showticklabels=True)
    return figure.update_xaxes(title_text="step", row=len(targets))


def _unit(numbers: Numbers) -> str:
    return numbers[0].unit


def _line(one: Loss, name: str, legend: bool = False) -> go.Scatter:
    sizes = [_size(one, step) for step in one.steps]
    return go.Scatter(
        x=[None] if legend else one.steps, y=[None] if legend else one.values, mode="lines+markers", name=name,
        legendgroup=name, showlegend=legend,
        line={"color": one.series.colour, "dash": one.series.dash, "width": 1.6},
        marker={"symbol": one.series.marker, "line": {"width": 0}, "opacity": 1, "size": 7 if legend else sizes},
        hovertext=[f"{name}<br>step {count(step)}{', right after zeroing' * (step in one.applications)}: {value:.3f} "
                   f"(n = {one.n})" for step, value in zip(one.steps, one.values, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip


def _size(one: Loss, step: int) -> int:
    """A marker where weights have just been set to zero; a single look has no line and needs one too."""
    return 8 if step in one.applications or len(one.steps) == 1 else 0


def _caption(numbers: Numbers) -> str:
    n = formats.seeds(one.n for one in numbers)
    return (
        f"Loss on the whole validation split, in {_unit(numbers)}, against optimizer steps: mean over seeds ({n}, no "
        "interval drawn), one panel for each sparsity asked for; the dense network is in each. A marker is a look "
        "right after weights were set to zero, so that a rise up to it is what that cost at once, and the fall after "
        "it how the network mends. A series of a single marker is measured once and not trained. Panels share their "
        "axis."
    )


def _row(one: Loss, step: int, value: float) -> tuple[str, ...]:
    zeroed = "yes" if step in one.applications else "no"
    return (one.series.label, level(one.target), count(step), zeroed, f"{value:.4f}", str(one.n))


SECTION = Section(
    name="losses",
    title="Loss and the moments of zeroing",
    question="What does setting weights to zero cost at once, and does the network mend?",
    summarize=_summarize,
    draw=_draw,
    caption=_caption,
    tables=one_table(
        "Validation loss right after zeroing, and at the last look", COLUMNS, {"Method", "Weights set to zero"},
        lambda numbers: (_row(one, step, value)
                         for one in numbers for step, value in zip(one.steps, one.values, strict=True)
                         if step in one.applications or step == one.steps[-1]),
    ),
)  # fmt: skip
