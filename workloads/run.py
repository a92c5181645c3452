"""One trial from its first weight to its last figure. Read this first.

A method is a script of phases. A trial applies them to one State, run by run; a run ends at a Measure. This module
measures durations but knows no time of day, no tracker and no file: the caller adds time stamps, writes the journal and
the checkpoints, and decides when to stop. A test of a method is `list(run_trial(trial, data))`.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from workloads.cost.memory import PeakMemory
from workloads.data.probe import probe
from workloads.data.splits import DataSet, Split
from workloads.digests import short
from workloads.itinerary import Leg, Run, legs, runs
from workloads.measure.look import look_after_pruning, look_at_masks, look_at_network, look_at_rule
from workloads.measure.summary import summary
from workloads.network.kernels.choice import KernelChoice
from workloads.network.rule_context import NONE
from workloads.network.snapshot import Snapshot, network_snapshot, remember, restored
from workloads.network.state import Look, State
from workloads.numerics import Numerics
from workloads.pruning.changes import CHANGES
from workloads.rules.apply import apply, intervention
from workloads.script.phases import Measure, Train
from workloads.script.training import Kernels, Precision
from workloads.training.loop import train
from workloads.training.stages import NoStages, Stages, key, passage_key, root
from workloads.trial import Checkpoint, Measured, Record, ScriptPlace, Trial

Event = Record | Checkpoint | Measured


@dataclass(frozen=True)
class TrialContext:
    """What stays the same throughout a trial."""

    trial: Trial
    data: DataSet
    stages: Stages
    kernels: KernelChoice
    origin: str  # stage key before the first phase


def run_trial(
    trial: Trial,
    data: DataSet,
    stages: Stages | None = None,
    resume: tuple[ScriptPlace, Snapshot] | None = None,
    precision: Precision = "float32",
    kernels: Kernels = "auto",
) -> Iterator[Event]:
    """Run a trial and yield its events in order. Raises TrialError.

    `data` must be on the device for training. The trial reuses networks from `stages` and stores those at `stages.cuts`
    there, so that no network is trained twice. `resume` is the place of a Checkpoint of this trial with a snapshot of
    its state; events before it are not repeated. `precision` and `kernels` apply to training only: measurements use
    float32 and dense layers.
    """
    device = data.device
    origin = root(trial, Numerics.of(trial.workload, device, precision, kernels))
    choice = KernelChoice(kernels, precision)
    context = TrialContext(trial, data, stages or NoStages(), choice, origin)
    peak = PeakMemory.start(device)
    script = trial.phases
    place, state = None, State.new(trial.workload, trial.seed, device, data.start)
    if resume is not None:
        place, state = resume[0], restored(resume[1], device)
    for run in runs(script):
        if place is not None and run.end < place.phase:
            continue
        if place is None:
            for point in run.opening_points:
                remember(state, point)
            state.forget_except(run.later_points | set(run.opening_points))
        state = yield from execute(run, state, place, context)
        figures = summary(state, trial.workload, data, peak)
        yield from (Record(run.label, state.step, name, value) for name, value in figures.items())
        yield Measured(run.label, key(origin, run.path), short(state.masks), state.init, state)
        state.begin_run()
        place = None


def execute(run: Run, state: State, place: ScriptPlace | None, context: TrialContext) -> Generator[Event, None, State]:
    """Execute one run from its beginning or from `place`, and return the state at its end.

    Resumes from the furthest cached stage and replays its records."""
    trial, stages = context.trial, context.stages
    examples = probe(context.data.train, trial.workload.measure.probe, trial.seed)
    route = list(legs(run, trial, stages.cuts))
    current = next((index for index, leg in enumerate(route) if leg.place == place), None)  # `state` is at its end
    look_count = len(state.looks)
    stage, state = furthest_stage(route, current, state, context)
    current = current if stage is None else stage
    for look in state.looks[look_count:]:
        yield from records(run, look)
    for index, leg in enumerate(route):
        if current is not None and index < current:
            continue
        if index != current:
            state = advance(leg, state, context)
            if leg.ends_at_one_of(stages.cuts):
                stages.put(passage_key(context.origin, leg.passage), network_snapshot(state))
        for point in leg.points:
            remember(state, point)
        if leg.checkpoint:
            yield Checkpoint(leg.place, state)
        for look in measure(leg, state, examples, context):
            state.looks.append(look)
            yield from records(run, look)
    return state


def furthest_stage(
    route: list[Leg], current: int | None, state: State, context: TrialContext
) -> tuple[int | None, State]:
    """Index of the last leg after `current` whose end is a cached stage, and the state there; else None and `state`.

    A stage counts only if the networks to remember on the way to it are cached too."""
    begin = 0 if current is None else current + 1
    for index, leg in reversed(list(enumerate(route))[begin:]):
        if not leg.ends_at_one_of(context.stages.cuts):
            continue
        waypoints = [waypoint for waypoint in route[begin:index] if waypoint.points]
        cached = [context.stages.get(passage_key(context.origin, end.passage)) for end in (*waypoints, leg)]
        snapshots = [snapshot for snapshot in cached if snapshot is not None]
        if len(snapshots) == len(cached):
            stage = restored(snapshots[-1], state.device)
            stage.remembered = state.remembered | {
                point: snapshot
                for waypoint, snapshot in zip(waypoints, snapshots[:-1], strict=True)
                for point in waypoint.points
            }
            return index, stage
    return None, state


def advance(leg: Leg, state: State, context: TrialContext) -> State:
    """The state at the end of a leg."""
    if isinstance(leg.phase, Train):
        phase, seed, data = leg.phase, context.trial.seed, context.data
        rule_intervention = NONE
        if phase.rule is not None:
            rule_intervention = intervention(phase.rule, phase.start, phase.stop, leg.update, state, seed, data)
        train(state, data.train, phase, context.trial.workload.steps, seed, context.kernels, rule_intervention)
        if phase.rule is not None and leg.updates:
            apply(phase.rule, phase.stop, state, seed, data)
        return state
    if isinstance(leg.phase, Measure):  # of a run that changes nothing
        return state
    return CHANGES[leg.phase.name](leg.phase, state, context.trial, context.data)


def measure(leg: Leg, state: State, examples: Split, context: TrialContext) -> Iterator[Look]:
    """The looks at the end of a leg."""
    if leg.masks_untrained:
        yield look_at_masks(state, context.trial.workload.prunable)
    if leg.prunes_trained:
        yield look_after_pruning(state, context.data)
    if leg.updates:
        yield from look_at_rule(state)
    if leg.look:
        yield look_at_network(state, context.data, examples, context.trial, leg.structure, leg.last)


def records(run: Run, look: Look) -> Iterator[Record]:
    """One record for each figure of a look."""
    return (Record(run.label, look.step, name, value) for name, value in look.figures.items())
