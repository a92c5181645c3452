"""Stores that were moved, belong to another MLflow version, or are damaged: nothing is lost or trained again."""

import os
import shutil
import sqlite3
from contextlib import closing

import pytest
from mlflow import MlflowClient
from mlflow.utils.file_utils import local_file_uri_to_path

from dashboards.schema import PLAN, PROVENANCE
from orchestrator.store.folders import ResultsFolder
from tests.orchestrator.sweeps import counted, run_sweep

SWEEP = ("sweep", "tiny.yaml", "--executor", "inline")


@pytest.fixture(scope="module")
def swept(tmp_path_factory, embedded_sources):
    """A results folder with a finished sweep and its report; tests work on copies."""
    place = tmp_path_factory.mktemp("swept")
    run_sweep(place, embedded_sources)
    return place / "results"


def artifacts(results) -> dict[str, set[str]]:
    """The artifacts of every run and of the parent; all are in the results folder."""
    client = MlflowClient(ResultsFolder(results).tracking_uri)
    runs = client.search_runs([client.get_experiment_by_name("tiny").experiment_id])
    assert all(run.info.artifact_uri.startswith(f"{results.as_uri()}/artifacts/tiny/") for run in runs)
    return {run.info.run_id: set(os.listdir(local_file_uri_to_path(run.info.artifact_uri))) for run in runs}


def test_a_moved_results_folder_goes_on(sparsity, swept, tmp_path):
    """After a rename and from another working directory. An empty folder at the old place stays empty."""
    old, new = tmp_path / "old", tmp_path / "deep" / "new results"
    shutil.copytree(swept, old)
    assert sparsity("report", "tiny", "--results", "old")[0] == 0
    before = artifacts(old)
    new.parent.mkdir()
    old.rename(new)
    old.mkdir()
    code, out, _ = sparsity("table", "tiny", "--format", "csv", "--results", "deep/new results")
    assert code == 0 and counted(out) == ["2", "2", "2"]
    assert artifacts(new) == before and sum(PROVENANCE in each for each in before.values()) == 6
    assert sparsity("report", "tiny", "--results", str(new))[:2] == (0, f"{new}/tiny/report.html\n")
    assert sparsity("sync", "tiny.yaml", "--results", str(new))[0] == 0
    code, _, err = sparsity(*SWEEP, "--results", "deep/../deep/new results")
    assert code == 0 and "6 trials planned, 6 done before, 0 to run" in err and "MLflow at" not in err
    assert not list(old.iterdir())


def test_moved_folders_without_their_store_are_sent_again(sparsity, swept, tmp_path):
    shutil.copytree(swept / "tiny", tmp_path / "results" / "tiny")
    assert sparsity("sync", "tiny.yaml")[0] == 0
    assert counted(sparsity("table", "tiny", "--format", "csv")[1]) == ["2", "2", "2"]
    assert all(artifacts(tmp_path / "results").values())


def test_experiments_of_other_programs_stay_as_they_are(sparsity, swept, tmp_path):
    shutil.copytree(swept, tmp_path / "results")
    client = MlflowClient(ResultsFolder(tmp_path / "results").tracking_uri)
    client.create_experiment("foreign", artifact_location="file:///srv/foreign")
    assert sparsity("table", "tiny")[0] == 0
    assert client.get_experiment_by_name("foreign").artifact_location == "file:///srv/foreign"


