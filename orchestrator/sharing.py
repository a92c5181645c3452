"""Which networks several trials of a plan pass through, so that they are trained once."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from workloads.itinerary import runs
from workloads.pruning.phases import Passage, Script, changing
from workloads.trial import Trial

Cuts = frozenset[Passage]


@dataclass(frozen=True)
class _Stretch:
    """The path of one run: from the trial's beginning to the run's end, of which the last part is its own."""

    path: Script
    before: Script  # what earlier runs have gone through
    begun: int  # optimizer steps of that


def cuts(trials: Mapping[str, Trial]) -> dict[str, Cuts]:
    """For each trial, by name, where another trial passes too: through the same network, in a run begun alike."""
    alike: dict[Hashable, list[str]] = defaultdict(list)
    for name, trial in trials.items():
        alike[trial.workload, trial.seed].append(name)
    return {
        name: shared
        for group in alike.values()
        for name, shared in _shared({name: tuple(_stretches(trials[name])) for name in group}).items()
    }


def _stretches(trial: Trial) -> Iterator[_Stretch]:
    script = trial.phases
    for run in runs(script):
        before = changing(script[: run.first])
        begun = sum(phase.stop - phase.start for phase in before if phase.name == "train")
        yield _Stretch(changing(script[: run.end]), before, begun)


def _shared(trials: Mapping[str, tuple[_Stretch, ...]]) -> dict[str, Cuts]:
    """Of trials whose networks begin alike."""
    if len(trials) == 1:
        return dict.fromkeys(trials, frozenset())
    stops: dict[Hashable, dict[int, Script]] = defaultdict(dict)  # of trainings that begin alike: where they may end
    for stretch in (stretch for stretches in trials.values() for stretch in stretches):
        for length, phase in enumerate(stretch.path, 1):
            if phase.name == "train":
                stops[_beginning(stretch, length)][phase.stop] = stretch.path[:length]
    passed = {name: {end for one in stretches for end in _passed(one, stops)} for name, stretches in trials.items()}
    users = Counter(end for each in passed.values() for end in each)
    return {name: frozenset(end for end in each if users[end] > 1) for name, each in passed.items()}


def _passed(stretch: _Stretch, stops: Mapping[Hashable, Mapping[int, Script]]) -> Iterator[Passage]:
    """Where a trial has been at some moment of this run, and another trial may have been as well."""
    for length, phase in enumerate(stretch.path, 1):
        if phase.name == "train":
            ends = [end for stop, end in stops[_beginning(stretch, length)].items() if stop <= phase.stop]
        else:
            ends = [stretch.path[:length]]
        yield from (Passage(path=end, begun=stretch.begun) for end in ends if _further(end, stretch.before))


def _beginning(stretch: _Stretch, length: int) -> Hashable:
    """What the training that ends a path's first `length` phases shares with those that only end elsewhere."""
    training = stretch.path[length - 1]
    return stretch.path[: length - 1], training.start, training.lr, training.rule


def _further(path: Script, before: Script) -> bool:
    """Whether `path`, which begins like `before` or is a part of it, goes on where that ends."""
    if len(path) != len(before):
        return len(path) > len(before)
    return bool(path) and path[-1].name == "train" and path[-1].stop > before[-1].stop
