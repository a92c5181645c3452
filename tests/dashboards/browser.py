"""A real Chromium without a window, and what tests ask of it."""

import base64
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
GRAVE = ("serious", "critical")
PATIENCE = 60  # seconds for a page that asks a server, on a busy machine


@dataclass(frozen=True)
class Browser:
    """One window. Whatever a test changes about the device is forgotten when the next page opens."""

    driver: webdriver.Chrome

    def open(self, page: Path, width: int = 1200, **media: str) -> None:
        """Open a file on a screen `width` pixels wide; `media` are those of `emulate`."""
        self.visit(page.as_uri(), width, **media)

    def visit(self, address: str, width: int = 1200, **media: str) -> None:
        """Open an address; else as `open`."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.emulate(**media)
        for log in ("browser", "performance"):
            self.driver.get_log(log)
        self.driver.get(address)
        WebDriverWait(self.driver, PATIENCE).until(lambda _: self.run("return document.readyState") == "complete")

    def emulate(self, type: str = "screen", scheme: str = "light") -> None:
        """Show the page to another medium: type screen or print, scheme light or dark."""
        wishes = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}  # no click on what still scrolls
        features = [{"name": name, "value": value} for name, value in wishes.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": type, "features": features})

    def unfold(self) -> None:
        """Open every folded part, and wait until the figures in them are drawn."""
        self.run("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        WebDriverWait(self.driver, PATIENCE).until(lambda _: not self.find(".plot:not([data-drawn])"))

    def printed(self, scheme: str = "light") -> bytes:
        """The page as a PDF file on A4, by a reader who prefers light or dark screens."""
        self.emulate("", scheme)
        paper = {"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": True, "preferCSSPageSize": True}
        return base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", paper)["data"])

    def wait_for(self, selector: str, text: str) -> WebElement:
        """The first element of a CSS selector that shows `text`, as soon as there is one."""
        waiting = WebDriverWait(self.driver, PATIENCE, ignored_exceptions=[StaleElementReferenceException])
        return waiting.until(lambda _: next((one for one in self.find(selector) if text in one.text), None), text)

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function body returns, in the page; promises are waited for."""
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str) -> list[WebElement]:
        """All elements of a CSS selector."""
        return self.driver.find_elements("css selector", selector)

    def complaints(self) -> list[str]:
        """What the console said since the page was opened."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses that were asked for since the page was opened, the page's own included."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [one["params"]["request"]["url"] for one in events if one["method"] == "Network.requestWillBeSent"]

    def barriers(self, options: Mapping[str, Any] | None = None, without: Sequence[str] = ()) -> list[str]:
        """The serious and critical violations that axe finds, and where. `options` are those of axe; it does not look
        at elements of the CSS selectors `without`."""
        axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
        self.run(axe)
        script = "return axe.run({exclude: arguments[0]}, {resultTypes: ['violations'], ...arguments[1]})"
        found = self.run(script, [[selector] for selector in without], options or {})["violations"]
        return [f"{one['id']}: {node['target']} {node['failureSummary']}"
                for one in found if one["impact"] in GRAVE for node in one["nodes"]]  # fmt: skip


def sheets(pdf: bytes) -> int:
    """How many pages a PDF file of Chromium has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def start(profile: Path) -> Browser:
    """Start Chromium with an empty profile; skip the test that asks where Chromium or its driver is missing."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.skip("needs Chromium and its driver; Debian has them as chromium and chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options, Service(driver))
    chrome.set_script_timeout(2 * PATIENCE)  # axe goes through every point of a large page
    return Browser(chrome)
