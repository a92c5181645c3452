"""Names beside the ends of lines."""

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.draw import direct_labels
from dashboards.draw.direct_labels import LineEnd
from dashboards.draw.paper import notes
from dashboards.draw.paper.panels import panels


def _two_rows():
    figure = make_subplots(rows=2, cols=1, row_heights=[0.8, 0.2])
    for row in (1, 2):
        figure.add_trace(go.Scatter(x=[0, 1], y=[0, 1]), row=row, col=1)
    ends = [LineEnd("one_shot", "#12408F", 8.0), LineEnd("static_random erk", "#C2501B", 10.0)]
    return direct_labels.add(figure, ends, 200)


def test_names_stand_apart_at_the_heights_of_their_lines_in_their_panel():
    """8 pixels is too low for the middle of an 18 pixel line of words; the second needs two lines, 33 pixels."""
    low, high = _two_rows().layout.annotations
    assert (low.text, high.text) == ("one_shot", "static_random erk") and low.yref == high.yref == "y domain"
    assert (low.y * 200, high.y * 200) == (9.0, 27.0)


def test_in_print_too_a_name_at_the_lower_edge_belongs_to_its_own_panel():
    """The fault: the name was drawn far above the panel below, whose upper edge is nearer."""
    from matplotlib.figure import Figure

    figure = _two_rows()
    shown = panels(figure, Figure())
    (first, second) = (panel.axes for panel in shown)
    for label in figure.layout.annotations:
        notes.annotate(shown, label, 3.3)
    assert {text.get_text() for text in first.texts} >= {"one_shot", "static_random erk"} and not second.texts


def test_a_phone_shows_the_legend_instead():
    narrow = _two_rows().layout.meta["narrow"]
    assert narrow["hide"] == "direct" and narrow["showlegend"] and narrow["margin.r"] < direct_labels.MARGIN
