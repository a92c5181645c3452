"""The view of a sweep's runs in MLflow's table: the best first, with columns for the settings that differ.

MLflow stores a view as a tag of the experiment, lists it under "Views", and gives it an address.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dashboards import mlflow_inside, schema
from orchestrator.plan.planning import Planned
from workloads.settings import flattened

KEY = schema.VIEW.rpartition(".")[2]
NAME = "Networks, best first"


def saved_view(trials: Sequence[Planned], created: int) -> str:
    """The view as MLflow stores it. `created`: milliseconds since 1970."""
    outcomes = {planned.outcome.metric: planned.outcome for planned in trials}
    names = sorted(outcomes)
    metrics = [f"final/{split}_{name}" for name in names for split in ("test", "val")]
    columns = {f"metrics.`{name}`": _width(name) for name in (*metrics, "final/nonzero_parameters")}
    columns |= {f"params.`{name}`": _width(name) for name in varying(trials)}
    return mlflow_inside.saved_view(
        name=NAME,
        created=created,
        search=f"tags.`{schema.KIND}` = 'run'",
        columns=columns,
        order=f"metrics.`final/val_{names[0]}`",  # by time of creation, MLflow would fold up runs
        ascending=outcomes[names[0]].direction == "down",
    )


def path(experiment: str) -> str:
    """The part after # in the view's address. `experiment` is MLflow's id."""
    return mlflow_inside.view_page(experiment, KEY)


def varying(trials: Sequence[Planned]) -> list[str]:
    """The settings in which trials differ, under dotted names; the seed last.

    A setting that only some trials have counts as different.
    """
    all_settings = [dict(flattened(planned.settings)) for planned in trials]
    names = dict.fromkeys(name for settings in all_settings for name in settings)
    return sorted((name for name in names if _differs(name, all_settings)), key=lambda name: name == schema.SEED)


def _width(heading: str) -> int:
    """The width of a column, in pixels."""
    return max(110, 20 + 7 * len(heading))


def _differs(name: str, all_settings: Sequence[Mapping[str, Any]]) -> bool:
    return len({json.dumps(settings.get(name)) for settings in all_settings}) > 1
