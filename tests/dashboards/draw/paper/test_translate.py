"""Figures for papers: what stands in the files, and that every figure of every page can be written."""

import re
import zlib
from xml.etree import ElementTree

import matplotlib
import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

from dashboards.draw import figures
from dashboards.draw.paper.translate import COLUMN, PAGE, files
from dashboards.errors import ReportError
from dashboards.report import SECTIONS, chapters
from tests.dashboards.made_up_outcome import squared
from tests.dashboards.made_up_results import in_memory
from tests.dashboards.made_up_sweep import SERIES
from tests.dashboards.made_up_sweep import sweep as made_up_sweep
from tests.dashboards.made_up_text import sweep as text_sweep
from tests.dashboards.made_up_tickets import tickets

SVG = "{http://www.w3.org/2000/svg}"
CURVE = go.Scatter(x=[1, 2, 3], y=[0.5, 0.7, 0.6], mode="lines+markers", name="one",
                   line={"color": "#4477AA", "dash": "dash"}, marker={"symbol": "square"})  # fmt: skip


def _svg(figure: go.Figure) -> ElementTree.Element:
    return ElementTree.fromstring(files(figure, ("svg",))["svg"])


def _inches(figure: go.Figure) -> tuple[float, float]:
    root = _svg(figure)
    return float(root.get("width")[:-2]) / 72, float(root.get("height")[:-2]) / 72


def _texts(content: bytes) -> set[str]:
    """What is written in an SVG: matplotlib says it beside the outlines of the letters."""
    return set(re.findall(r"<!-- (.*?) -->", content.decode()))


def test_a_panel_is_one_column_wide_and_a_grid_two():
    single = figures.styled(go.Figure(CURVE), 400)
    assert _inches(single)[0] == pytest.approx(COLUMN) == pytest.approx(3.3)
    stacked = make_subplots(rows=2, cols=1)
    stacked.add_trace(CURVE, row=1, col=1)
    assert _inches(figures.styled(stacked, 600))[0] == pytest.approx(COLUMN)
    beside = make_subplots(rows=1, cols=2)
    beside.add_trace(CURVE, row=1, col=2)
    assert _inches(figures.styled(beside, 400))[0] == pytest.approx(PAGE) == pytest.approx(6.9)


def test_a_panel_is_less_high_than_wide_whatever_the_page_has():
    width, height = _inches(figures.styled(go.Figure(CURVE), 2000))
    assert height < width


def test_colours_are_those_of_the_page():
    written = files(figures.styled(go.Figure(CURVE), 400), ("svg",))["svg"].decode()
    assert "stroke: #4477aa" in written and "stroke-dasharray" in written
    assert "fill: #4477aa" in written  # the marker


def test_axes_say_what_the_page_says():
    figure = figures.over_density(figures.styled(go.Figure(CURVE), 400), 0.9)
    figure.update_xaxes(title_text="weights left").update_yaxes(title_text="a &lt; b", ticksuffix=" %")
    said = _texts(files(figure, ("svg",))["svg"])
    assert {"100 %", "50 %", "20 %", "10 %", "weights left", "a &lt; b"} <= said
    assert {"0.5 %", "0.6 %", "0.7 %"} <= said


def test_an_axis_that_the_page_hides_is_hidden():
    figure = go.Figure(go.Scatter(x=[1, 2], y=[777, 888])).update_yaxes(visible=False)
    assert not {"777", "800", "880", "888"} & _texts(files(figure)["svg"])


def test_names_of_rows_and_columns_and_the_legend_are_written():
    figure = make_subplots(rows=2, cols=2, column_titles=["left", "right"])
    for row in (1, 2):
        for column in (1, 2):
            figure.add_trace(CURVE, row=row, col=column)
    figures.styled(figure, 600)
    figures.name_rows(figure, ["above", "below"])
    said = _texts(files(figure, ("svg",))["svg"])
    assert {"left", "right", "above", "below", "one"} <= said


def test_labels_of_ticks_do_not_run_into_each_other():
    ticks = list(range(0, 100, 2))
    figure = figures.styled(go.Figure(go.Scatter(x=[0, 98], y=[0, 1])), 400)
    figure.update_xaxes(tickvals=ticks, ticktext=[f"{tick},000,000" for tick in ticks])
    shown = [word for word in _texts(files(figure, ("svg",))["svg"]) if word.endswith(",000,000")]
    assert 2 <= len(shown) <= 6


