"""Which networks several trials of a plan pass through, so that they are trained once."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping

from workloads.itinerary import Run, runs
from workloads.script.paths import Passage, steps_along
from workloads.script.phases import Rewind, Script, Train
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
    stops: dict[Hashable, dict[int, Script]] = defaultdict(dict)  # of trainings that begin alike: where they may end
    for path in {path for each in trials.values() for run in each for path in (run.path, *_rewound_to(run))}:
        for length, phase in enumerate(path, 1):
            if isinstance(phase, Train):
                stops[_beginning(path, length)][phase.stop] = path[:length]
    passed = {name: {end for run in each for end in _passed(run, stops)} for name, each in trials.items()}
    users = Counter(end for each in passed.values() for end in each)
    return {name: frozenset(end for end in each if users[end] > 1) for name, each in passed.items()}


def _rewound_to(run: Run) -> Iterator[Script]:
    """Where the run's network was when it had the weights that it was set back to."""
    return (phase.to for phase in run.path if isinstance(phase, Rewind))


def _passed(run: Run, stops: Mapping[Hashable, Mapping[int, Script]]) -> Iterator[Passage]:
    """Where a trial has been at some moment of this run, and another trial may have been as well."""
    for length, phase in enumerate(run.path, 1):
        if isinstance(phase, Train):
            ends = [end for stop, end in stops[_beginning(run.path, length)].items() if stop <= phase.stop]
        else:
            ends = [run.path[:length]]
        trained = [end for end in ends if steps_along(end) and _further(end, run.before)]  # else it saves no step
        yield from (Passage(path=end, begun=run.begun) for end in trained)


def _beginning(path: Script, length: int) -> Hashable:
    """What the training that ends a path's first `length` phases shares with those that only end elsewhere."""
    training = path[length - 1]
    assert isinstance(training, Train)
    return path[: length - 1], training.start, training.lr, training.rule


def _further(path: Script, before: Script) -> bool:
    """Whether `path`, which begins like `before` or is a part of it, goes on where that ends."""
    if not path or len(path) != len(before):
        return len(path) > len(before)
    last, then = path[-1], before[-1]
    return isinstance(last, Train) and isinstance(then, Train) and last.stop > then.stop
