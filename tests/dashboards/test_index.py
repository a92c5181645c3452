"""The page on all sweeps of a folder, whose reports stand in for real ones here."""

from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from dashboards.index import Summary, SweepRow, html, summary
from dashboards.plan_file import PlanFile
from dashboards.report import headline
from dashboards.report import html as page_of
from tests.dashboards.browser import Browser
from tests.dashboards.made_up import MadeUp, level, planned

EVIL = "\"'><script>window.broken = 1</script></style>{{ 7 }} " + "x" * 200
NEWEST = 1_750_000_000_000  # 2025-06-15 15:06 UTC


def plan(states, question: str | None = "Does it work?") -> PlanFile:
    runs = [MadeUp({"name": "dense"}, seed, state=state) for seed, state in enumerate(states)]
    return PlanFile.model_validate(planned("made-up", runs, "twin") | {"question": question})


def told(finished: int, newest: int | None = NEWEST, verdict: str = "It works up to 90 %.") -> Summary:
    return Summary(question="Did it?", verdict=verdict, planned=4, finished=finished, failed=0, newest=newest)


COMPLETE = SweepRow("complete", plan(["completed"] * 4), told(4), "complete/report.html", NEWEST)
PARTIAL = SweepRow("partial", plan(["completed", "completed", "failed", "running"]), told(1), "partial/report.html",
                   NEWEST + 60_000)  # fmt: skip
WITHOUT = SweepRow("without", plan(["completed", "planned"], None), None, None, NEWEST - 60_000)
ELSEWHERE = SweepRow("elsewhere", None, told(3), "elsewhere/report.html", None)
DAMAGED = SweepRow("damaged", None, None, None, None)


def test_a_row_says_how_the_trials_stand():
    assert (COMPLETE.trials, COMPLETE.partial, COMPLETE.outdated) == ("4 of 4 finished", False, None)
    assert (PARTIAL.trials, PARTIAL.partial) == ("2 of 4 finished, 1 failed", True)
    assert PARTIAL.outdated == "The report shows 1 of 2 finished trials."
    assert (WITHOUT.trials, WITHOUT.partial, WITHOUT.question) == ("1 of 2 finished", True, None)
    assert DAMAGED.trials == "plan.json is damaged; run the sweep again" and not DAMAGED.partial
    assert (ELSEWHERE.trials, ELSEWHERE.partial, ELSEWHERE.outdated) == ("3 of 4 finished", True, None)
    failed = SweepRow("failed", plan(["completed", "failed"]), None, None, None)
    assert (failed.trials, failed.partial, failed.date) == ("1 of 2 finished, 1 failed", False, None)


def test_the_newest_comes_first_and_the_order_of_reading_does_not_matter():
    page = html([DAMAGED, WITHOUT, COMPLETE, PARTIAL])
    places = [page.index(f">{name}<") for name in ("partial", "complete")] + [page.index("without"), page.index("dam")]
    assert places == sorted(places)
    assert page == html([PARTIAL, COMPLETE, WITHOUT, DAMAGED])
    assert [date in page for date in ("15:05 UTC", "15:06 UTC", "15:07 UTC")] == [True] * 3
    assert page.count("It works up to 90\u00a0%.") == 2 and page.count('class="partial"') == 2
    assert "No report yet: <code>sparsity report without</code> writes the report." in page
    assert "This folder holds no sweeps." in html([])


def test_a_summary_counts_trials_and_dates_the_newest_run(stored):
    runs = level({"name": "dense"}, [0.9, 0.9])
    runs += [MadeUp({"name": "dense"}, 2, state="failed", error="no"), MadeUp({"name": "dense"}, 3, state="lost")]
    results = stored(runs, question="Does it work?")
    one = summary(results, headline(results))
    assert (one.question, one.planned, one.finished, one.failed) == ("Does it work?", 4, 2, 1)
    assert one.newest == NEWEST + 4_300_000
    assert one.verdict == "No verdict: no run has a finished dense twin to compare with."
    assert summary(stored([MadeUp({"name": "dense"}, 0, state="lost")]), "").newest is None


def test_a_report_says_whether_it_is_partial(stored):
    method = {"name": "dense"}
    complete = [*level(method, [0.9, 0.9]), MadeUp(method, 2, state="failed", error="no")]
    assert "Partial" not in page_of(stored(complete)).partition("</header>")[0]
    head = page_of(stored([*complete, MadeUp(method, 3, state="running")])).partition("</header>")[0]
    assert "Partial: 2 of 4 trials finished; the figures change when the others finish." in head


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("results")
    evil = SweepRow("evil", plan(["failed"], EVIL), told(0, verdict=EVIL), "evil/report.html", None)
    (place / "index.html").write_text(html([COMPLETE, PARTIAL, WITHOUT, DAMAGED, evil]), encoding="utf-8")
    for name in ("complete", "partial", "evil"):
        (place / name).mkdir()
        (place / name / "report.html").write_text(f"<title>{name}</title>")
    return place / "index.html"


@pytest.mark.long
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_everyone_can_read_it_and_nothing_is_fetched(browser: Browser, page, width, scheme):
    browser.open(page, width, scheme=scheme)
    assert browser.barriers() == [] and browser.complaints() == []
    assert browser.requests() == [page.as_uri()] and browser.run("return window.broken") is None
    assert browser.run("return document.documentElement.scrollWidth") <= width
    beyond = """return [...document.body.querySelectorAll('*')].filter((one) =>
        one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML)"""
    assert browser.run(beyond) == []
    ground = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(253, 253, 251)", "dark": "rgb(18, 21, 25)"}[scheme]


@pytest.mark.long
def test_its_links_lead_to_the_reports(browser: Browser, page):
    browser.open(page)
    links = [link.get_attribute("href") for link in browser.find("a")]
    assert [Path(link.removeprefix("file://")).is_file() for link in links] == [True] * 3
    browser.find("a")[0].click()
    assert browser.driver.title == "partial"


def test_words_from_outside_are_only_words(page):
    text = page.read_text()
    assert "<script" not in text and text.count("window.broken") == 2
    assert EVIL in unescape(text) and "sparsity report damaged" not in text


def test_a_row_without_summary_takes_the_question_from_the_plan():
    assert replace(COMPLETE, plan=None).question == "Did it?" and replace(COMPLETE, summary=None).question
