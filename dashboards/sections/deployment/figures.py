"""Outcomes after the conversion against what was measured: a colour for each series, a mark for each format."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboards import palette
from dashboards.draw.names import shortened
from dashboards.draw.section import Drawing
from dashboards.numbers.deployment.networks import Conversion
from dashboards.read.series import Series
from dashboards.sections.cost import fronts
from dashboards.sections.cost.numbers import PricePanel
from dashboards.sections.deployment.numbers import MARKERS, Numbers
from dashboards.words import formats
from dashboards.words.units import Unit

LETTERS = 18  # of a name in the legend of series
BESIDE = 0.66  # of the panel's width, from where the legend of formats stands


def drawings(numbers: Numbers) -> tuple[Drawing, ...]:
    """One for each measure; all have the same legend."""
    return tuple(_drawing(panel, numbers.conversions, numbers.unit) for panel in numbers.panels)


def _drawing(panel: PricePanel, conversions: Sequence[Conversion], words: Unit) -> Drawing:
    note = f"{formats.capital(words.on('test'))} after the conversion, against {panel.axis.noun}"
    figure = _with_legend(fronts.draw(panel, words, None), conversions)
    return Drawing(figure, panel.axis.name, panel.axis.title, note, size="half", kind="measured")


def _with_legend(figure: go.Figure, conversions: Sequence[Conversion]) -> go.Figure:
    """Series, and formats beside them, in place of a name for every series in every format."""
    figure.update_traces(showlegend=False)
    series = list(dict.fromkeys(one.cell.series for one in conversions if one.value))
    forms = [form for form in MARKERS if any(one.form == form and one.value for one in conversions)]
    figure.add_traces([*map(_colour, series), *map(_mark, forms)])
    fronts.legend_below(figure, max(len(series), len(forms)))
    legend = figure.layout.legend.to_plotly_json() | {"itemclick": False, "itemdoubleclick": False}
    return figure.update_layout(legend=legend, legend2=legend | {"x": BESIDE})


def _colour(series: Series) -> go.Scatter:
    return go.Scatter(
        x=[None], y=[None], mode="lines", name=shortened(series.label, LETTERS),
        line={"color": series.colour, "dash": series.dash, "width": 2.5},
    )  # fmt: skip


def _mark(form: str) -> go.Scatter:
    return go.Scatter(
        x=[None], y=[None], mode="markers", name=f"as {form}",
        marker={"symbol": MARKERS[form], "size": 8, "color": palette.SOFT}, legend="legend2",
    )  # fmt: skip
