"""Which networks several trials of a plan pass through, so that they are trained once."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping

from workloads.itinerary import Run, runs
from workloads.script.paths import NetworkPath, Passage
from workloads.script.phases import Train
from workloads.trial import Trial

Cuts = frozenset[Passage]


def cuts(trials: Mapping[str, Trial]) -> dict[str, Cuts]:
    """For each trial, by name, where another trial passes too: through the same network, in a run begun alike."""
    alike: dict[Hashable, list[str]] = defaultdict(list)
    for name, trial in trials.items():
        alike[trial.workload, trial.seed].append(name)
    return {
        name: shared
        for group in alike.values()
        for name, shared in _shared({name: tuple(runs(trials[name].phases)) for name in group}).items()
    }


def _shared(trials: Mapping[str, tuple[Run, ...]]) -> dict[str, Cuts]:
    """Of trials whose networks begin alike."""
    if len(trials) == 1:
        return dict.fromkeys(trials, frozenset())
    stops: dict[Hashable, dict[int, NetworkPath]] = defaultdict(
        dict
    )  # of trainings that begin alike: where they may end
    for each in trials.values():
        for part in {part for run in each for end in (run.path, *_rewound_to(run)) for part in end.parts}:
            if isinstance(part.phase, Train):
                stops[_beginning(part)][part.phase.stop] = part
    passed = {name: {end for run in each for end in _passed(run, stops)} for name, each in trials.items()}
    users = Counter(end for each in passed.values() for end in each)
    return {name: frozenset(end for end in each if users[end] > 1) for name, each in passed.items()}


def _rewound_to(run: Run) -> Iterator[NetworkPath]:
    """Where the run's network was when it had the weights that it was set back to."""
    return (part.to for part in run.path.parts if part.to is not None)


def _passed(run: Run, stops: Mapping[Hashable, Mapping[int, NetworkPath]]) -> Iterator[Passage]:
    """Where a trial has been at some moment of this run, and another trial may have been as well."""
    for part in run.path.parts:
        ends = [part]
        if isinstance(part.phase, Train):
            ends = [end for stop, end in stops[_beginning(part)].items() if stop <= part.phase.stop]
        trained = [end for end in ends if end.steps and further(end, run.before)]  # else it saves no step
        yield from (Passage.after(end, run.begun) for end in trained)


def _beginning(path: NetworkPath) -> Hashable:
    """What the training that ends a path shares with those that only end elsewhere."""
    training = path.phase
    assert isinstance(training, Train)
    return path.before, training.start, training.lr, training.rule


def further(path: NetworkPath, before: NetworkPath) -> bool:
    """Whether `path`, which begins like `before` or is a part of it, goes on where that ends."""
    return (path.length, path.steps) > (before.length, before.steps)
