"""Which networks several trials of a plan pass through, so that they are trained once."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping

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
    ends = {path[:length] for path in paths.values() for length in range(1, len(path) + 1)}
    passed = {name: {end for end in ends if _passes(path, end)} for name, path in paths.items()}
    users = Counter(end for each in passed.values() for end in each)
    return {name: frozenset(end for end in each if users[end] > 1) for name, each in passed.items()}


def _passes(path: Script, end: Script) -> bool:
    """Whether a trial on `path` has, at some moment, gone through exactly the phases of `end`."""
    length = len(end)
    if length > len(path) or path[: length - 1] != end[:-1]:
        return False
    here, there = path[length - 1], end[-1]
    if here == there:
        return True
    inside = here.name == there.name == "train" and there.stop < here.stop
    return inside and here == there.model_copy(update={"stop": here.stop})

