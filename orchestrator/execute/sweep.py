"""One sweep from its plan to its report: what is missing is run, what is done is left alone."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Literal

from orchestrator.execute import twins
from orchestrator.execute.choice import EVERYTHING, Choice
from orchestrator.execute.launch import launch
from orchestrator.execute.mixed import of_another_precision
from orchestrator.execute.progress import Progress
from orchestrator.execute.redrawing import Redrawing
from orchestrator.execute.worker import captured
from orchestrator.plan.planning import Plan, Planned
from orchestrator.plan.savings import sentences
from orchestrator.spec.reading import SweepSpec
from orchestrator.store import plan_file, provenance
from orchestrator.store.difference import changes
from orchestrator.store.folders import ResultsFolder, SweepFolder
from orchestrator.store.journal import State, cancel, result, state
from orchestrator.store.lock import held
from orchestrator.tracking.sending import Sending
from workloads.atomic import replacing
from workloads.data.sources import Sources, fetch
from workloads.errors import FolderError, UsageError

Executor = Literal["ray", "inline"]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """How a sweep is run; nothing here changes a figure."""

    results: ResultsFolder
    sources: Sources
    tracking_uri: str | None = None  # None: the store in the results folder
    executor: Executor = "ray"
    address: str | None = None  # of a Ray cluster; None starts Ray on this machine
    max_concurrent: int | None = None  # trials at once; None: as many as resources allow
    retry_failed: bool = False
    rerun_mixed: bool = False  # train finished trials anew where precision or kind of device is another now
    choice: Choice = EVERYTHING  # of the trials
    redrawing: tuple[str, ...] | None = None  # the command that draws the report of a running sweep; None: nobody does
    redraw_every: float = 60.0  # seconds, at least

    @property
    def uri(self) -> str:
        """Of the MLflow store."""
        return self.tracking_uri or self.results.tracking_uri

    @property
    def own_store(self) -> ResultsFolder | None:
        """The results folder, where the store is its own; None where it is a server's or another folder's."""
        return self.results if self.uri == self.results.tracking_uri else None


def run(spec: SweepSpec, plan: Plan, options: Options, progress: Progress) -> dict[str, State]:
    """Run what is missing and track it; the state of every chosen trial. Raises UsageError before any trial began."""
    options.results.prepare()
    folder = options.results.sweep(plan.name)
    with held(folder), captured(folder.log):
        todo = options.choice.to_run(plan, states(plan, folder), options.retry_failed)
        if differing := of_another_precision(spec, besides(plan, todo), folder):
            if not options.rerun_mixed:
                raise UsageError(str(differing))
            options = replace(options, choice=options.choice.forcing(differing.trials))
            todo = options.choice.to_run(plan, states(plan, folder), options.retry_failed)
        progress.begin(todo, len(plan.trials), len(options.choice.within(plan)))
        for line in (*sentences(todo), *changes(plan, folder)):
            progress.say(line)
        get_data(todo, options.sources)
        write_plan(spec, plan, folder)
        with Sending(plan, folder, options.uri, options.own_store, progress.say) as sending:
            to_run = {planned.key for planned in todo}
            for planned in plan.trials:
                if planned.key not in to_run:
                    sending.send(planned)
            try:
                if todo or options.rerun_mixed:
                    with progress.live(folder), _redrawn(spec, plan, folder, options, sending, progress):
                        launch(spec, todo, besides(plan, todo), folder, options, sending, progress)
            except (KeyboardInterrupt, SystemExit):
                for planned in todo:
                    cancel(folder.trial(planned.key))
                raise
            finally:
                _write_plan_or_say(spec, plan, folder, progress)
            for planned in twins.compare(plan, folder, progress.say):
                sending.send(planned)
        drop_stages(plan, folder, options.results)
        now = states(plan, folder)
        return {planned.key: now[planned.key] for planned in options.choice.within(plan)}


def states(plan: Plan, folder: SweepFolder) -> dict[str, State]:
    """The state of every planned trial, as its folder shows it."""
    return {planned.key: state(folder.trial(planned.key)) for planned in plan.trials}


def besides(plan: Plan, todo: Sequence[Planned]) -> list[Planned]:
    """The trials that are not to be run: finished, or not chosen."""
    run_now = {planned.key for planned in todo}
    return [planned for planned in plan.trials if planned.key not in run_now]


def send_report(plan: Plan, options: Options, progress: Progress) -> None:
    """Send the report, which is made of what MLflow holds, to MLflow as well."""
    with Sending(plan, options.results.sweep(plan.name), options.uri, options.own_store, progress.say):
        pass


def drop_stages(plan: Plan, folder: SweepFolder, results: ResultsFolder) -> None:
    """Remove the stages of this sweep once nothing that is planned needs them."""
    ended = [result(folder.trial(planned.key)) for planned in plan.trials]
    completed = [one for one in ended if one is not None and one.status == "completed"]
    if len(completed) == len(ended):
        for key in {key for one in completed for key in one.stages}:
            results.stage(key).unlink(missing_ok=True)


def get_data(todo: list[Planned], sources: Sources) -> None:
    """Fetch what the trials will read: one that fails for want of data is found out too late. Raises DataError."""
    for declared in {each for planned in todo for each in planned.trial.workload.needs}:
        fetch(declared, sources)


def write_plan(spec: SweepSpec, plan: Plan, folder: SweepFolder) -> None:
    """Write the spec's text, and plan.json with every trial's state, error and log, and with what that text lacks.

    Raises FolderError where there is no room for them.
    """
    made_with = provenance.of_code() | {"overrides": list(spec.overrides)}
    try:
        with replacing(folder.spec) as unfinished:
            unfinished.write_text(spec.text, encoding="utf-8")
        plan_file.write(folder, plan_file.filled_in(plan, folder), made_with)
    except OSError as error:
        told = f"cannot write {folder.plan}: {error.strerror}; mend that, and run the sweep again"
        raise FolderError(told) from error


def sync(spec: SweepSpec, plan: Plan, options: Options, progress: Progress) -> bool:
    """Send to MLflow what it has missed; whether all of it arrived. Raises FolderError where a sweep is running."""
    folder = options.results.sweep(plan.name)
    with held(folder):
        write_plan(spec, plan, folder)
        with Sending(plan, folder, options.uri, options.own_store, progress.say) as sending:
            for planned in plan.trials:
                sending.send(planned)
    return sending.complete


def _redrawn(
    spec: SweepSpec, plan: Plan, folder: SweepFolder, options: Options, sending: Sending, progress: Progress
) -> AbstractContextManager[object]:
    """Meanwhile the report is drawn with what there is, if that is wanted."""
    if options.redrawing is None:
        return nullcontext()

    def current() -> Future[None]:
        write_plan(spec, plan, folder)
        return sending.send_plan()

    return Redrawing(
        options.redrawing, {"MLFLOW_TRACKING_URI": options.uri}, options.redraw_every,
        (folder.path, options.results.path),
        lambda: sending.new_trials, current, progress.say,
    )  # fmt: skip


def _write_plan_or_say(spec: SweepSpec, plan: Plan, folder: SweepFolder, progress: Progress) -> None:
    """After the trials: a disk that they have filled takes nothing away from what they did."""
    try:
        write_plan(spec, plan, folder)
    except FolderError as error:
        progress.say(str(error))