def test_words_leave_a_heat_map_whose_fields_are_too_narrow():
    def drawn(columns):
        values = list(range(columns))
        fields = {"x": [f"{value} %" for value in values], "y": ["a"], "z": [values], "text": [["12345"] * columns]}
        figure = go.Figure(go.Heatmap(**fields, texttemplate="%{text}", colorscale="Blues", zmin=0, zmax=9))
        return _texts(files(figures.styled(figure, 200), ("svg",))["svg"])

    assert "12345" in drawn(3) and "12345" not in drawn(40)


def test_the_same_figure_gives_the_same_bytes_without_a_date():
    figure = figures.styled(go.Figure(CURVE), 400)
    first, second = files(figure), files(figure)
    assert first == second
    assert b"Date" not in first["pdf"] and b"<dc:date>" not in first["svg"]


def test_fonts_are_in_the_file():
    pdf = files(figures.styled(go.Figure(CURVE), 400))["pdf"]
    assert b"/FontFile2" in pdf and b"/Type3" not in pdf
    assert any(b"Tf" in zlib.decompress(part) for part in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
               if part[:1] == b"x")  # fmt: skip


def test_the_users_own_settings_of_matplotlib_change_nothing():
    figure = figures.styled(go.Figure(CURVE), 400)
    expected = files(figure, ("svg",))
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "black"}):
        assert files(figure, ("svg",)) == expected
        assert matplotlib.rcParams["font.size"] == 30


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        (go.Figure(go.Bar(x=[1], y=[2])), "a figure of kind bar has no counterpart"),
        (go.Figure(go.Scatter(x=[1], y=[2], mode="markers", marker={"symbol": "hash"})), "the marker hash has no"),
        (go.Figure(go.Scatter(x=[1], y=[2], line={"dash": "5px,10px"})), "the dash 5px,10px has no"),
        (go.Figure(go.Scatter(x=[1], y=[2], fill="tozeroy")), "the fill tozeroy has no"),
        (go.Figure(CURVE).update_xaxes(type="date"), "an axis of type date has no"),
        (go.Figure(CURVE).add_annotation(text="here", x=1, y=0.5), "the annotation 'here' has an arrow"),
        (go.Figure(CURVE).add_shape(type="circle", x0=1, x1=2, y0=0, y1=1), "the shape circle has no"),
    ],
)
def test_what_cannot_be_drawn_for_print_is_an_error(figure, told):
    with pytest.raises(ReportError, match=re.escape(told)):
        files(figure)


def _sweeps():
    widths = tuple({"name": "fashion_mnist_mlp", "hidden": [width]} for width in (100, 300))
    series = (SERIES[0], SERIES[5], SERIES[6])
    yield "one seed", lambda: made_up_sweep((SERIES[0],), (0.5, 0.9), seeds=1, looks=3)
    yield "many", lambda: made_up_sweep(series, (0.5, 0.99), seeds=2, looks=5, workloads=widths)
    yield "tickets", tickets
    yield "text", text_sweep
    yield "squared error", lambda: squared(tickets(2))


@pytest.mark.long
@pytest.mark.parametrize("made_up", [make for _, make in _sweeps()], ids=[name for name, _ in _sweeps()])
@pytest.mark.filterwarnings("error::UserWarning")
def test_law_every_figure_of_a_page_is_written_for_print(made_up):
    drawn = [figure for chapter in chapters(in_memory(made_up())) if (figure := chapter.section.draw(chapter.numbers))]
    assert drawn
    for figure in drawn:
        assert files(figure)["pdf"].startswith(b"%PDF")


@pytest.mark.filterwarnings("error::UserWarning")
@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_law_every_sections_figure_is_written_for_print(section, rich, spoken):
    """Of a page that has all of them; the figures of language models alone come from another."""
    drawn = [figure for results in (rich, spoken)
             if (numbers := section.summarize(results)) is not None and (figure := section.draw(numbers))]  # fmt: skip
    for figure in drawn[:1]:
        assert _inches(figure)[0] in (pytest.approx(COLUMN), pytest.approx(PAGE))
