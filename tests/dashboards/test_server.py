"""What MLflow's REST API serves and what the report says are the same."""

import json
import os
import socket
import subprocess
import sys
import time
from html.parser import HTMLParser
from statistics import fmean
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from dashboards.read.store import read
from dashboards.report import html

pytestmark = pytest.mark.long

ENVIRONMENT = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}


@pytest.fixture(scope="module")
def server(tiny, tmp_path_factory):
    """The address of an MLflow server on the store of `tiny`."""
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        port = any_port.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", tiny, "--host", "127.0.0.1",
               "--port", str(port), "--workers", "1"]  # fmt: skip
    with log.open("w") as said:
        running = subprocess.Popen(command, env=os.environ | ENVIRONMENT, stdout=said, stderr=said)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, running, log)
        yield address
    finally:
        running.terminate()
        running.wait(30)


def _wait(address: str, running: subprocess.Popen, log) -> None:
    for _ in range(600):
        try:
            urlopen(f"{address}/health", timeout=1)
            return
        except (URLError, TimeoutError):
            assert running.poll() is None, log.read_text()
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def asked(server: str, what: str, **content) -> dict:
    request = Request(f"{server}/api/2.0/mlflow/{what}", json.dumps(content).encode(),
                      {"Content-Type": "application/json"})  # fmt: skip
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)


class Rows(HTMLParser):
    """The rows of the full table in the section `table`, each with its group in front."""

    def __init__(self):
        super().__init__()
        self.section, self.rows, self.reading, self.cell = None, [], False, False

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "section":
            self.section = given["id"]
        elif tag == "table":
            self.reading = self.section == "table" and "data-group" in given  # and not the matrix above it
        elif tag == "tr" and self.reading:
            self.rows.append([])
        self.cell = tag in ("td", "th")

    def handle_data(self, data):
        if self.cell and self.reading:
            self.rows[-1].append(data)

    def handle_endtag(self, tag):
        self.cell = False
        self.reading &= tag != "table"


def test_the_main_table_says_what_the_server_says(server, tiny):
    by_name = json.load(urlopen(f"{server}/api/2.0/mlflow/experiments/get-by-name?experiment_name=tiny"))
    found = asked(server, "runs/search", experiment_ids=[by_name["experiment"]["experiment_id"]], max_results=100)
    cells: dict[tuple[str, float], list[dict[str, float]]] = {}
    for run in found["runs"]:
        tags, params, metrics = ({one["key"]: one["value"] for one in run["data"].get(part, [])}
                                 for part in ("tags", "params", "metrics"))  # fmt: skip
        if tags["sparsity.kind"] == "run":
            cell = params["method.name"], float(params.get("method.sparsity", 0))
            cells.setdefault(cell, []).append(metrics)
    expected = {
        (method, f"{100 * sparsity:.6g} %"): (
            f"{100 * fmean(one['final/test_accuracy'] for one in runs):.2f} %", str(len(runs)),
            f"{fmean(one['final/nonzero_parameters'] for one in runs):,.0f}",
            f"{100 * fmean(one['final/sparsity'] for one in runs):.2f} %",
        )
        for (method, sparsity), runs in cells.items()
    }  # fmt: skip

    page = Rows()
    page.feed(html(read(tiny, "tiny")))
    head, *rows = page.rows
    said, group = {}, None
    for row in rows:
        if len(row) == 1:
            group = row[0]
            continue
        one = dict(zip(head, row, strict=True))
        wanted = ("Test accuracy", "n", "Nonzero weights", "Reached sparsity")
        said[group, one["Sparsity"]] = tuple(one[name] for name in wanted)
    assert said == expected and len(said) == 3


def test_the_page_is_the_same_through_the_server(server, tiny):
    assert html(read(server, "tiny")) == html(read(tiny, "tiny"))
