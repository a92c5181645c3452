"""Tables in a real browser: sorting and copying."""

from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from selenium.webdriver.common.keys import Keys

from dashboards import report, tables
from dashboards.draw.latex import latex
from dashboards.draw.plain_tables import csv, markdown
from dashboards.draw.section import Section, Table
from dashboards.read.store import read
from dashboards.report import html
from tests.dashboards.browser import Browser

ODD = Table(
    "Odd & ends",
    ("Name", "Change", "Count", "Interval", "Share"),
    (
        ("a_10", "−0.72 pp", "12,345", "0.32 to 0.44", "9 %"),
        ("a_2", "–", "999", "−0.50 to +0.10", "10 %"),
        ("B | \"quoted\", 100% $x$ {y} ~^\\ #<script>", "+0.10 pp", "1", "–", "–"),
        ("[c]*", "−10.00 pp", "1e3", "not reached", "99.5 %"),
    ),
    frozenset({"Name"}),
)  # fmt: skip
ALLOWED = ("clipboardReadWrite", "clipboardSanitizedWrite")
GROUPED = Table(
    "Grouped", ("Method", "Loss"),
    (("one", "2"), ("one", "10"), ("one", "1"), ("two", "3"), ("two", "0.5")), frozenset({"Method"}), grouped=True,
)  # fmt: skip


@pytest.fixture(scope="module")
def results(tiny):
    return read(tiny, "tiny")


@pytest.fixture(scope="module")
def odd_page(results, tmp_path_factory) -> Path:
    section = Section("odd", "Odd", "What is odd?", summarize=lambda _: (), tables=lambda _: (ODD, GROUPED))
    path = tmp_path_factory.mktemp("odd") / "page.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "SECTIONS", (section,))
        path.write_text(html(results), encoding="utf-8")
    return path


@pytest.fixture
def odd(browser, odd_page) -> Browser:
    browser.open(odd_page)
    return browser


def rows(browser: Browser, table: int = 0) -> list[list[str]]:
    return browser.run("""return [...document.querySelectorAll('table')[arguments[0]].querySelectorAll('tbody tr')]
        .map((row) => [...row.cells].map((cell) => cell.textContent))""", table)  # fmt: skip


def header(browser: Browser, name: str, table: int = 0):
    found = browser.find("table")[table].find_elements("css selector", "thead button")
    return next(button for button in found if button.text == name)


def direction(browser: Browser, name: str) -> str | None:
    return browser.run("return arguments[0].closest('th').getAttribute('aria-sort')", header(browser, name))


def shown(table: Table, *order: int) -> list[list[str]]:
    return [list(table.rows[index]) for index in order]


@pytest.mark.parametrize(
    ("column", "up", "down"),
    [
        ("Name", (3, 1, 0, 2), (2, 0, 1, 3)),  # words, and numbers in them as numbers
        ("Change", (3, 0, 2, 1), (2, 0, 3, 1)),  # what has no number stands last in both
        ("Count", (2, 1, 3, 0), (0, 3, 1, 2)),
        ("Interval", (1, 0, 2, 3), (0, 1, 2, 3)),
        ("Share", (0, 1, 3, 2), (3, 1, 0, 2)),
    ],
)
def test_a_click_sorts_up_then_down_then_not(odd, column, up, down):
    for expected, said in ((up, "ascending"), (down, "descending"), (range(4), None)):
        header(odd, column).click()
        assert rows(odd) == shown(ODD, *expected)
        assert direction(odd, column) == said


def test_one_column_sorts_at_a_time(odd):
    header(odd, "Count").click()
    header(odd, "Share").click()
    assert (direction(odd, "Count"), direction(odd, "Share")) == (None, "ascending")


@pytest.mark.parametrize("key", [Keys.ENTER, Keys.SPACE])
def test_a_key_sorts_too_and_the_focus_stays(odd, key):
    header(odd, "Change").send_keys(key)
    assert rows(odd) == shown(ODD, 3, 0, 2, 1)
    assert odd.driver.switch_to.active_element == header(odd, "Change")
    assert odd.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_groups_stay_together(odd):
    header(odd, "Loss", table=1).click()
    assert rows(odd, 1) == [["one"], ["1"], ["2"], ["10"], ["two"], ["0.5"], ["3"]]
    header(odd, "Loss", table=1).click()
    assert rows(odd, 1) == [["one"], ["10"], ["2"], ["1"], ["two"], ["3"], ["0.5"]]


