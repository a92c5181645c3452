"""Fixtures of the orchestrator's tests."""

import sys
from pathlib import Path

import pytest
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from mlflow.tracking._tracking_service import utils

from orchestrator.cli import main as cli
from tests.orchestrator.sweeps import TINY
from tests.orchestrator.written import Written
from workloads.data.sources import Sources


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Specs as users write them."""
    return Written(tmp_path)


def forget_stores() -> None:
    """A command is a process of its own; within one, MLflow remembers places and keeps the files of stores open."""
    utils._artifact_repos_cache.clear()
    for engine in SqlAlchemyStore._engine_map.values():
        engine.dispose()


@pytest.fixture
def sparsity(tmp_path, embedded_sources: Sources, monkeypatch, capfd):
    """Runs a command in an empty folder that holds tiny.yaml: its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPARSITY_DATA", str(embedded_sources.cache))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "tiny.yaml").write_text(TINY)

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sparsity", *words])
        capfd.readouterr()
        forget_stores()
        with pytest.raises(SystemExit) as left:
            cli.main()
        told = capfd.readouterr()
        return left.value.code or 0, told.out, told.err

    return command
