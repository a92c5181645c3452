"""The page on paper."""

import re
import zlib

import pytest

from tests.dashboards.browser import sheets

pytestmark = pytest.mark.long

SHOWN = "return arguments[0].checkVisibility({contentVisibilityAuto: true}) && arguments[0].offsetHeight > 0"
PAPER = {"width": 720, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
INK = {"light": rb"\.102 \.1137 \.1333 rg", "dark": rb"\.9098 \.9176 \.9294 rg"}  # of words, as PDF files have it
SIZES = """
    const drawing = arguments[0].querySelector('.main-svg'), place = drawing.getBoundingClientRect();
    return [place.width, place.height, ...drawing.getAttribute('viewBox').split(' ').map(Number)];"""
LOOSE = """
    const found = [], words = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
        const { parentElement: part, data } = words.currentNode;
        if (!part.closest('script, pre, svg') && part.checkVisibility() && /\\d to [+−]?\\d/.test(data)
            && getComputedStyle(part).whiteSpace !== 'nowrap') found.push(data);
    }
    return found;"""  # intervals that may end on another line


def on_paper(browser, page, scheme: str = "dark") -> None:
    """Show a page as wide as a printed one."""
    browser.open(page)
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PAPER)
    browser.emulate("print", scheme=scheme)


def test_print_has_what_is_open_and_nothing_to_click(browser, page):
    on_paper(browser, page)
    shown = [browser.run(SHOWN, part) for part in browser.find("table, .cards, h1, h2, .plot[data-drawn]")
             if not browser.run("return arguments[0].closest('details:not([open]), [hidden]')", part)]  # fmt: skip
    assert len(shown) > 12 and all(shown)
    assert browser.find(".plot[data-drawn]") and browser.find("table.matrix")
    unwanted = ".rail, .jump, .tools, .choice, .modebar, .skip, .fold"
    assert not any(browser.run(SHOWN, part) for part in browser.find(unwanted))
    assert all(
        browser.run(SHOWN, line) for line in browser.find("#diagnostics > .folds > details > summary")
    )  # each finding in a line
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_what_belongs_together_is_on_one_sheet(browser, page):
    on_paper(browser, page)
    style = "const style = getComputedStyle(arguments[0]); return [style.breakInside, style.breakAfter]"
    for parts in ("figure", "tr", ".card", ".side"):
        assert {browser.run(style, part)[0] for part in browser.find(parts)} <= {"avoid"}, parts
    for heads in ("h2", "caption", ".label"):
        assert {browser.run(style, part)[1] for part in browser.find(heads)} <= {"avoid"}, heads


@pytest.mark.parametrize("name", ["real", "rich", "evil", "spoken", "static_levels"])
def test_nothing_is_cut_off_and_figures_shrink_to_the_paper(browser, pages, name):
    on_paper(browser, pages(name))
    beyond = """return [...document.querySelectorAll('main :not(svg *, .unseen)')]
        .filter((part) => part.checkVisibility() && part.getBoundingClientRect().right > 721)
        .map((part) => part.outerHTML.slice(0, 100))"""
    assert browser.run(beyond) == []
    for plot in browser.find(".plot[data-drawn]"):
        width, height, *box = browser.run(SIZES, plot)
        assert box[:2] == [0, 0]
        assert width <= plot.size["width"] + 1
        assert width / height == pytest.approx(box[2] / box[3], rel=0.02)  # shrunk, not squeezed


def test_intervals_are_not_broken_over_lines(browser, pages):
    on_paper(browser, pages("static_levels"))
    lines = """return [...document.querySelectorAll('.number')].filter((part) => part.checkVisibility())
        .map((part) => getComputedStyle(part).whiteSpace)"""
    assert set(browser.run(lines)) == {"nowrap"}
    assert browser.run(LOOSE) == []


def test_names_of_layers_stay_on_one_line(browser, pages):
    on_paper(browser, pages("rich"))
    names = browser.find(".map th[scope=row]")
    assert names and max(name.size["height"] for name in names) < 40


def test_a_sweep_of_the_size_of_static_levels_takes_at_most_8_sheets(browser, pages):
    browser.open(pages("static_levels"))
    assert 2 <= sheets(browser.printed()) <= 8


def test_paper_is_light_also_where_the_screen_is_dark(browser, pages):
    browser.open(pages("static_levels"), scheme="dark")
    streams = re.split(rb"stream\r?\n", browser.printed("dark"))[1:]
    content = b"\n".join(zlib.decompressobj().decompress(stream) for stream in streams if stream[:1] == b"\x78")
    assert re.search(INK["light"], content) and not re.search(INK["dark"], content)
