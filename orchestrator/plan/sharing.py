"""Finds the networks that several trials of a plan pass through, so that each is trained once."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping

from workloads.itinerary import Run, runs
from workloads.script.paths import NetworkPath, Passage
from workloads.script.phases import Train
from workloads.trial import Trial

Cuts = frozenset[Passage]


def cuts(trials: Mapping[str, Trial]) -> dict[str, Cuts]:
    """For each trial, by name, the points where another trial has the same network, in runs with one beginning."""
    groups: dict[Hashable, list[str]] = defaultdict(list)
    for name, trial in trials.items():
        groups[trial.workload, trial.seed].append(name)
    return {
        name: shared
        for group in groups.values()
        for name, shared in _shared({name: tuple(runs(trials[name].phases)) for name in group}).items()
    }


def _shared(trials: Mapping[str, tuple[Run, ...]]) -> dict[str, Cuts]:
    """The same for trials of one workload and seed: their networks begin alike."""
    if len(trials) == 1:
        return dict.fromkeys(trials, frozenset())
    stops: dict[Hashable, dict[int, NetworkPath]] = defaultdict(dict)  # by a training's beginning: its possible ends
    for trial_runs in trials.values():
        for part in {part for run in trial_runs for end in (run.path, *_rewind_targets(run)) for part in end.parts}:
            if isinstance(part.phase, Train):
                stops[_beginning(part)][part.phase.stop] = part
    passages = {
        name: {passage for run in trial_runs for passage in _passages(run, stops)}
        for name, trial_runs in trials.items()
    }
    users = Counter(passage for group in passages.values() for passage in group)
    return {name: frozenset(passage for passage in group if users[passage] > 1) for name, group in passages.items()}


def _rewind_targets(run: Run) -> Iterator[NetworkPath]:
    """The paths of the networks that the run takes weights back from."""
    return (part.to for part in run.path.parts if part.to is not None)


def _passages(run: Run, stops: Mapping[Hashable, Mapping[int, NetworkPath]]) -> Iterator[Passage]:
    """The points of this run where another trial may have the same network."""
    for part in run.path.parts:
        ends = [part]
        if isinstance(part.phase, Train):
            ends = [end for stop, end in stops[_beginning(part)].items() if stop <= part.phase.stop]
        useful = [end for end in ends if end.steps and further(end, run.before)]  # the rest saves no step
        yield from (Passage.after(end, run.begun) for end in useful)


def _beginning(path: NetworkPath) -> Hashable:
    """All of a path that ends in a training, but for the step at which the training stops."""
    training = path.phase
    assert isinstance(training, Train)
    return path.before, training.start, training.lr, training.rule


def further(path: NetworkPath, before: NetworkPath) -> bool:
    """Whether `path` goes beyond `before`. One of the two begins with the other."""
    return (path.length, path.steps) > (before.length, before.steps)
