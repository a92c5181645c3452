"""Figures in a real browser: when they are drawn, in which colours, and under which names."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver.support.wait import WebDriverWait

from dashboards import palette
from dashboards.report import html
from tests.dashboards.browser import PATIENCE
from tests.dashboards.page.outside import EVIL

pytestmark = pytest.mark.long

IN_SIGHT = {  # when the page opens, by the sweep
    "real": ("accuracy", "cost-operations", "cost-bytes", "cost-seconds", "cost-time"),
    "rich": ("rounds", "controls", "places", "accuracy-network-1", "accuracy-network-2", "accuracy-network-3",
             "accuracy-network-4", "post-training", "structure-parameters", "structure-step-time", "interaction",
             "shapes-map-1", "shapes-map-2", "shapes-map-3", "shapes-map-4", "cost-over-sparsity", "cost-operations",
             "cost-bytes", "cost-seconds", "cost-time", "deployment-bytes", "deployment-latency-1",
             "deployment-latency-256", "moving"),
    "evil": ("accuracy", "cost-operations", "cost-bytes", "cost-seconds", "cost-time"),
    "spoken": ("bits_per_character", "survival"),
}  # fmt: skip
FOLDED = {  # diagnostics
    "real": ("curves", "curves-outcome", "convergence", "gradients"),
    "rich": ("curves", "curves-outcome", "convergence", "pruning", "gradients", "agreement", "between-methods",
             "inputs"),
    "evil": ("curves", "curves-outcome", "convergence", "gradients"),
    "spoken": ("losses", "curves", "pruning", "layers-over-time-revival", "layers-over-time-dead",
               "layers-over-time-rank"),
}  # fmt: skip
CONTRASTS = """
    const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [0.2126 * r, 0.7152 * g, 0.0722 * b].reduce((a, b) => a + b) + 0.05;
    const linear = (colour) => parts(colour).slice(0, 3).map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (parts(colour)[3] !== 0) return light(linear(colour));
        }
    };
    return [...document.querySelectorAll('.js-plotly-plot text:not(.heatmaplayer *)')].map((text) => {
        const style = getComputedStyle(text);
        const [a, b] = [ground(text.closest('figure')), light(linear(style.fill))];
        return [text.textContent, Math.max(a, b) / Math.min(a, b), Number(style.opacity) * Number(style.fillOpacity)];
    });"""
COLOURS = """
    const hex = (colour) => '#' + colour.match(/\\d+/g).slice(0, 3)
        .map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase()).join('');
    return [...new Set([...document.querySelectorAll('.js-plotly-plot .main-svg *')].flatMap((part) => {
        const { fill, stroke } = getComputedStyle(part);
        return [fill, stroke].filter((colour) => colour.startsWith('rgb')).map(hex);
    }))];"""


def singles(names: list[str]) -> list[str]:
    """Without the small figures of single methods."""
    return [name for name in names if not re.search(r"-one-\d+$", name)]


def drawn(browser) -> list[str]:
    """The figures that are drawn, in the page's order."""
    return [figure.get_attribute("id").removeprefix("figure-") for figure in browser.find(".plot[data-drawn]")]


@pytest.mark.parametrize("name", IN_SIGHT)
def test_figures_are_drawn_when_they_can_be_seen_and_nothing_is_fetched(browser, pages, name):
    page = pages(name)
    browser.open(page)
    before = drawn(browser)
    assert singles(before) == list(IN_SIGHT[name])
    assert len(browser.find(".plot .main-svg")) == 3 * len(before)  # what is not drawn holds nothing
    for fold in browser.find("#diagnostics details"):
        fold.find_element("tag name", "summary").click()
    browser.unfold()
    assert singles(drawn(browser)) == [*IN_SIGHT[name], *FOLDED[name]]
    for figure in browser.find(".plot"):
        traces = figure.find_elements("css selector", ".main-svg .trace, .main-svg .hm")
        assert traces and figure.size["height"] > 100
    assert browser.complaints() == []
    fetched = [address for address in browser.requests() if not address.startswith(("data:", "blob:"))]
    assert fetched == [page.as_uri()]


def test_a_click_draws_the_figures_of_that_part_alone(browser, pages):
    browser.open(pages("rich"))
    before = drawn(browser)
    browser.find("#gradients > summary")[0].click()
    waiting = WebDriverWait(browser.driver, PATIENCE)
    waiting.until(lambda _: drawn(browser) == [*before, "gradients"])
    figure = browser.find("#figure-gradients")[0]
    assert figure.find_elements("css selector", ".trace") and figure.size["width"] > 600  # of the part's width


