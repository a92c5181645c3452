import pytest

from dashboards.draw.multiples import MOST_POINTS
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
