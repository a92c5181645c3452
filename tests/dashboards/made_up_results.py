"""Results of made-up trials without a store: for those who need thousands of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from dashboards.plan_file import PlanFile
from dashboards.read.examples import ExampleOutcomes
from dashboards.read.results import Results
from dashboards.read.series import flattened
from tests.dashboards.made_up import START, AnyTrial, planned


def in_memory(runs: Iterable[AnyTrial], sweep: str = "made-up", **plan: Any) -> Results:
    """What would be read if these finished trials had been written; without masks, provenance, samples and spec."""
    trials = list(runs)
    entries = planned(sweep, trials, plan.get("baseline", "twin")) | plan
    rows, points, examples = [], [], {}
    for trial in trials:
        for run in trial.runs(entries["baseline"]):
            name, (metrics, curves) = f"{trial.key}/{run['label']}", trial.came_to(run["label"])
            tags = {tag: str(run[tag]) for tag in ("round", "arm", "draw") if run[tag] is not None}
            rows.append({"run_id": name, "end_time": START, "twin": run["twin"], "run": name, "sweep": sweep,
                         "trial_key": trial.key, "label": run["label"], "network": name, **tags,
                         **flattened(trial.settings), **metrics})  # fmt: skip
            points += [(name, metric, step, value) for metric, curve in curves.items() for step, value in curve.items()]
            if (own := trial.examples_of(run["label"])) is not None:
                examples[name] = ExampleOutcomes(trial.split, len(own), np.packbits(own), None)
    curves = pd.DataFrame(points, columns=["run", "metric", "step", "value"])
    curves = curves.sort_values(["run", "metric", "step"])
    return Results(sweep, PlanFile.model_validate(entries), "", pd.DataFrame(rows), curves, {}, examples=examples)
