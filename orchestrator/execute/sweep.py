"""One sweep from its plan to its report: missing trials run, finished ones stay as they are."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Literal

from orchestrator.execute import twins
from orchestrator.execute.choice import EVERYTHING, Choice
from orchestrator.execute.deployment.networks import FinishedNetwork, finished_networks
from orchestrator.execute.launch import launch
from orchestrator.execute.mixed import of_another_precision
from orchestrator.execute.progress import Progress
from orchestrator.execute.redrawing import Redrawing
from orchestrator.execute.worker import captured
from orchestrator.plan.planning import Plan, Planned
from orchestrator.plan.savings import sentences
from orchestrator.spec.header import Deploy
from orchestrator.spec.reading import SweepSpec
from orchestrator.store import plan_file, provenance, status
from orchestrator.store.difference import changes
from orchestrator.store.folders import ResultsFolder, SweepFolder
from orchestrator.store.journal import State, cancel, result
from orchestrator.store.lock import held
from orchestrator.tracking import receipt
from orchestrator.tracking.sending import Sending
from workloads.atomic import replacing
from workloads.data import first_weights
from workloads.data.first_weights import DeclaredWeights, begin_with
from workloads.data.sources import Sources, fetch
from workloads.errors import FolderError, UsageError
from workloads.tasks.workload import Workload

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


@dataclass(frozen=True)
class SweepEnd:
    """How a sweep ended."""

    states: dict[str, State]  # of every chosen trial, by key
    verdict: str | None = None  # of the report; None where there is none


Draw = Callable[[], str | None]  # writes the report; gives its verdict, or None where it is impossible


def run(spec: SweepSpec, plan: Plan, options: Options, progress: Progress, draw: Draw | None = None) -> SweepEnd:
    """Run and track the missing trials, then `draw` the report. Raises UsageError before any trial begins.

    Where nothing is missing and nothing has changed since the store and the report got everything, nothing is done."""
    options.results.prepare()
    folder = options.results.sweep(plan.name)
    with held(folder), captured(folder.log):
        before = states(plan, folder)
        todo = options.choice.to_run(plan, before, options.retry_failed)
        if differing := of_another_precision(spec, besides(plan, todo), folder):
            if not options.rerun_mixed:
                raise UsageError(str(differing))
            options = replace(options, choice=options.choice.forcing(differing.trials))
            todo = options.choice.to_run(plan, before, options.retry_failed)
        progress.begin(todo, len(plan.trials), len(options.choice.within(plan)))
        if not todo and not options.rerun_mixed:
            if earlier := receipt.valid_receipt(spec, folder, options.uri, draw is not None):
                return SweepEnd(_chosen(before, plan, options), earlier.verdict if draw else None)
        folder.receipt.unlink(missing_ok=True)
        for line in (*sentences(todo), *changes(plan, folder)):
            progress.say(line)
        if todo:
            with progress.phase("Checking the data"):
                get_data(todo, options.sources)
        write_plan(spec, plan, folder)
        with Sending(plan, folder, options.uri, options.own_store, progress.say) as sending:
            for planned in besides(plan, todo):
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
            if spec.deploy is not None:
                for network in deploy(spec.deploy, plan, folder, options, progress).networks:
                    sending.send(network.planned)
            verdict = None
            if draw:
                sending.send_plan()
                with progress.phase("Sending the results to MLflow"):
                    sending.settle()
                verdict = draw()
        if sending.complete:
            receipt.write(spec, folder, options.uri, verdict)
        return SweepEnd(_chosen(states(plan, folder), plan, options), verdict)


@dataclass(frozen=True)
class MeasuredNetworks:
    """The finished networks that were to measure in other formats."""

    networks: tuple[FinishedNetwork, ...]
    new: int  # how many of them were measured now, in one format at least


def deploy(settings: Deploy, plan: Plan, folder: SweepFolder, options: Options, progress: Progress) -> MeasuredNetworks:
    """Measure the finished networks in other formats, and write what is new. Raises DataError and UsageError."""
    from orchestrator.execute.deployment.measurement import measure  # torch, which most drivers do without

    networks = tuple(finished_networks(plan, folder, settings.seeds))
    return MeasuredNetworks(
        networks, measure(networks, options.sources, settings.threads, settings.calls, progress.say)
    )


def _chosen(by_key: dict[str, State], plan: Plan, options: Options) -> dict[str, State]:
    return {planned.key: by_key[planned.key] for planned in options.choice.within(plan)}


def states(plan: Plan, folder: SweepFolder) -> dict[str, State]:
    """The state of every planned trial, as its folder shows it."""
    return status.states(folder, (planned.key for planned in plan.trials))


def besides(plan: Plan, todo: Sequence[Planned]) -> list[Planned]:
    """The trials of the plan that are not in `todo`: finished, or not chosen."""
    keys = {planned.key for planned in todo}
    return [planned for planned in plan.trials if planned.key not in keys]


def drop_stages(plan: Plan, folder: SweepFolder, results: ResultsFolder) -> None:
    """Remove the stages of this sweep once all its trials are completed."""
    outcomes = [result(folder.trial(planned.key)) for planned in plan.trials]
    completed = [outcome for outcome in outcomes if outcome is not None and outcome.status == "completed"]
    if len(completed) == len(outcomes):
        for key in {key for outcome in completed for key in outcome.stages}:
            results.stage(key).unlink(missing_ok=True)


def get_data(todo: list[Planned], sources: Sources) -> None:
    """Fetch the trials' data before any trial begins, and try the weights to start from. Raises DataError."""
    for declared in {declared for planned in todo for declared in planned.trial.workload.files}:
        fetch(declared, sources)
    started = {planned.trial.workload for planned in todo if planned.trial.workload.start is not None}
    for workload in started:
        check_start(workload, sources)


def check_start(workload: Workload, sources: Sources) -> None:
    """Raise DataError where the weights that networks start from do not fit the network."""
    assert workload.start is not None
    begin_with(workload.model(0), first_weights.load(DeclaredWeights.of(workload.start), sources))


def write_plan(spec: SweepSpec, plan: Plan, folder: SweepFolder) -> None:
    """Write the spec's text, and plan.json with every trial's state, error and log, and the options that set values.

    Raises FolderError where they cannot be written.
    """
    origin = provenance.of_code() | {"overrides": list(spec.overrides), "offline": spec.offline}
    try:
        with replacing(folder.spec) as unfinished:
            unfinished.write_text(spec.text, encoding="utf-8")
        plan_file.write(folder, plan_file.filled_in(plan, folder), origin)
    except OSError as error:
        message = f"cannot write {folder.plan}: {error.strerror}; mend that, and run the sweep again"
        raise FolderError(message) from error


def sync(spec: SweepSpec, plan: Plan, options: Options, progress: Progress) -> bool:
    """Send to MLflow the trials that it lacks; whether all arrived. Raises FolderError where the sweep is running."""
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
    """After the trials: a full disk must not hide how they ended."""
    try:
        write_plan(spec, plan, folder)
    except FolderError as error:
        progress.say(str(error))
