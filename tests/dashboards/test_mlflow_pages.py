"""MLflow's own pages on a sweep, as a stranger finds them: in a real browser, from the address that `ui` prints."""

import json
import shutil
import socket

import pytest
from mlflow import MlflowClient

from orchestrator.store.folders import ResultsFolder
from orchestrator.store.relocation import follow
from orchestrator.tracking.mlflow_ui import served
from orchestrator.tracking.sweep_pages import of_sweep
from tests.dashboards.browser import Browser
from tests.orchestrator.sweeps import TINY, run_sweep

pytestmark = pytest.mark.long

EVIL = "Is <b>1 < 2</b>, *so* [to](javascript:window.broken=1) say?<img src=x onerror='window.broken=1'>"
WIDTH = 2600  # pixels: MLflow draws only the columns that are in sight


@pytest.fixture(scope="module")
def store(tmp_path_factory, embedded_sources) -> str:
    """A sweep that was copied elsewhere, and whose question is more than words."""
    place = tmp_path_factory.mktemp("pages")
    run_sweep(place, embedded_sources, TINY.replace("Does it work?", json.dumps(EVIL)))
    (place / "results" / "tiny" / "report.html").write_text("<h1>The report itself</h1>")
    run_sweep(place, embedded_sources, TINY.replace("Does it work?", json.dumps(EVIL)))
    moved = ResultsFolder(place / "elsewhere")
    shutil.move(place / "results", moved.path)
    follow(moved)
    return moved.tracking_uri


@pytest.fixture(scope="module")
def server(store):
    """The address of MLflow's pages on it."""
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        port = any_port.getsockname()[1]
    with served(store, port) as (address, _):
        yield address


def test_the_table_shows_every_network_and_what_came_out(browser: Browser, store, server):
    browser.visit(of_sweep(store, server, "tiny"), WIDTH)
    client = MlflowClient(store)
    experiment = client.get_experiment_by_name("tiny").experiment_id
    best_first = ["metrics.`final/val_accuracy` DESC"]
    runs = client.search_runs([experiment], "tags.`sparsity.kind` = 'run'", order_by=best_first)
    browser.wait_for("[role=gridcell]", "static_random sparsity=0.5 seed=0")
    names = [cell.text for cell in browser.find("[role=gridcell] a")]
    assert sorted(names) == sorted(run.info.run_name for run in runs) and len(names) == 6  # the parent is none of them
    headings = [heading.text for heading in browser.find("[role=columnheader]") if heading.text]
    assert {"final/test_accuracy", "final/val_accuracy", "method.name", "method.sparsity"} <= set(headings)
    best = f"{runs[0].data.metrics['final/val_accuracy']:.3f}"
    (shown, *_) = [cell.text for cell in browser.find("[col-id='metrics.`final/val_accuracy`'][role=gridcell]")]
    assert shown.startswith(best)
    menu = [link.text for link in browser.find("nav a")]
    assert "Runs" in menu and "Prompts" not in menu  # that of machine learning


def test_a_question_is_words(browser: Browser, store, server):
    browser.visit(of_sweep(store, server, "tiny"), WIDTH)
    told = browser.wait_for("main p, p", "Question: ")
    assert told.text == f"Question: {EVIL}"
    assert browser.run("return window.broken") is None


def test_from_a_run_to_its_sweep_and_to_the_report(browser: Browser, store, server):
    """Every address in the notes leads somewhere, and to the menu of machine learning."""
    client = MlflowClient(store)
    experiment = client.get_experiment_by_name("tiny").experiment_id
    wanted = "params.`method.name` = 'small_dense' and params.seed = '1'"
    (run,) = client.search_runs([experiment], wanted)
    figures = [run.data.metrics[f"final/{name}"] for name in ("test_accuracy", "val_accuracy", "sparsity")]
    browser.visit(f"{server}/#/experiments/{experiment}/runs/{run.info.run_id}")
    told = browser.wait_for("p", "One network of this sweep: small_dense sparsity=0.5 seed=1 on digits_mlp")
    reached = "It ends with a test accuracy of {:.4g} (validation {:.4g}) and a sparsity of {:.4g}. "
    assert told.text.endswith(f"{reached.format(*figures)}Compare it with its twin: same seed, nothing removed.")
    to_sweep, to_twin = (link.get_attribute("href") for link in told.find_elements("css selector", "a"))
    browser.visit(to_twin)
    browser.wait_for("h2, h1", "dense seed=1 on digits_mlp")
    browser.visit(to_sweep)
    browser.wait_for("p", "Question: ")
    (to_report,) = (link.get_attribute("href") for link in browser.find("li a[href*=artifacts]"))
    browser.visit(to_report)
    browser.driver.switch_to.frame(browser.wait_for("iframe", ""))
    browser.wait_for("h1", "The report itself")
    browser.driver.switch_to.default_content()
    assert "Model registry" in [link.text for link in browser.find("nav a")]
