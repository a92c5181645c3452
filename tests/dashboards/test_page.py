"""The page as its readers have it: in a real browser, on every medium, with a mouse, a keyboard and a screen reader."""

from dataclasses import replace
from pathlib import Path

import pytest

from dashboards import report
from dashboards.plan_file import TrialEntry
from dashboards.read.results import Results
from dashboards.read.store import read
from dashboards.report import html
from tests.dashboards.browser import Browser
from tests.dashboards.made_up import MadeUp, write
from tests.dashboards.made_up_sweep import SERIES, sweep

pytestmark = pytest.mark.long

BROKEN = "\"'><script>window.broken = 1</script><img src=x onerror='window.broken = 1'></style>{{ 7 }}${7}</template>"
LONG = "x" * 200
EVIL = f"{BROKEN} {LONG}"
DRAWING = ("rounds", "controls", "limits", "accuracy", "interaction", "shapes", "prices", "convergence", "pruning",
           "curves", "gradients", "layers", "agreement", "inputs", "epochs")  # fmt: skip


@pytest.fixture(scope="module")
def evil(tmp_path_factory, empty_store) -> Results:
    """Whatever a report takes from outside tries to be more than words."""
    runs = [*sweep((SERIES[0], SERIES[1], SERIES[5]), (0.5,), seeds=2, looks=2)]
    runs = [replace(one, provenance={"host": EVIL, EVIL: "fact"}) for one in runs]
    runs.append(MadeUp({"name": "static_random", "sparsity": 0.99}, 0, state="failed", error=EVIL))
    results = read(write(tmp_path_factory.mktemp("evil"), empty_store, runs, question=EVIL), "made-up")
    plan = results.plan.model_copy(update={"trials": tuple(map(_worse, results.plan.trials))})
    layers = {name: f"{name}{EVIL}" for name in results.runs if name.startswith(("layer_", "dead_"))}
    masks = {run: {f"{layer}{EVIL}": mask for layer, mask in own.items()} for run, own in results.masks.items()}
    runs = results.runs.rename(columns=layers)
    return replace(results, sweep=EVIL, spec=EVIL + "\n" + EVIL, plan=plan, runs=runs, masks=masks)


def _worse(trial: TrialEntry) -> TrialEntry:
    method = trial.settings["method"]
    method = method | ({"allocation": EVIL + method["allocation"]} if "allocation" in method else {})
    more = {"state": EVIL, "log": EVIL} if trial.error else {}
    return trial.model_copy(update={"settings": trial.settings | {"method": method}, **more})


@pytest.fixture(scope="module")
def pages(tmp_path_factory, tiny, rich, evil) -> dict[str, Path]:
    """The reports of a real sweep and of two made-up ones."""
    place = tmp_path_factory.mktemp("pages")
    for name, results in (("real", read(tiny, "tiny")), ("rich", rich), ("evil", evil)):
        (place / f"{name}.html").write_text(html(results), encoding="utf-8")
    return {path.stem: path for path in place.iterdir()}


@pytest.fixture(params=["real", "rich", "evil"])
def page(request, pages) -> Path:
    return pages[request.param]


def unfold(browser: Browser) -> None:
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def test_every_figure_is_drawn_and_nothing_is_fetched(browser, page):
    browser.open(page)
    figures = browser.find(".js-plotly-plot")
    only_rich = {"rounds", "controls", "interaction", "shapes", "pruning"}  # what the other sweeps don't have
    drawing = [name for name in DRAWING if page.stem == "rich" or name not in only_rich]
    assert [figure.get_attribute("id") for figure in figures] == [f"figure-{name}" for name in drawing]
    for figure in figures:
        traces = figure.find_elements("css selector", ".main-svg .trace, .main-svg .hm")
        assert traces and figure.size["height"] > 150
    assert browser.complaints() == []
    assert [one for one in browser.requests() if not one.startswith(("data:", "blob:"))] == [page.as_uri()]


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (360, "dark")])
def test_the_page_of_language_models_is_drawn_fits_and_shows_their_texts_as_words(
    browser, tmp_path, spoken, width, scheme
):  # fmt: skip
    path = tmp_path / "spoken.html"
    path.write_text(html(replace(spoken, samples=dict.fromkeys(spoken.samples, EVIL))), encoding="utf-8")
    browser.open(path, width, scheme=scheme)
    unfold(browser)
    drawn = [figure.get_attribute("id") for figure in browser.find(".js-plotly-plot")]
    wanted = ("limits", "bits_per_character", "pruning", "survival", "losses", "curves", "layers",
              "layers-over-time")  # fmt: skip
    assert drawn == [f"figure-{name}" for name in wanted]
    assert browser.run("return window.broken") is None and browser.complaints() == []
    assert browser.run("return document.documentElement.scrollWidth") <= width
    texts = browser.find(".samples article")
    assert len(texts) == 9 and all("<script>window.broken" in text.text for text in texts)
    places = {text.rect["x"] for text in texts}
    assert (len(places) == 1) == (width == 360)  # one below the other where there is no room


def test_words_from_outside_do_nothing(browser, pages):
    browser.open(pages["evil"])
    unfold(browser)
    assert browser.run("return window.broken") is None
    text = browser.run("return document.documentElement.textContent")
    assert text.count("window.broken") > 20  # shown as what it is: in title, question, tables and the spec
    drawn = browser.run("return [...document.querySelectorAll('.js-plotly-plot text')].map((one) => one.textContent)")
    assert any(one.startswith("static_random \"'><script") for one in drawn)
    assert browser.complaints() == []


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (360, "dark")])
def test_nobody_is_shut_out(browser, page, width, scheme):
    browser.open(page, width, scheme=scheme)
    unfold(browser)
    assert browser.barriers() == []


