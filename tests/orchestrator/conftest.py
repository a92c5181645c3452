"""Fixtures of the orchestrator's tests."""

from pathlib import Path

import pytest

from tests.orchestrator.written import Written


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Specs as users write them."""
    return Written(tmp_path)
