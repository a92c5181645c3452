"""Which networks several trials of a plan pass through, so that they are trained once."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping

from workloads.pruning.phases import Script, changing
from workloads.trial import Trial

Cuts = frozenset[Script]


def cuts(trials: Mapping[str, Trial]) -> dict[str, Cuts]:
    """For each trial, by name, the phases after which its network is one that another trial passes through too."""
    alike: dict[Hashable, list[str]] = defaultdict(list)
    for name, trial in trials.items():
        alike[trial.workload, trial.seed].append(name)
    return {
        name: shared
        for group in alike.values()
        for name, shared in _shared({name: changing(trials[name].phases) for name in group}).items()
    }


def _shared(paths: Mapping[str, Script]) -> dict[str, Cuts]:
    """Of trials whose networks begin alike."""
    if len(paths) == 1:
        return dict.fromkeys(paths, frozenset())
    stops: dict[Hashable, dict[int, Script]] = defaultdict(dict)  # of trainings that begin alike: where they may end
    for path in paths.values():
        for length, phase in enumerate(path, 1):
            if phase.name == "train":
                stops[path[: length - 1], phase.start, phase.lr][phase.stop] = path[:length]
    passed = {name: set(_passed(path, stops)) for name, path in paths.items()}
    users = Counter(end for each in passed.values() for end in each)
    return {name: frozenset(end for end in each if users[end] > 1) for name, each in passed.items()}


def _passed(path: Script, stops: Mapping[Hashable, Mapping[int, Script]]) -> Iterator[Script]:
    """All that a trial on `path` has gone through at some moment and another trial may have gone through as well."""
    for length, phase in enumerate(path, 1):
        if phase.name == "train":
            ends = stops[path[: length - 1], phase.start, phase.lr]
            yield from (end for stop, end in ends.items() if stop <= phase.stop)
        else:
            yield path[:length]
