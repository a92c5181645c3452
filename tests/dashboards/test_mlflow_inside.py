"""What MLflow does not promise to keep is as it was; where a new version changes it, this tells before users do."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from dashboards.mlflow_inside import KNOWN, move_artifacts

ROOT = Path(__file__).parent.parent.parent
NEWS = f"MLflow {mlflow.__version__} keeps its store in another way than {KNOWN}; see dashboards/mlflow_inside.py"
COLUMNS = {
    "experiments": {"experiment_id", "name", "artifact_location"},
    "runs": {"experiment_id", "artifact_uri", "run_uuid"},
}


@pytest.fixture
def client(tmp_path) -> MlflowClient:
    return MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")


def test_the_lowest_version_is_the_known_one():
    (lowest,) = re.findall(r'"mlflow>=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    installed = tuple(map(int, mlflow.__version__.split(".")[:2]))
    assert lowest == KNOWN and installed >= tuple(map(int, KNOWN.split(".")))


def test_the_tables_have_their_columns(client, tmp_path):
    client.search_experiments()
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as store:
        for table, columns in COLUMNS.items():
            there = {row[1] for row in store.execute(f"PRAGMA table_info({table})")}
            assert columns <= there, NEWS


def test_artifacts_are_found_where_they_were_moved_to(client, tmp_path):
    before, now = tmp_path / "before", tmp_path / "now"
    experiment = client.create_experiment("one", artifact_location=before.as_uri())
    other = client.create_experiment("other", artifact_location=before.as_uri())
    run, untouched = client.create_run(experiment).info.run_id, client.create_run(other).info.run_id
    client.log_text(run, "words", "a.txt")
    client.log_text(untouched, "others", "a.txt")
    before.rename(now)
    move_artifacts(str(tmp_path / "mlflow.db"), lambda name, old: now.as_uri() if name == "one" else None)
    fresh = MlflowClient(client.tracking_uri)
    address = fresh.get_run(run).info.artifact_uri
    assert Path(address.removeprefix("file://"), "a.txt").read_text() == "words", NEWS
    assert fresh.get_run(untouched).info.artifact_uri.startswith(before.as_uri())
    assert fresh.get_experiment(experiment).artifact_location == now.as_uri()
