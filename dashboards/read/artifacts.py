"""What runs have as files in an MLflow store: texts, samples of what networks write, masks, outcomes by example."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboards import schema
from dashboards.read.examples import ExampleOutcomes, examples_at
from dashboards.read.masks import Masks, masks_at

if TYPE_CHECKING:
    from mlflow.entities import Run


def artifact(uri: str, run: Run, name: str, folder: str) -> str | None:
    """The text of a run's artifact; None where it has none."""
    from mlflow.artifacts import download_artifacts
    from mlflow.exceptions import MlflowException

    place = Path(folder, run.info.run_id)
    place.mkdir(exist_ok=True)
    try:  # by address: by run, the client would ask the store for every run again
        path = download_artifacts(artifact_uri=f"{run.info.artifact_uri}/{name}", dst_path=str(place), tracking_uri=uri)
        return Path(path).read_text(encoding="utf-8")
    except (MlflowException, OSError, UnicodeDecodeError):
        return None


def parsed(text: str | None) -> Any:
    """What a text says; None where there is none, or not a whole one."""
    try:
        return json.loads(text or "null")
    except ValueError:
        return None


def samples(runs: list[Run], readers: ThreadPoolExecutor, text_of: Callable[[Run, str], str | None]) -> dict[str, str]:
    """What language models write; other networks have no such file."""
    writing = [run for run in runs if not run.data.metrics.keys().isdisjoint(schema.LANGUAGE_METRICS)]
    texts = readers.map(lambda run: text_of(run, f"{run.data.tags[schema.LABEL]}{schema.SAMPLE}"), writing)
    return {run.data.tags[schema.RUN]: text for run, text in zip(writing, texts, strict=True) if text}


def masks(runs: list[Run]) -> dict[str, Masks]:
    """Of the networks that have any; of ladders without those that branch off."""
    main = [run for run in runs if run.data.tags.get(schema.ARM, schema.MAIN) == schema.MAIN]
    found = {run.data.tags[schema.RUN]: masks_at(_address(run, schema.WEIGHTS)) for run in main}
    return {run: own for run, own in found.items() if own}


def examples(runs: list[Run]) -> dict[str, ExampleOutcomes]:
    """Of the runs that kept them."""
    found = {run.data.tags[schema.RUN]: examples_at(_address(run, schema.EXAMPLES)) for run in runs}
    return {run: own for run, own in found.items() if own}


def _address(run: Run, name: str) -> str:
    """Of the artifact that has this name behind the run's label."""
    return f"{run.info.artifact_uri}/{run.data.tags[schema.LABEL]}{name}"
