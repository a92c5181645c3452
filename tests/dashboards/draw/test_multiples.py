import pandas as pd
import pytest

from dashboards.draw.multiples import MOST_POINTS, CurvePanel, Curves, draw, ticks
from dashboards.sections.training import curves, gradients
from tests.dashboards.made_up import MadeUp


@pytest.mark.parametrize(
    ("section", "metric"), [(curves.SECTION, "train/loss"), (gradients.SECTION, "gradient_rms/overall")]
)
@pytest.mark.parametrize("looks", [2000, MOST_POINTS, 7])
def test_long_curves_are_thinned_but_keep_their_spikes(stored, section, metric, looks):
    curve = {step: 0.5 for step in range(1, looks + 1)} | {looks // 2: 9.0, looks // 2 + 1: 0.1}
    numbers = section.summarize(stored([MadeUp({"name": "dense"}, 0, curves={metric: curve})]))
    (line,) = section.draw(numbers).data
    assert list(line.x) == sorted(set(line.x))
    assert (line.x[0], line.x[-1], max(line.y), min(line.y)) == (1, looks, 9.0, 0.1)
    assert len(line.x) <= MOST_POINTS and (len(line.x) == looks) == (looks <= MOST_POINTS)
    assert ("At most 500 of the 2,000 points of a curve are drawn" in section.caption(numbers)) == (looks == 2000)


def _curves(**values):
    """A curve of two looks for each series, beside a dense twin that all share."""
    rows = [(label, level, "train/loss", step, value, 5)
            for label, end in values.items() for level, value_at in ((0.0, (1.0, 0.5)), (0.9, (1.0, end)))
            for step, value in zip((100, 200), value_at, strict=True)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["series", "sparsity", "metric", "step", "value", "n"])
    return Curves((CurvePanel("train/loss", "training loss"),), tuple(values), (0.0, 0.9), frame, ladders=False)


def test_methods_with_the_same_curves_share_a_row():
    curves = _curves(gradual=0.7, one_shot=0.8, twice=0.7)
    assert curves.rows == (("gradual", "twice"), ("one_shot",))
    figure = draw(curves, curves.panels)
    assert len(figure.data) == 2 * 2  # a level and its twin, row by row
    assert {note.text for note in figure.layout.annotations} >= {"<b>gradual and twice</b>", "<b>one_shot</b>"}


def test_levels_are_named_by_what_is_left():
    figure = draw(curves := _curves(gradual=0.7), curves.panels)
    assert {line.name for line in figure.data} == {"dense", "10 % left"}


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.02, 0.3], ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5"]),
        ([0.00001, 80.0], ["0.00001", "0.0001", "0.001", "0.01", "0.1", "1", "10", "100"]),
    ],
)
def test_ticks_of_a_log_axis_are_full_numbers(values, labels):
    """Fault 15: never a bare 2 or 5 where 0.02 or 0.05 is meant."""
    axis = ticks(pd.Series(values))
    assert axis["ticktext"][: len(labels)] == labels


def test_a_log_axis_around_a_constant_shows_a_decade():
    """Fault 15: an axis from 915 to 917 makes noise of a constant."""
    low, high = ticks(pd.Series([916.0, 916.5]))["range"]
    assert high - low == pytest.approx(1)
