"""Fixtures of the orchestrator's tests."""

import sys
from pathlib import Path

import pytest
from mlflow.tracking._tracking_service import utils

from orchestrator import cli
from tests.orchestrator.sweeps import TINY
from tests.orchestrator.written import Written
from workloads.data.sources import Sources


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Specs as users write them."""
    return Written(tmp_path)


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
        utils._artifact_repos_cache.clear()  # a command is a process of its own; in one, MLflow remembers places
        with pytest.raises(SystemExit) as left:
            cli.main()
        told = capfd.readouterr()
        return left.value.code or 0, told.out, told.err

    return command
