"""Figures with a row for each network, so that methods are held against each other on one network at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards import figures
from dashboards.networks import Settings, networks
from dashboards.series import Series

ROW_HEIGHT = 270  # pixels
FRAME = 112  # pixels around the rows


def faceted(series: Iterable[Series], shared_xaxes: str | bool) -> tuple[go.Figure, Mapping[Settings, int]]:
    """An empty figure with axes, and the row of each network, from 1."""
    called = networks(series)
    rows, height = len(called), FRAME + ROW_HEIGHT * len(called)
    figure = make_subplots(
        rows=rows, cols=1, shared_xaxes=shared_xaxes, vertical_spacing=60 / height if rows > 1 else 0
    )
    figures.styled(figure, height)
    if rows > 1:
        figures.name_rows(figure, list(called.values()))
    figure.update_xaxes(showticklabels=True)
    return figure, {network: row for row, network in enumerate(called, 1)}
