import plotly.graph_objects as go
import pytest

from dashboards.draw import figures, legends

LONG = "static_random allocation erk, dense_layers last and first"


@pytest.mark.parametrize(
    ("names", "wide", "narrow"),
    [(["dense"], 1, 1), (["dense", "50 % left", "20 % left"], 1, 2), ([LONG, LONG + "s", LONG + "es"], 3, 3)],
)
def test_a_legend_has_room_for_all_its_names_on_phones_too(names, wide, narrow):
    """Fault 16: names of 70 characters are cut to 48, and no row of names lies over a panel."""
    layout = legends.above(figures.styled(go.Figure(), 400), names, titles=40).layout
    assert layout.margin.t == 40 + wide * legends.LINE
    assert layout.meta["narrow"]["margin.t"] == 40 + narrow * legends.LINE
