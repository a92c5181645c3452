"""MLflow's own pages: start and end of their server."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import nullcontext
from pathlib import Path

import pytest
from mlflow import MlflowClient

from orchestrator.tracking import mlflow_ui
from tests.orchestrator.sweeps import TINY, run_sweep

pytestmark = pytest.mark.long

COMMAND = [sys.executable, "-c", "from orchestrator.cli.main import main; main()", "ui"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def page(address: str) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=30) as answer:
        return answer.read().decode()


@pytest.mark.parametrize("sent, code", [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_it_serves_the_right_store_until_it_is_told_to_stop(tmp_path, sent, code):
    results, port = tmp_path / "results", free_port()
    results.mkdir()
    MlflowClient(f"sqlite:///{results}/mlflow.db").create_experiment("seen from outside")
    command = [*COMMAND, "--port", str(port), "--results", str(results)]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    ) as running:
        try:
            address = running.stdout.readline().strip()
            assert address == f"http://127.0.0.1:{port}", running.stderr.read()
            assert "<title>MLflow</title>" in page(address)
            answer = page(f"{address}/api/2.0/mlflow/experiments/get-by-name?experiment_name=seen%20from%20outside")
            assert '"name": "seen from outside"' in answer
            running.send_signal(sent)
            out, err = running.communicate(timeout=30)
        finally:
            running.kill()
    assert (running.returncode, out, err) == (code, "", "")
    with pytest.raises(OSError):
        page(address)
    assert {path.name for path in Path(tmp_path).iterdir()} == {"results"}  # no files stay in the working directory


class Ended:
    """Stands for a server's process that has ended."""

    def wait(self) -> None:
        """At once."""


def test_it_says_where_the_sweeps_are(sparsity, tmp_path, embedded_sources, monkeypatch):
    """The first page and each sweep's table of runs, or the table of one sweep. Other experiments are left out."""
    monkeypatch.setattr(mlflow_ui, "served", lambda uri, port: nullcontext((f"http://127.0.0.1:{port}", Ended())))
    run_sweep(tmp_path, embedded_sources, TINY.replace("seeds: 2", "seeds: 1"))
    client = MlflowClient(f"sqlite:///{tmp_path}/results/mlflow.db")
    client.create_experiment("somebody else's")
    server = "http://127.0.0.1:5001"
    view = f"{server}/#/experiments/1/runs?viewStateShareKey=sparsity&workflowType=machine_learning"
    for words, lines in (((), [server, f"tiny: {view}"]), (("tiny",), [view]), (("tiny.yaml",), [view])):
        code, out, _ = sparsity("ui", *words, "--port", "5001")
        assert code == 0 and out.splitlines() == lines
    code, out, err = sparsity("ui", "other", "--port", "5001")
    assert (code, out) == (2, "") and "has no sweep 'other'; it has tiny. `sparsity sync SPEC` sends" in err


def test_what_cannot_be_served(sparsity, tmp_path):
    code, out, err = sparsity("ui")
    assert (code, out) == (2, "") and f"{tmp_path}/results/mlflow.db does not exist" in err
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        (tmp_path / "results").mkdir()
        (tmp_path / "results" / "mlflow.db").write_bytes(b"no database at all, not even a little")
        port = str(busy.getsockname()[1])
        code, out, err = sparsity("ui", "--port", port)
        assert (code, out) == (2, "") and f"port {port} is not available: Address already in use; choose another" in err
    code, out, err = sparsity("ui", "--port", str(free_port()))
    assert (code, out) == (2, "") and err.startswith("MLflow's server ended at once: ")


def test_a_server_has_pages_of_its_own(sparsity):
    address = "http://127.0.0.1:9/mlflow"
    assert sparsity("ui", "--tracking-uri", address) == (0, f"{address}\n", "")
