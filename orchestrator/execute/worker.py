"""Run one trial in its folder: the same function on Ray and in this process."""

from __future__ import annotations

import errno
import os
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from orchestrator.execute.assignment import Assignment, Messages, TrialEnd
from orchestrator.execute.last_data import LastData
from orchestrator.execute.twins import compare_trial
from orchestrator.store.collapse import notice
from orchestrator.store.folders import TrialFolder
from orchestrator.store.journal import Found, Journal, Result, finish, forget, length, result, write_json
from orchestrator.store.live_trial import Attempt
from orchestrator.store.provenance import of_machine
from workloads.atomic import write_text
from workloads.errors import FolderError, OutOfMemory, ResourceError, SparsityError, UsageError
from workloads.trial import Checkpoint, Record

ANEW = "its checkpoint is damaged, or of other code or another kind of processor; it begins anew"


def carry_out(assignment: Assignment, messages: Messages, last_data: LastData) -> TrialEnd:
    """Train, journal, write the result. A failure is an outcome, not an exception. `last_data`: of this process.

    A completed trial is left as it is, except with `anew`; its old result is removed only under the trial's lock.

    Waits for the trial's lock. Output goes to the trial's log. A full disk, missing data or a missing GPU are no
    outcome of the trial: it has no result then, and is lost. The same holds for too little memory, since other trials
    may use it; only where the trial runs alone it fails.
    """
    folder = TrialFolder(assignment.folder)
    begun = time.perf_counter()
    try:
        outcome = _outcome(assignment, folder, begun, messages, last_data)
    except OutOfMemory as error:
        message = f"{error}; it runs once more at the end, alone"
        return TrialEnd(assignment.trial.key, "lost", message, time.perf_counter() - begun, folder.log, again=True)
    except (OSError, UsageError) as error:
        message = f"{_sentence(error, folder.path)}; the next sweep runs the trial again"
        return TrialEnd(assignment.trial.key, "lost", message, time.perf_counter() - begun, folder.log)
    return TrialEnd(assignment.trial.key, outcome.status, outcome.error, outcome.seconds, folder.log)


def _outcome(
    assignment: Assignment, folder: TrialFolder, begun: float, messages: Messages, last_data: LastData
) -> Result:
    folder.path.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.lock):
        if assignment.anew:
            forget(folder)
        outcome = result(folder)
        if outcome is None or outcome.status != "completed":
            folder.cancelled.unlink(missing_ok=True)
            with captured(folder.log):
                outcome = _attempt(assignment, folder, begun, messages, last_data)
            finish(folder, outcome)
            compare_trial(folder, assignment.twins, assignment.trial.seed)
    return outcome


def _attempt(
    assignment: Assignment, folder: TrialFolder, begun: float, messages: Messages, last_data: LastData
) -> Result:
    outputs, provenance = Found(), dict(assignment.provenance)
    error = cause = None
    try:
        _train(assignment, folder, outputs, provenance, messages, last_data)
    except Exception as raised:
        traceback.print_exc()
        if out_of_memory(raised):
            raised = OutOfMemory(f"out of memory ({_sentence(raised, folder.path)})")
        if isinstance(raised, OSError | UsageError) or isinstance(raised, OutOfMemory) and not assignment.alone:
            raise raised from None
        cause, error = type(raised).__name__, _sentence(raised, folder.path)
    status: Literal["completed", "failed"] = "completed" if error is None else "failed"
    seconds, stages = time.perf_counter() - begun, tuple(dict.fromkeys(outputs.stages))
    return Result(status, seconds, outputs.runs, provenance, error, cause, outputs.digests, stages)


def out_of_memory(error: Exception) -> bool:
    """Whether Python, the system, CUDA or torch's CPU allocator reports too little memory."""
    import torch

    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(error)


