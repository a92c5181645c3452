"""Both ways of reading a store give the same, on databases that hold everything MLflow can put there."""

from collections.abc import Iterator
from math import inf, isnan, nan
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from sqlalchemy import create_engine, text

from dashboards.read.stores import client_store, table_store
from dashboards.read.stores.store import Store, StoredRun
from tests.orchestrator.servers import postgres, postgres_programs

NEWS = (
    f"MLflow {mlflow.__version__} has tables of a new revision, which commands read the slow way. Add it to "
    "KNOWN in dashboards/read/stores/table_store.py; if the other tests here pass then, keep it"
)
METRICS = ("loss", "accuracy", "layer/fc.1", "late", "none has this")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def uri(request, tmp_path_factory) -> Iterator[str]:
    """The address of a database, with runs of every kind."""
    place = tmp_path_factory.mktemp("store")
    if request.param == "sqlite":
        yield filled(f"sqlite:///{place / 'mlflow.db'}", place)
        return
    pytest.importorskip("psycopg2", reason="needs psycopg2-binary, which the extra `test` brings")
    if (programs := postgres_programs()) is None:
        pytest.skip("needs PostgreSQL, e.g. Debian's postgresql")
    with postgres(programs) as address:
        yield filled(address, place)


def filled(uri: str, place: Path) -> str:
    """Fills a store: runs that are finished, failed, killed, running, deleted and restored, in three experiments."""
    client = MlflowClient(uri)
    for name in ("tiny", "Tiny", "gone"):
        experiment = client.create_experiment(name, artifact_location=(place / "a b").as_uri())
        for number, status in enumerate(("FINISHED", "FAILED", "KILLED", "FINISHED", None)):
            tags = {"sparsity.kind": "run", "ünïcode": "a\nb 'c' \"d\" %s :e", "empty": "", "mlflow.parentRunId": "p"}
            run = client.create_run(experiment, 1000 + number // 2, tags, f"{name} {number}").info.run_id
            client.log_batch(run, points(number), [Param("method.name", "rigl"), Param("width", "[300,100]")])
            if status:
                client.set_terminated(run, status, end_time=2000 + number)
        client.create_run(experiment)  # without a metric, a param, or a tag of its own
        client.delete_run(run)
    client.delete_experiment(experiment)
    client.restore_run(run)
    return uri


def points(number: int) -> list[Metric]:
    """Curves with repeated steps, points that come late, and values that are no numbers."""
    return [
        *(Metric("loss", value, 10 * step, step) for step, value in enumerate((2.5, nan, inf, -inf, 1e-310, number))),
        Metric("accuracy", 0.5, 30, 1), Metric("accuracy", 0.25, 40, 1), Metric("accuracy", 0.75, 40, 1),
        Metric("accuracy", nan, 50, 2), Metric("accuracy", 0.1, 20, 0), Metric("layer/fc.1", -0.0, 10, 2**40),
        Metric("late", 1.0, 60, 9), Metric("late", 2.0, 70, 3), Metric("late", nan, 80, 9),
    ]  # fmt: skip


@pytest.fixture
def tables(uri) -> Iterator[Store]:
    with table_store.connected(uri) as store:
        assert store is not None, NEWS
        yield store


@pytest.fixture
def client(uri) -> Iterator[Store]:
    with client_store.connected(uri) as store:
        yield store


def comparable(runs: list[StoredRun]) -> list[str]:
    """NaN equals NaN here, and the order of runs and of their values does not count."""
    return sorted(
        repr((run.id, run.status, run.start_time, run.end_time, run.artifact_uri, sorted(run.tags.items()),
              sorted(run.params.items()), sorted(run.metrics.items())))
        for run in runs
    )  # fmt: skip


def test_the_installed_mlflow_has_a_known_revision(uri):
    MlflowClient(uri).search_experiments()
    engine = create_engine(uri)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() in table_store.KNOWN, NEWS
    engine.dispose()


def test_both_find_the_same_experiments(tables, client):
    assert sorted(tables.experiments()) == sorted(client.experiments()) == ["Default", "Tiny", "tiny"]


@pytest.mark.parametrize(("experiment", "count"), [("tiny", 5), ("Tiny", 5), ("gone", 1), ("Default", 0), ("none", 0)])
def test_both_find_the_same_runs(tables, client, experiment, count):
    """A deleted experiment has no runs, but for those restored since."""
    runs = tables.runs(experiment)
    assert len(runs) == count and comparable(runs) == comparable(client.runs(experiment))


def test_both_find_the_same_points_in_the_same_order(tables, client):
    runs = tables.runs("tiny")
    found, expected = (by_curve(store, runs) for store in (tables, client))
    assert repr(found) == repr(expected) and len(found) == 16
    assert list(tables.points([], METRICS)) == list(tables.points(runs, [])) == []


def by_curve(store: Store, runs: list[StoredRun]) -> dict[tuple[str, str], list[tuple[int, float]]]:
    curves: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for run, metric, step, value in store.points(runs, METRICS):
        curves.setdefault((run, metric), []).append((step, value))
    return dict(sorted(curves.items()))


def test_values_are_what_was_written(tables):
    finished = [run for run in tables.runs("tiny") if run.status == "FINISHED"]
    assert [(run.start_time, run.end_time) for run in finished] in ([(1000, 2000), (1001, 2003)],
                                                                    [(1001, 2003), (1000, 2000)])  # fmt: skip
    first = min(finished, key=lambda run: run.start_time)
    assert first.params == {"method.name": "rigl", "width": "[300,100]"} and first.artifact_uri.endswith("/artifacts")
    assert first.tags["ünïcode"] == "a\nb 'c' \"d\" %s :e" and first.tags["empty"] == ""
    assert first.metrics["loss"] == 0 and isnan(first.metrics["accuracy"]) and isnan(first.metrics["late"])
    accuracy = [(step, value) for _, _, step, value in tables.points([first], ["accuracy"])]
    assert accuracy[:4] == [(0, 0.1), (1, 0.5), (1, 0.25), (1, 0.75)] and isnan(accuracy[4][1])
    loss = [value for *_, value in tables.points([first], ["loss"])]
    assert isnan(loss[1]) and loss[2] > 1e300 and loss[3] < -1e300 and (loss[0], loss[4]) == (2.5, 1e-310)