def test_the_texts_of_language_models_are_words_and_stand_in_columns_where_there_is_room(browser, tmp_path, spoken):
    path = tmp_path / "spoken.html"
    path.write_text(html(replace(spoken, samples=dict.fromkeys(spoken.samples, EVIL))), encoding="utf-8")
    for width, scheme in ((1200, "light"), (360, "dark")):
        browser.open(path, width, scheme=scheme)
        browser.unfold()
        assert browser.run("return window.broken") is None and browser.complaints() == []
        assert browser.run("return document.documentElement.scrollWidth") <= width
        texts = browser.find("#samples .samples article")
        assert len(texts) == 9 and all("<script>window.broken" in text.text for text in texts)
        places = {text.rect["x"] for text in texts}
        assert (len(places) == 1) == (width == 360)  # one below the other where there is no room


def test_words_from_outside_do_nothing(browser, pages):
    browser.open(pages("evil"))
    browser.unfold()
    assert browser.run("return window.broken") is None
    text = browser.run("return document.documentElement.textContent")
    assert text.count("window.broken") > 20  # shown as what it is: in title, question, tables and the spec
    words = browser.run("return [...document.querySelectorAll('.js-plotly-plot text')].map((word) => word.textContent)")
    assert any("\"'><script" in word for word in words)
    assert browser.complaints() == []


@pytest.mark.parametrize("name", ["rich", "spoken"])
def test_the_words_of_figures_can_be_read(browser, pages, name):
    """At least 4.5 to 1 against what they stand on, as for all other words; those in heat maps stand on their own."""
    browser.open(pages(name), scheme="dark")
    browser.unfold()
    for media, scheme in (("screen", "dark"), ("print", "dark"), ("screen", "light")):
        browser.emulate(media, scheme)
        words = browser.run(CONTRASTS)
        assert len(words) > 50
        assert [word for word in words if word[1] < 4.5 or word[2] < 1] == [], (media, scheme)


def test_figures_change_their_colours_with_the_readers_scheme(browser, pages):
    """Whatever is light on light screens is dark on dark ones, at once; and light on paper."""
    swapped = {light: dark for light, dark in palette.dark_by_light().items() if light != dark}
    browser.open(pages("rich"), scheme="light")
    browser.unfold()
    assert palette.INK in browser.run(COLOURS)
    light = set(browser.run(COLOURS)) & set(swapped)
    assert len(light) >= 8
    browser.emulate(scheme="dark")
    shown = set(browser.run(COLOURS))
    assert not shown & set(swapped)
    assert {swapped[colour] for colour in light} <= shown
    browser.emulate("print", scheme="dark")
    assert set(browser.run(COLOURS)) & set(swapped) == light
    assert not set(browser.run(COLOURS)) & (set(swapped.values()) - set(swapped))


def test_drawings_have_names(browser, pages):
    browser.open(pages("rich"))
    browser.unfold()
    drawings = browser.find(".main-svg")
    assert len(drawings) >= 8
    assert all(drawing.get_attribute("aria-label") or drawing.get_attribute("aria-hidden") for drawing in drawings)
    named = browser.find("figure .main-svg[role=img]")
    labels = [drawing.get_attribute("aria-label") for drawing in named]
    assert len(labels) == len(set(labels)) == len(browser.find("figure"))
    assert all(button.get_attribute("aria-label") for button in browser.find(".modebar button"))


def test_figures_follow_the_window_and_have_a_form_for_phones(browser, pages):
    browser.open(pages("rich"), 360)
    for figure in browser.find(".plot[data-drawn]"):
        assert figure.size["width"] <= 360 and figure.get_attribute("data-drawn") == "narrow"
        assert figure.find_element("css selector", ".main-svg").size["width"] <= figure.size["width"]
    size = {"width": 1200, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.wait_for("#figure-accuracy-network-1[data-drawn=wide]", "")
    drawing = browser.find("#figure-accuracy-network-1 .main-svg")[0]
    assert drawing.size["width"] > 600
    assert browser.run("return arguments[0].viewBox.baseVal.width", drawing) == pytest.approx(drawing.size["width"], 1)


@pytest.mark.parametrize("kind, first", [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_a_figure_is_taken_away_as_a_file(browser, pages, tmp_path, kind, first):
    browser.open(pages("rich"))
    allowed = {"behavior": "allow", "downloadPath": str(tmp_path)}
    browser.driver.execute_cdp_cmd("Browser.setDownloadBehavior", allowed)
    browser.find(f"#accuracy button[data-picture={kind}]")[0].click()
    path: Path = tmp_path / f"figure-accuracy-network-1.{kind}"
    WebDriverWait(browser.driver, PATIENCE).until(lambda _: path.exists())
    assert path.read_bytes().startswith(first)
    assert browser.complaints() == []
