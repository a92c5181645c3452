"""The page keeps to its width, does not move while it is read, and stays small."""

from dataclasses import replace

import numpy as np
import pytest

from dashboards import report
from dashboards.read.masks import Mask
from dashboards.report import html
from tests.dashboards.made_up_results import in_memory
from tests.dashboards.made_up_sweep import sweep

pytestmark = pytest.mark.long

BEYOND = """
    return [...document.body.querySelectorAll('*')].filter((part) =>
        !part.closest('.scroll, pre, .skip, .unseen, .main-svg')
        && part.checkVisibility() && part.getBoundingClientRect().right > innerWidth + 0.5)
        .map((part) => part.outerHTML.slice(0, 120))"""
MOVED = """
    const done = arguments[0] ?? 0;
    const frame = () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    for (let y = 0; y < document.body.scrollHeight; y += 600) { scrollTo(0, y); await frame(); }
    return new Promise((answer) => {
        const observer = new PerformanceObserver((list) => answer(list.getEntries()
            .filter((entry) => !entry.hadRecentInput).map((entry) => entry.value).reduce((a, b) => a + b, 0)));
        observer.observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => answer(0), 1000);
    });"""


@pytest.mark.parametrize("name", ["real", "rich", "evil", "spoken", "static_levels"])
@pytest.mark.parametrize("width", [1200, 800, 390, 360])
def test_nothing_overflows_the_page(browser, pages, name, width):
    browser.open(pages(name), width)
    browser.unfold()
    assert browser.run(BEYOND) == []
    assert browser.run("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1200, 800, 390])
def test_names_stand_beside_their_marks_also_where_they_take_two_lines(browser, pages, width):
    browser.open(pages("static_levels"), width)
    below = browser.run("""return [...document.querySelectorAll('th > .key + span')]
        .filter((name) => name.checkVisibility() && name.previousElementSibling.checkVisibility())
        .filter((name) => name.getBoundingClientRect().left < name.previousElementSibling.getBoundingClientRect().right)
        .map((name) => name.textContent)""")
    assert below == []


@pytest.mark.parametrize("name", ["rich", "spoken"])
@pytest.mark.parametrize("width", [1200, 390])
def test_nothing_moves_while_the_page_is_read(browser, pages, name, width):
    browser.open(pages(name), width)
    assert browser.run(MOVED) < 0.1


def test_a_move_would_be_seen(browser, pages):
    browser.open(pages("rich"))
    browser.run("document.querySelector('header').style.paddingTop = '500px'")
    assert browser.run(MOVED) > 0.1


def test_the_page_is_dark_where_the_reader_wants_it(browser, pages):
    ground = "return getComputedStyle(document.body).backgroundColor"
    browser.open(pages("rich"), scheme="light")
    assert browser.run(ground) == "rgb(253, 253, 251)"
    browser.emulate(scheme="dark")
    assert browser.run(ground) == "rgb(18, 21, 25)"


def test_a_page_of_sections_without_figures_has_tables(browser, tmp_path, rich, monkeypatch):
    named = {section.name: section for section in report.SECTIONS}
    monkeypatch.setattr(report, "SECTIONS", (named["answer"], named["table"]))
    path = tmp_path / "page.html"
    path.write_text(html(rich), encoding="utf-8")
    browser.open(path)
    assert not browser.find("figure") and browser.find("table")
    assert browser.complaints() == []


def test_a_page_of_500_runs_is_below_8_megabytes():
    runs = list(sweep())
    assert len(runs) == 500
    results = in_memory(runs)
    masks = {f"{run.key}/final": {layer: Mask(np.packbits(kept), kept.shape) for layer, kept in run.masks.items()}
             for run in runs if run.masks}  # fmt: skip
    assert len(html(replace(results, masks=masks)).encode()) < 8_000_000