def test_headers_stay_in_sight(browser, odd_page):
    browser.open(odd_page)
    top = browser.run("""
        const box = document.querySelector('.table .scroll'), head = box.querySelector('thead th');
        box.style.maxHeight = '80px';
        box.scrollTop = 1000;
        return [box.scrollTop, head.getBoundingClientRect().top - box.getBoundingClientRect().top];""")
    assert top[0] > 0 and abs(top[1]) < 1


def copied(browser: Browser, style: str, table: int = 0) -> str:
    """What lies in the clipboard after a click on a button below a table."""
    browser.driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": list(ALLOWED)})
    tools = browser.find(".table .tools")[table]
    tools.find_element("css selector", f"[data-format={style}]").click()
    text = browser.run("return navigator.clipboard.readText()")
    assert tools.find_element("tag name", "output").text == "Copied."
    return text


def test_a_table_is_copied_for_programs(odd):
    frame = pd.read_csv(StringIO(copied(odd, "csv")), na_values=["not reached"])
    assert list(frame) == ["Name", "Change [pp]", "Count", "Interval", "Share [%]"]
    assert list(frame["Name"]) == [row[0] for row in ODD.rows]
    assert list(frame["Change [pp]"].fillna(0)) == [-0.72, 0, 0.10, -10]
    assert list(frame["Count"]) == [12345, 999, 1, 1000]
    assert list(frame["Share [%]"].fillna(0)) == [9, 10, 0, 99.5]
    assert list(frame["Interval"].fillna(""))[:3] == ["0.32 to 0.44", "-0.50 to +0.10", ""]


def test_a_table_is_copied_for_latex(odd):
    assert copied(odd, "latex") == (
        "\\begin{tabular}{lrrrr}\n\\toprule\nName & Change & Count & Interval & Share \\\\\n\\midrule\n"
        "a\\_10 & $-$0.72 pp & 12,345 & 0.32 to 0.44 & 9 \\% \\\\\n"
        "a\\_2 & -- & 999 & $-$0.50 to +0.10 & 10 \\% \\\\\n"
        "B \\textbar{} \"quoted\", 100\\% \\$x\\$ \\{y\\} \\textasciitilde{}\\textasciicircum{}\\textbackslash{} "
        "\\#\\textless{}script\\textgreater{} & +0.10 pp & 1 & -- & -- \\\\\n"
        "{[}c]{*} & $-$10.00 pp & 1e3 & not reached & 99.5 \\% \\\\\n\\bottomrule\n\\end{tabular}\n"
    )  # fmt: skip


@pytest.mark.parametrize(("style", "text"), [("csv", csv), ("markdown", markdown), ("latex", latex)])
def test_a_table_is_copied_as_the_command_writes_it(odd, style, text):
    assert copied(odd, style) == text(ODD)


def test_a_table_is_copied_as_it_is_sorted_with_the_groups_in_front(odd):
    header(odd, "Loss", table=1).click()
    assert copied(odd, "markdown", 1) == (
        "| Method | Loss |\n| :-- | --: |\n| one | 1 |\n| one | 2 |\n| one | 10 |\n| two | 0.5 |\n| two | 3 |\n"
    )


def test_the_main_tables_markdown_is_the_commands(browser, results, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(html(results), encoding="utf-8")
    browser.open(page)
    browser.unfold()
    titles = browser.run("return [...document.querySelectorAll('div.table caption')].map((one) => one.textContent)")
    assert copied(browser, "markdown", titles.index("Test accuracy at the last step")) == tables.markdown(results)


def test_without_a_clipboard_the_text_is_there_to_take(odd):
    odd.run("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    tools = odd.find(".table .tools")[1]
    tools.find_element("css selector", "[data-format=csv]").click()
    text = "Method,Loss\none,2\none,10\none,1\ntwo,3\ntwo,0.5\n"
    area = tools.find_element("tag name", "textarea")
    assert area.is_displayed() and area.get_attribute("value") == text
    assert odd.run("return getSelection().toString()").strip() == text.strip()
    assert "Ctrl+C" in tools.find_element("tag name", "output").text
