"""How MLflow's table shows the runs of a sweep: the best first, with the columns that tell them apart.

MLflow keeps such a view as a tag of the experiment. It lists it under "Views", and an address can ask for it.
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
    """The view, as MLflow stores it. `created` is when, in milliseconds since 1970."""
    outcomes = {planned.outcome.metric: planned.outcome for planned in trials}
    judged = sorted(outcomes)
    metrics = [f"final/{split}_{kind}" for kind in judged for split in ("test", "val")]
    columns = {f"metrics.`{name}`": _width(name) for name in (*metrics, "final/nonzero_parameters")}
    columns |= {f"params.`{name}`": _width(name) for name in varying(trials)}
    return mlflow_inside.saved_view(
        name=NAME,
        created=created,
        search=f"tags.`{schema.KIND}` = 'run'",
        columns=columns,
        order=f"metrics.`final/val_{judged[0]}`",  # anything but the time of creation: by that, MLflow folds runs up
        ascending=outcomes[judged[0]].direction == "down",
    )


def path(experiment: str) -> str:
    """Where MLflow shows the view, behind the # of its address; `experiment` is its id."""
    return mlflow_inside.view_page(experiment, KEY)


def varying(trials: Sequence[Planned]) -> list[str]:
    """The settings in which trials differ, under dotted names; the seed last.

    One that some trials have and others lack counts as different.
    """
    all_settings = [dict(flattened(planned.trial.settings())) for planned in trials]
    names = dict.fromkeys(name for settings in all_settings for name in settings)
    return sorted((name for name in names if _differs(name, all_settings)), key=lambda name: name == schema.SEED)


def _width(heading: str) -> int:
    """Pixels that a column needs."""
    return max(110, 20 + 7 * len(heading))


def _differs(name: str, all_settings: Sequence[Mapping[str, Any]]) -> bool:
    return len({json.dumps(settings.get(name)) for settings in all_settings}) > 1