def test_barriers_would_be_found(browser, pages):
    browser.open(pages["real"])
    browser.run("document.querySelector('.facts').style.color = '#eee'")
    browser.run("document.querySelector('.table .scroll').removeAttribute('tabindex')")
    assert any(one.startswith("color-contrast") for one in browser.barriers())


@pytest.mark.parametrize("width", [1200, 360])
def test_nothing_overflows_the_page(browser, page, width):
    browser.open(page, width)
    unfold(browser)
    assert browser.run("return document.documentElement.scrollWidth") <= width
    beyond = """return [...document.body.querySelectorAll('*')].filter((one) =>
        !one.closest('.scroll, pre, .skip') && one.getBoundingClientRect().right > innerWidth)
        .map((one) => one.outerHTML)"""
    assert browser.run(beyond) == []


@pytest.mark.parametrize("scheme, media", [("light", "screen"), ("dark", "screen"), ("dark", "print")])
def test_the_words_of_figures_can_be_read(browser, pages, scheme, media):
    """At least 4.5 to 1 against the page, as for all other words; those in heat maps stand on their own colour."""
    browser.open(pages["rich"], scheme=scheme)
    browser.emulate(media, scheme)
    ratios = browser.run("""
        const light = (colour) => {
            const [r, g, b] = colour.match(/[\\d.]+/g).map((part) => part / 255)
                .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
        };
        const page = light(getComputedStyle(document.body).backgroundColor);
        return [...document.querySelectorAll('.js-plotly-plot text:not(.heatmaplayer *)')].map((text) => {
            const [a, b] = [page, light(getComputedStyle(text).fill)];
            return Math.max(a, b) / Math.min(a, b);
        });""")
    assert len(ratios) > 50 and min(ratios) >= 4.5


def test_the_page_is_dark_where_the_reader_wants_it(browser, pages):
    ground = "return getComputedStyle(document.body).backgroundColor"
    browser.open(pages["rich"], scheme="light")
    assert browser.run(ground) == "rgb(255, 255, 255)"
    browser.emulate(scheme="dark")
    assert browser.run(ground) == "rgb(20, 23, 27)"


def test_print_has_every_table_and_no_buttons(browser, page):
    browser.open(page)
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                   {"width": 720, "height": 1000, "deviceScaleFactor": 1, "mobile": False})  # fmt: skip
    browser.emulate("print", scheme="dark")
    seen = "return arguments[0].checkVisibility({contentVisibilityAuto: true}) && arguments[0].offsetHeight > 0"
    tables = browser.find("table")
    assert len(tables) >= 5 and all(browser.run(seen, table) for table in tables)
    assert not any(browser.run(seen, one) for one in browser.find("nav, .copying, .modebar, summary, .skip"))
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    kept = "const style = getComputedStyle(arguments[0]); return [style.breakInside, style.breakAfter]"  # on one page
    assert {tuple(browser.run(kept, one)) for one in browser.find("figure > .scroll")} == {("avoid", "avoid")}
    assert {browser.run(kept, one)[0] for one in browser.find("figcaption")} == {"avoid"}
    beyond = """return [...document.querySelectorAll('main :not(svg *)')]
        .filter((one) => one.getBoundingClientRect().right > 721).map((one) => one.outerHTML.slice(0, 100))"""
    assert browser.run(beyond) == []


def test_every_name_is_given_once(browser, page):
    browser.open(page)
    values = "return [...document.querySelectorAll(`[${arguments[0]}]`)].map((one) => one.getAttribute(arguments[0]))"
    names = browser.run(values, "id")
    assert len(names) == len(set(names)) > 10
    assert set(browser.run(values, "aria-labelledby")) <= set(names)


def test_a_keyboard_goes_everywhere(browser, pages):
    browser.open(pages["rich"], 360)
    assert browser.run("return document.querySelector('a').className") == "skip"
    boxes = browser.run("""return [...document.querySelectorAll('*')].filter((one) =>
        getComputedStyle(one).overflowX === 'auto' && one.scrollWidth > one.clientWidth && one.tabIndex < 0
        && one.clientWidth).map((one) => one.outerHTML.slice(0, 80))""")
    assert boxes == []


def test_drawings_have_names(browser, pages):
    browser.open(pages["rich"])
    drawings = browser.find(".main-svg")
    assert len(drawings) >= 8
    assert all(one.get_attribute("aria-label") or one.get_attribute("aria-hidden") for one in drawings)
    assert all(button.get_attribute("aria-label") for button in browser.find(".modebar button"))


def test_the_drawings_follow_the_window(browser, pages):
    browser.open(pages["rich"], 360)
    assert browser.run("return document.getElementById('figure-accuracy').clientWidth") <= 360
    assert browser.find("#figure-accuracy .main-svg")[0].size["width"] <= 360


def test_a_section_without_figures_has_no_figure(browser, tmp_path, rich, monkeypatch):
    monkeypatch.setattr(report, "SECTIONS", report.SECTIONS[:2])
    path = tmp_path / "page.html"
    path.write_text(html(rich), encoding="utf-8")
    browser.open(path)
    assert not browser.find("figure") and browser.find("table")
    assert browser.complaints() == []
