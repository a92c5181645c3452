import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from dashboards.read.results import Results
from dashboards.read.store import read
from orchestrator.execute.progress import Progress
from orchestrator.execute.sweep import run
from tests.dashboards.browser import Browser, start
from tests.dashboards.made_up import write
from tests.dashboards.made_up_deployment import converted
from tests.dashboards.made_up_methods import twelve
from tests.dashboards.made_up_pruned import post_training, without_units
from tests.dashboards.made_up_sweep import SERIES
from tests.dashboards.made_up_sweep import sweep as made_up_sweep
from tests.dashboards.made_up_text import sweep as text_sweep
from tests.dashboards.made_up_tickets import tickets
from tests.orchestrator.sweeps import Lines, options, written
from workloads.data.sources import Sources


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with tables and nothing in them: seconds to make, nothing to copy."""
    from mlflow import MlflowClient

    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    MlflowClient(f"sqlite:///{path}").search_experiments()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA journal_mode=WAL")
    return path


@pytest.fixture
def sweep(tmp_path: Path, empty_store: Path) -> Callable[..., Results]:
    """Writes one of several sweeps into a store of its own and reads it back."""

    def results(name: str, runs, **plan) -> Results:
        return read(write(tmp_path / name, empty_store, runs, name, **plan), name)

    return results


@pytest.fixture
def stored(tmp_path: Path, empty_store: Path) -> Callable[..., Results]:
    """Writes runs into a store of their own and reads them back."""

    stores = count()

    def results(runs, sweep: str = "made-up", **plan) -> Results:
        return read(write(tmp_path / str(next(stores)), empty_store, runs, sweep, **plan), sweep)

    return results


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Results:
    """Every section has something to show: a method that prunes on the way, networks of two widths and of two learning
    rates, lottery tickets with their controls, masks that move and masks at initialisation with shuffled ones, a trial
    that failed and one that is missing, networks pruned after training and networks that lost units, of which one seed
    was converted for deployment."""
    tuned = {"name": "fashion_mnist_mlp", "hidden": [100], "training": {"optimizer": {"name": "adam", "lr": 0.01}}}
    networks = (tuned, *({"name": "fashion_mnist_mlp", "hidden": [width]} for width in (100, 300)))
    runs = [*made_up_sweep((SERIES[0], SERIES[5], SERIES[6]), (0.5, 0.99), seeds=2, looks=5, workloads=networks)]
    runs[-2:] = [replace(runs[-2], state="failed", error="Diverged at step 7"), replace(runs[-1], state="lost")]
    runs += [one for one in tickets(2, workload=networks[-1]) if one.method["name"] == "lottery_ticket"]
    runs += [one for one in twelve((0.5, 0.99), seeds=2) if one.method["name"] in ("snip", "rigl")]
    runs += [replace(one, workload=networks[-1]) for made_up in (post_training, without_units)
             for one in made_up(2, (0.5,)) if one.method["name"] in ("wanda", "sparsegpt", "structured")]  # fmt: skip
    of_deployment = ("dense", "wanda", "structured")
    runs = [converted(one, 1 - one.method.get("sparsity", 0.0)) if one.seed == 0 and one.method["name"] in of_deployment
            else one for one in runs]  # fmt: skip
    return read(write(tmp_path_factory.mktemp("rich"), empty_store, runs), "made-up")


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Results:
    """What sections on language models show: their bits, and weights that are set to zero time and again."""
    return read(write(tmp_path_factory.mktemp("spoken"), empty_store, text_sweep()), "made-up")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory, embedded_sources: Sources) -> str:
    """The tracking URI of a real sweep, `tiny`: two methods and their dense twin on the digits, two seeds."""
    place = tmp_path_factory.mktemp("tiny")
    spec, planned = written(place)
    chosen = options(place / "results", embedded_sources)
    run(spec, planned, chosen, Progress(Lines()))
    return chosen.uri


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium without a window; skips where there is none."""
    found = start(tmp_path_factory.mktemp("browser"))
    yield found
    found.driver.quit()


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Iterator[Browser]:
    """The same one, left on an empty page: some pages go on working while nobody looks, and would take a core."""
    yield chromium
    chromium.driver.get("about:blank")
