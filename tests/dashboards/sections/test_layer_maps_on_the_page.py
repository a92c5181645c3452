"""Maps of layers as the page has them."""

from dataclasses import replace

from dashboards.report import environment
from dashboards.sections.inside.layers import SECTION
from tests.dashboards.numbers.inside.test_layers import left, series


class _Block:
    section = replace(SECTION, name="layers-2")

    def __init__(self, *layers):
        self.view = SECTION.view(layers)


def _page(*layers):
    return environment().get_template("layers.html").render(block=_Block(*layers))


def test_each_map_scrolls_in_a_named_box_and_says_its_dead_units():
    page = _page(left(0.088, dead=0.12), left(0.3, "output"))
    assert page.count('role="region" tabindex="0" aria-labelledby="map-layers-2-1"') == 1
    assert ">8.8<i" in page and "12 % of units dead" in page and page.count("<td class=") == 2
    assert 'class="key"' in page


def test_names_from_outside_are_words():
    page = _page(left(0.1, "<script>x", of=series("<b>bad</b>")))
    assert "<script>" not in page and "&lt;script&gt;x" in page and "<b>bad" not in page