def _sentence(error: Exception, place: Path) -> str:
    """The error in one line; a failing disk does not always name the file: then the folder `place` stands for it."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename or place}"
    text = str(error) if isinstance(error, SparsityError) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())


def _train(
    assignment: Assignment,
    folder: TrialFolder,
    outputs: Found,
    provenance: dict[str, Any],
    messages: Messages,
    last_data: LastData,
) -> None:
    """Train; fills in `outputs` and `provenance` on the way."""
    from orchestrator.store import examples, networks
    from orchestrator.store.checkpoints import Checkpoints
    from orchestrator.store.snapshots import FolderStages
    from workloads.data.sources import Sources
    from workloads.measure.sample import sample
    from workloads.numerics import Numerics
    from workloads.run import run_trial
    from workloads.training.stages import passage_key, root

    trial = assignment.trial
    device = device_for(assignment.gpus)
    prepare(device, assignment.cpus, assignment.gpus)
    write_json(folder.trial, trial.settings())
    Attempt.of_this_process(device).write(folder)
    data = last_data.load(trial.workload, Sources(assignment.data_cache, assignment.data_mirror)).to(device)
    numerics = Numerics.of(trial.workload, data.device, assignment.precision, assignment.kernels)
    provenance["machine"] = of_machine()
    provenance["numerics"] = numerics.model_dump(mode="json", exclude_none=True)
    provenance["data"] = {trial.settings()["data"]: data.digest}
    origin = root(trial, numerics)
    numbers = {passage_key(origin, cut): number for number, cut in enumerate(assignment.cuts)}
    checkpoints = Checkpoints(folder.checkpoint, origin, assignment.checkpoint_every)
    resume, offset, before = checkpoints.last(folder.records)
    if resume is None and folder.checkpoint.exists():
        messages.noticed(ANEW)
    outputs.runs |= before.runs
    outputs.digests |= before.digests
    outputs.stages += before.stages

    def stored(stage: Path) -> None:
        messages.stored(stage)
        messages.reached(numbers[stage.stem])

    stages = FolderStages(assignment.stages, frozenset(assignment.cuts), messages.wanted, stored, outputs.stages)
    for name in filter(stages.holds, numbers):
        messages.reached(numbers[name])
    collapsed = False
    with Journal(folder, offset) as journal:
        for event in run_trial(trial, data, stages, resume, assignment.precision, assignment.kernels):
            if isinstance(event, Record):
                journal.append(event)
                if not collapsed and (words := notice(event)) is not None:
                    messages.noticed(words)
                    collapsed = True
            elif isinstance(event, Checkpoint):
                checkpoints.keep(event, journal.offset, outputs)
            else:
                networks.save(folder.network(event.label), event.state)
                examples.save(folder.examples(event.label), event.state, data)
                if (text := sample(event.state, data, trial.seed)) is not None:
                    write_text(folder.sample(event.label), text)
                outputs.runs[event.label] = event.network
                outputs.digests[event.label] = {"masks": event.masks, "init": event.init}
        if length(folder.records) != journal.offset:
            raise FolderError(f"{folder.records} was removed or changed while the trial ran")
    checkpoints.clear()


def prepare(device: str, threads: int, gpus: float) -> None:
    """Make this process compute as a new one: it may have run other trials before."""
    import torch

    torch.set_num_threads(threads)
    if device == "cuda" and gpus < 1:
        torch.cuda.set_per_process_memory_fraction(gpus)


def device_for(gpus: float) -> str:
    """The torch device for an allocation of `gpus`. Raises ResourceError where torch sees no GPU."""
    import torch

    if gpus and not torch.cuda.is_available():
        raise ResourceError(
            f"the trial was given {gpus:g} of a GPU, but torch sees none on this node; "
            "install a torch build for its driver, or set resources.gpus: 0"
        )
    return device_kind(gpus)


def device_kind(gpus: float) -> str:
    """Torch's name for the kind of device of an allocation of `gpus`."""
    return "cuda" if gpus else "cpu"


@contextmanager
def captured(log: Path) -> Iterator[None]:
    """Send the output of this process, native code included, to `log` meanwhile."""
    saved = os.dup(1), os.dup(2)
    with open(log, "a", buffering=1, encoding="utf-8") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
        try:
            with redirect_stdout(file), redirect_stderr(file):
                yield
        finally:
            for stream, before in zip((1, 2), saved, strict=True):
                os.dup2(before, stream)
                os.close(before)
