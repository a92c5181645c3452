"""Validation loss over training, with the moments at which weights are set to zero."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import figures, legends
from dashboards.draw.section import Section, one_table
from dashboards.numbers.training.losses import Loss, losses
from dashboards.read.results import Results
from dashboards.words import brief, formats
from dashboards.words.formats import count, level

Numbers = tuple[Loss, ...]  # of one task
ROW_HEIGHT = 260  # pixels of one target
COLUMNS = ("Method", "Asked for", "Step", "Weights set to zero", "Validation loss", "n")


def _summarize(results: Results) -> Numbers | None:
    curves = losses(results)
    return curves if any(one.target > 0 for one in curves) else None


def _finding(numbers: Numbers) -> str:
    """What an application costs at most where most weights are removed."""
    sparsest = max(_targets(numbers))
    rises = [(max(one.rises), one) for one in numbers if one.target == sparsest and one.rises]
    if not rises:
        return ""
    most, one = max(rises, key=lambda pair: pair[0])
    if most <= 0:
        return f"On the way to {level(sparsest)} sparsity, setting weights to zero never raises the validation loss"
    return (
        f"To {level(sparsest)} sparsity, setting weights to zero raises validation loss by at most {most:.2g} "
        f"({brief.name(one.series.label, 24)})"
    )


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
    legends.above(figure, [one.series.label for one in numbers], titles=40)
    figures.name_rows(figure, [f"to {level(target)} sparsity" for target in targets])
    figure.update_yaxes(title_text=_unit(numbers), nticks=6)
    figure.update_xaxes(showticklabels=True, tickformat=",", nticks=6)
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
        f"Loss on the validation split in {_unit(numbers)}, mean over seeds ({n}, no interval), one panel for each "
        "sparsity asked for; the dense network is in each. A mark is a look right after weights were set to zero: the "
        "rise up to it is what that cost, the fall after it is what training mends."
    )


def _computed(numbers: Numbers) -> str:
    del numbers
    return "A series with a single mark is measured once and not trained. Panels share their axes."


def _row(one: Loss, step: int, value: float) -> tuple[str, ...]:
    zeroed = "yes" if step in one.applications else "no"
    return (one.series.label, level(one.target), count(step), zeroed, f"{value:.4f}", str(one.n))


SECTION = Section(
    name="losses",
    title="Loss when weights are set to zero",
    question="How much does the loss rise when weights are set to zero?",
    summarize=_summarize,
    finding=_finding,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=one_table(
        "Validation loss right after zeroing, and at the last look", COLUMNS, {"Method", "Weights set to zero"},
        lambda numbers: (_row(one, step, value)
                         for one in numbers for step, value in zip(one.steps, one.values, strict=True)
                         if step in one.applications or step == one.steps[-1]),
    ),
    folded=True,
)  # fmt: skip
