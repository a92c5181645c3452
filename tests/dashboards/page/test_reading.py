"""What readers do with the page: find their way, choose a level, go on by keyboard, listen to it."""

import pytest
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.long

WIDTHS = (1200, 360)
COLOURS = ("color-contrast", "link-in-text-block")  # the rules of axe on what a scheme changes; they take longest
CONTRAST = {"runOnly": {"type": "rule", "values": COLOURS}}
ALL_ELSE = {"rules": dict.fromkeys(COLOURS, {"enabled": False})}
VALUES = "return [...document.querySelectorAll(`[${arguments[0]}]`)].map((part) => part.getAttribute(arguments[0]))"
LINKS = "return [...document.querySelectorAll(\"a[href^='#']\")].map((link) => link.getAttribute('href').slice(1))"
IN_SIGHT = """
    const part = document.getElementById(arguments[0]), place = part.getBoundingClientRect();
    return part.checkVisibility() && place.top < innerHeight && place.bottom > 0;"""


@pytest.mark.parametrize("width", WIDTHS)
def test_nobody_is_shut_out(browser, page, width):
    assert barriers(browser, page, width) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nobody_is_shut_out_of_texts(browser, pages, width):
    assert barriers(browser, pages("spoken"), width) == []


def barriers(browser, page, width) -> list[str]:
    """On light and on dark screens. Tables, with their thousands of cells, have the same colours at every width."""
    browser.open(page, width)
    browser.unfold()
    found = browser.barriers(ALL_ELSE)
    for scheme in ("light", "dark"):
        browser.emulate(scheme=scheme)
        found += browser.barriers(CONTRAST, without=("table",) if width == 360 else ())
    return found


def test_barriers_would_be_found(browser, pages):
    browser.open(pages("real"))
    browser.run("document.querySelector('.kicker').style.color = '#eee'")
    assert any(barrier.startswith("color-contrast") for barrier in browser.barriers())


def test_every_name_is_given_once(browser, page):
    browser.open(page)
    names = browser.run(VALUES, "id")
    assert len(names) == len(set(names)) > 10
    assert set(browser.run(VALUES, "aria-labelledby")) <= set(names)


def test_every_link_leads_to_a_place_and_opens_what_it_is_folded_into(browser, page):
    browser.open(page)
    places = browser.run(LINKS)
    assert set(places) <= set(browser.run(VALUES, "id"))
    assert {"answer", "ranking", "accuracy", "cost", "curves", "provenance"} <= set(places)
    assert any(place.startswith("figure-accuracy") for place in places)
    for place in dict.fromkeys(places):
        browser.run("location.hash = arguments[0]", place)
        browser.run("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert browser.run(IN_SIGHT, place), place
    browser.unfold()  # nothing is left to draw
    assert browser.complaints() == []


def test_the_rail_leads_to_every_section_and_marks_the_one_that_is_read(browser, pages):
    browser.open(pages("rich"))
    sections = browser.run("""return [...document.querySelectorAll('section, #diagnostics > .folds > details')]
        .map((part) => part.id)""")
    rail, menu = (browser.find(f"{nav} a") for nav in (".rail", ".jump"))
    wanted = [f"#{name}" for name in sections]
    for links in (rail, menu):
        assert [link.get_attribute("hash") for link in links] == wanted
    assert all(link.is_displayed() for link in rail) and not browser.find(".jump")[0].is_displayed()
    for name in ("cost", "gradients"):
        browser.find(f".rail a[href='#{name}']")[0].click()
        marked = browser.wait_for(f".rail a[href='#{name}'][aria-current]", "")
        assert marked.value_of_css_property("font-weight") == "600"
        assert len(browser.find(".rail [aria-current]")) == 1
        assert browser.run(IN_SIGHT, name)
    assert browser.find("#gradients")[0].get_attribute("open")
    browser.find("#gradients > summary")[0].click()
    browser.find(".rail a[href='#gradients']")[0].click()  # where the address stays, too
    assert browser.find("#gradients")[0].get_attribute("open")


@pytest.mark.parametrize("width", [390, 860])
def test_on_narrow_screens_a_menu_takes_the_place_of_the_rail(browser, pages, width):
    browser.open(pages("rich"), width)
    (menu,) = browser.find(".jump")
    assert menu.is_displayed() and not browser.find(".rail")[0].is_displayed()
    link = browser.find(".jump a[href='#gradients']")[0]
    assert not link.is_displayed()
    browser.run("scrollTo(0, 3000)")
    assert menu.rect["y"] == pytest.approx(browser.run("return scrollY"), abs=1)  # it stays in sight
    menu.find_element("tag name", "summary").click()
    link.click()
    assert not menu.get_attribute("open") and browser.run(IN_SIGHT, "gradients")
    head = "#gradients > summary"
    assert browser.find(head)[0].rect["y"] >= menu.rect["y"] + menu.rect["height"] - 1  # not beneath the menu
    assert browser.find("#figure-gradients .trace")


def levels(browser) -> list[str]:
    """The levels of the rankings that can be seen."""
    return [league.get_attribute("id").removeprefix("ranking-")
            for league in browser.find("#ranking .league") if league.is_displayed()]  # fmt: skip


def test_the_ranking_shows_the_level_that_is_chosen(browser, pages):
    browser.open(pages("static_levels"))
    choices = browser.find("#ranking .choice label")
    assert [choice.text for choice in choices] == [f"{share} %" for share in (10, 30, 50, 70, 80, 90, 95, 98, 99)]
    (at_first,) = levels(browser)
    next(choice for choice in choices if choice.text == "95 %").click()
    (chosen,) = levels(browser)
    assert chosen != at_first
    league = browser.find(f"#ranking-{chosen}")[0]
    assert "95 %" in league.find_element("tag name", "caption").get_attribute("textContent")
    assert len(league.find_elements("css selector", "tbody tr")) == 6  # the dense network and five methods
    browser.driver.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)  # 98 %
    (after,) = levels(browser)
    checked = browser.run("return document.querySelector('#ranking input:checked').parentElement.textContent.trim()")
    assert after != chosen and checked == "98\u00a0%"


def test_without_scripts_every_level_is_there_and_the_page_says_where_the_numbers_are(browser, pages):
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open(pages("static_levels"))
        assert len(levels(browser)) == 9
        assert not browser.find(".choice")[0].is_displayed()
        assert "tables hold the same numbers" in browser.find("noscript")[0].text
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("name", ["rich", "spoken", "evil"])
def test_a_keyboard_goes_everywhere(browser, pages, name):
    browser.open(pages(name), 360)
    browser.unfold()
    assert browser.run("return document.querySelector('a').className") == "skip"
    boxes = browser.run("""return [...document.querySelectorAll('*')].filter((box) =>
        getComputedStyle(box).overflowX === 'auto' && box.scrollWidth > box.clientWidth && box.clientWidth
        && box.tabIndex < 0).map((box) => box.outerHTML.slice(0, 80))""")
    assert boxes == []
    choice = browser.find("#ranking input")
    assert all(box.get_attribute("type") == "radio" for box in choice)
    for summary in browser.find("summary"):
        assert browser.run("return arguments[0].tabIndex", summary) == 0


def test_a_key_opens_a_fold_and_draws_its_figure(browser, pages):
    browser.open(pages("rich"))
    summary = browser.find("#gradients > summary")[0]
    summary.send_keys(Keys.ENTER)
    browser.wait_for("#figure-gradients[data-drawn]", "")
    assert browser.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
