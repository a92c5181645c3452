"""One trial from its first weight to its last figure. Read this first.

A method is a script of phases; a trial goes through them with one State, run by run: a run ends at a Measure.
Nothing here knows a clock but durations, a tracker or a path: the caller stamps, journals, keeps checkpoints and
stops. A test of a method is `list(run_trial(trial, data))`.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from workloads.cost.memory import PeakMemory
from workloads.data.probe import probe
from workloads.data.splits import DataSet, Split
from workloads.digests import short
from workloads.itinerary import Leg, Run, legs, runs
from workloads.measure.look import look, look_after_pruning, look_at_rule
from workloads.measure.summary import summary
from workloads.network.rule_context import NONE
from workloads.network.snapshot import Snapshot, network_snapshot, remember, restored
from workloads.network.state import Look, State
from workloads.numerics import Numerics
from workloads.pruning.changes import CHANGES
from workloads.rules.apply import apply, intervention
from workloads.script.phases import Train
from workloads.script.training import Precision
from workloads.training.loop import train
from workloads.training.stages import NoStages, Stages, key, passage_key, root
from workloads.trial import Checkpoint, Measured, Record, ScriptPlace, Trial

Event = Record | Checkpoint | Measured


@dataclass(frozen=True)
class Given:
    """What stays the same throughout a trial."""

    trial: Trial
    data: DataSet
    stages: Stages
    precision: Precision
    origin: str  # the stage key before the first phase


def run_trial(
    trial: Trial,
    data: DataSet,
    stages: Stages | None = None,
    resume: tuple[ScriptPlace, Snapshot] | None = None,
    precision: Precision = "float32",
) -> Iterator[Event]:
    """Everything the trial finds out, in the order in which it does. Raises TrialError.

    `data` lie on the device that the trial shall use. Stages that others have left in `stages` are not trained
    again, and those that others need are left there. `resume` is a Checkpoint of this trial, with a snapshot of its
    state; what was said before it is not said again. `precision` is that of training alone; what is measured is
    measured in float32.
    """
    device = data.device
    origin = root(trial, Numerics.of(trial.workload, device, precision))
    given = Given(trial, data, stages or NoStages(), precision, origin)
    peak = PeakMemory.start(device)
    script = trial.phases
    place, state = None, State.new(trial.workload, trial.seed, device)
    if resume is not None:
        place, state = resume[0], restored(resume[1], device)
    for run in runs(script):
        if place is not None and run.end < place.phase:
            continue
        if place is None:
            for point in run.opening:
                remember(state, point)
            state.forget_except(run.wanted | set(run.opening))
        state = yield from go_through(run, state, place, given)
        ends = summary(state, trial.workload, data, peak)
        yield from (Record(run.label, state.step, name, value) for name, value in ends.items())
        yield Measured(run.label, key(origin, run.path), short(state.masks), state.init, state)
        state.begin_run()
        place = None


def go_through(run: Run, state: State, place: ScriptPlace | None, given: Given) -> Generator[Event, None, State]:
    """Take `state` through one run, from its beginning or from `place`; the state at its end.

    Where others have left a stage further on meanwhile, it goes on from there, and says what was seen in between."""
    trial, stages = given.trial, given.stages
    examples = probe(given.data.train, trial.workload.measure.probe, trial.seed)
    route = list(legs(run, trial, stages.cuts))
    arrived = next((number for number, leg in enumerate(route) if leg.place == place), None)
    said = len(state.looks)
    further, state = deepest(route, arrived, state, given)
    arrived = arrived if further is None else further
    for seen in state.looks[said:]:
        yield from told(run, seen)
    for number, leg in enumerate(route):
        if arrived is not None and number < arrived:
            continue
        if number != arrived:
            state = travel(leg, state, given)
            if leg.ends_at_one_of(stages.cuts):
                stages.put(passage_key(given.origin, leg.passage), network_snapshot(state))
        for point in leg.points:
            remember(state, point)
        if leg.own:
            yield Checkpoint(leg.place, state)
        for seen in look_around(leg, state, examples, given):
            state.looks.append(seen)
            yield from told(run, seen)
    return state


def deepest(route: list[Leg], arrived: int | None, state: State, given: Given) -> tuple[int | None, State]:
    """The last leg after `arrived` whose end is kept as a stage, and the state there; else None and the state as it is.

    So are all networks on the way to it that the script goes back to later."""
    begin = 0 if arrived is None else arrived + 1
    for number, leg in reversed(list(enumerate(route))[begin:]):
        if not leg.ends_at_one_of(given.stages.cuts):
            continue
        passed = [one for one in route[begin:number] if one.points]
        kept = [given.stages.get(passage_key(given.origin, one.passage)) for one in (*passed, leg)]
        there = [snapshot for snapshot in kept if snapshot is not None]
        if len(there) == len(kept):
            reached = restored(there[-1], state.device)
            reached.remembered = state.remembered | {
                point: each for one, each in zip(passed, there[:-1], strict=True) for point in one.points
            }
            return number, reached
    return None, state


def travel(leg: Leg, state: State, given: Given) -> State:
    """The state at the end of a leg."""
    if isinstance(leg.phase, Train):
        phase, seed, data = leg.phase, given.trial.seed, given.data
        wanted = NONE
        if phase.rule is not None:
            wanted = intervention(phase.rule, phase.start, phase.stop, leg.update, state, seed, data)
        train(state, data.train, phase, given.trial.workload.steps, seed, given.precision, wanted)
        if phase.rule is not None and leg.updates:
            apply(phase.rule, phase.stop, state, seed, data)
        return state
    return CHANGES[leg.phase.name](leg.phase, state, given.trial, given.data)


def look_around(leg: Leg, state: State, examples: Split, given: Given) -> Iterator[Look]:
    """What is to be measured at the end of a leg."""
    if leg.prunes_trained:
        yield look_after_pruning(state, given.data)
    if leg.updates:
        yield from look_at_rule(state)
    if leg.look:
        yield look(state, given.data, examples, given.trial, leg.structure, leg.last)


def told(run: Run, seen: Look) -> Iterator[Record]:
    """What a look has seen, figure by figure."""
    return (Record(run.label, seen.step, name, value) for name, value in seen.figures.items())
