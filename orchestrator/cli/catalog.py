"""The commands that list what there is to choose from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orchestrator.cli.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workloads.settings import Settings


def methods(as_json: AsJson = False) -> None:
    """List the pruning methods and their settings."""
    from workloads.catalog import METHODS

    _show(METHODS.members, as_json)


def workloads(as_json: AsJson = False) -> None:
    """List the workloads and their settings."""
    from workloads.catalog import WORKLOADS

    _show(WORKLOADS.members, as_json)


def _show(classes: Sequence[type[Settings]], as_json: bool) -> None:
    from orchestrator.cli import catalog_view

    print(json.dumps(catalog_view.schemas(classes), indent=1) if as_json else catalog_view.text(classes))


COMMANDS = (methods, workloads)