def test_a_store_of_a_newer_mlflow_fails_no_trial(sparsity, swept, tmp_path):
    shutil.copytree(swept, tmp_path / "results")
    results = ResultsFolder(tmp_path / "results")

    def stamp(version: str) -> str:
        with closing(sqlite3.connect(results.database)) as store, store:
            (before,) = store.execute("SELECT version_num FROM alembic_version").fetchone()
            store.execute("UPDATE alembic_version SET version_num = ?", (version,))
        return before

    revision = stamp("0123456789ab")
    code, _, err = sparsity(*SWEEP, "--set", "seeds=3")
    assert code == 1 and err.count(": done in") == 3 and "Traceback" not in err
    assert f"MLflow at {results.tracking_uri} is lost (Detected out-of-date database schema (found version" in err
    assert f"if it is older, copy it and run `mlflow db upgrade {results.tracking_uri}`; if it is newer" in err
    assert f"the store {results.tracking_uri} cannot be read (Detected out-of-date" in err
    assert sparsity("table", "tiny")[0] == 1
    assert sparsity("sync", "tiny.yaml", "--set", "seeds=3")[0] == 1
    stamp(revision)
    assert sparsity("sync", "tiny.yaml", "--set", "seeds=3")[0] == 0
    assert counted(sparsity("table", "tiny", "--format", "csv")[1]) == ["3", "3", "3"]


def test_a_store_of_an_older_mlflow_goes_on(sparsity, swept, tmp_path):
    """MLflow adds what an older schema lacks."""
    import alembic.command
    import sqlalchemy
    from alembic.script import ScriptDirectory
    from mlflow.store.db.utils import InitialBase, _get_alembic_config

    shutil.copytree(swept / "tiny", tmp_path / "results" / "tiny")
    engine = sqlalchemy.create_engine(ResultsFolder(tmp_path / "results").tracking_uri)
    config = _get_alembic_config(str(engine.url))
    older = list(ScriptDirectory.from_config(config).walk_revisions())[1].revision
    InitialBase.metadata.create_all(engine)
    with engine.begin() as config.attributes["connection"]:
        alembic.command.upgrade(config, older)
    assert sparsity("sync", "tiny.yaml")[0] == 0
    assert counted(sparsity("table", "tiny", "--format", "csv")[1]) == ["2", "2", "2"]


@pytest.mark.parametrize("damage", [b"garbage" * 1000, None], ids=["garbage", "cut"])
def test_a_damaged_store_is_reported_and_built_again(sparsity, swept, tmp_path, damage):
    shutil.copytree(swept, tmp_path / "results")
    results = ResultsFolder(tmp_path / "results")
    with closing(sqlite3.connect(results.database)) as store:
        store.execute("PRAGMA journal_mode=DELETE")  # all data in one file
    results.database.write_bytes(damage or results.database.read_bytes()[:20_000])
    code, _, err = sparsity(*SWEEP, "--set", "seeds=3")
    assert code == 1 and err.count(": done in") == 3 and "Traceback" not in err
    assert f"MLflow at {results.tracking_uri} is lost (" in err
    assert "The store is damaged: move its file away, and run `sparsity sync SPEC`, which builds it again" in err
    assert f"the store {results.tracking_uri} cannot be read (" in err
    assert sparsity("table", "tiny")[0] == 1
    results.database.rename(tmp_path / "damaged.db")
    assert sparsity("sync", "tiny.yaml", "--set", "seeds=3")[0] == 0
    assert counted(sparsity("table", "tiny", "--format", "csv")[1]) == ["3", "3", "3"]


def test_a_damaged_plan_in_the_store_is_reported_and_sent_again(sparsity, swept, tmp_path):
    shutil.copytree(swept, tmp_path / "results")
    assert sparsity("table", "tiny")[0] == 0  # the copy's store now points to its own artifacts
    (sent,) = (tmp_path / "results" / "artifacts").rglob(PLAN)
    for damage in (b"", b'{"trials": [', b"\xff\xfe\xfa"):
        sent.write_bytes(damage)
        code, _, err = sparsity("report", "tiny")
        assert code == 1 and "sweep 'tiny' has no plan.json in " in err and "Traceback" not in err
    assert sparsity("sync", "tiny.yaml")[0] == 0
    assert sparsity("report", "tiny")[0] == 0


def test_damaged_provenance_in_the_store_is_left_out(sparsity, swept, tmp_path):
    shutil.copytree(swept, tmp_path / "results")
    assert sparsity("table", "tiny")[0] == 0
    for sent in (tmp_path / "results" / "artifacts").rglob(PROVENANCE):
        sent.write_text('{"git": ')
    assert sparsity("report", "tiny")[0] == 0
