"""Run one trial on another node than the driver's: in a scratch folder, whose files go to the keeper."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock

from orchestrator.execute.assignment import Assignment, Messages, TrialEnd
from orchestrator.execute.cluster.home import Home
from orchestrator.execute.cluster.members import check_code
from orchestrator.execute.cluster.mirror import Mirror, Write
from orchestrator.execute.cluster.scratch import scratch_folder
from orchestrator.execute.last_data import LastData
from orchestrator.execute.worker import carry_out
from orchestrator.store.folders import ResultsFolder, TrialFolder
from workloads.atomic import replacing
from workloads.data.sources import Sources, cached_files
from workloads.errors import UsageError
from workloads.tasks.workload import Workload

BUSY = 0.5  # seconds before a trial is asked for again that another process holds

Call = Callable[..., Any]  # see Home.call


def carry_out_away(assignment: Assignment, messages: Messages, last_data: LastData, home: Home) -> TrialEnd:
    """As `carry_out`, on a node that does not have the results folder: all of the trial's files go to the keeper.

    What the keeper has acknowledged is never trained again. Where the keeper takes nothing any more, for want of room
    or because a newer attempt has begun, the trial is lost.
    """
    begun, path = time.perf_counter(), assignment.folder
    try:
        check_code(home.code)
        with _attempt(assignment, home.call) as (contents, write), scratch_folder() as scratch:
            results, sources = ResultsFolder(scratch), Sources.from_environment(None, os.environ)
            folder = TrialFolder(results.path / path.parent.name / path.name)
            folder.path.mkdir(parents=True)
            bring_data(assignment.trial.workload, sources, home.call)
            here = assignment.model_copy(update={
                "folder": folder.path, "stages": results.stages, "data_cache": sources.cache, "anew": False,
            })  # fmt: skip
            with Mirror(folder, write, contents).running():
                end = carry_out(here, _with_stages(messages, home.call), last_data)
        return replace(end, log=TrialFolder(path).log)
    except (OSError, UsageError) as error:
        message = f"{' '.join(str(error).split())}; the next sweep runs the trial again"
        return TrialEnd(assignment.trial.key, "lost", message, time.perf_counter() - begun, TrialFolder(path).log)


@contextmanager
def _attempt(assignment: Assignment, call: Call) -> Iterator[tuple[dict[str, bytes], Write]]:
    """A new attempt of the trial: the files that it goes on from, and how its own are written."""
    path, attempt = assignment.folder, uuid4().hex
    while (contents := call("open", path, attempt, assignment.anew)) is None:
        time.sleep(BUSY)
    try:
        yield contents, lambda updates: call("write", path, attempt, updates)
    finally:
        call("close", path, attempt)


def bring_data(workload: Workload, sources: Sources, call: Call) -> None:
    """Copy the workload's data from the driver's cache to this node's, once per node.

    What cannot be copied, the trial fetches itself, or says why it cannot."""
    for name in (name for declared in workload.files for name in cached_files(declared)):
        path = sources.cache / name
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(path.with_name(f".{path.name}.brought.lock")):
                if not path.exists() and (content := call("data", name)) is not None:
                    with replacing(path) as unfinished:
                        unfinished.write_bytes(content)


def _with_stages(messages: Messages, call: Call) -> Messages:
    """Stages that this node lacks come from the keeper; new ones go to it before anyone hears of them."""

    def wanted(stage: Path) -> None:
        if (content := call("stage", stage.stem)) is not None:
            with replacing(stage) as unfinished:
                unfinished.write_bytes(content)

    def stored(stage: Path) -> None:
        call("put_stage", stage.stem, stage.read_bytes())

    return replace(messages, wanted=wanted, stored=stored)
