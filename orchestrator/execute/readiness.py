"""Which trial to begin next, so that no network that several trials pass through is trained by two of them at once."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

from orchestrator.execute.worker import Assignment


class Readiness:
    """The trials of a sweep that have not begun, those that run, and the shared networks that are there.

    A trial waits while a running one is on its way to a network that it needs too and that is not there: it would
    train the same steps once more. It holds no core meanwhile, for another is begun instead. A trial that has ended
    holds up nobody, whether or not it came to what others wait for: the next of them begins then, and trains it. As
    trials wait for running ones alone, there is always one to begin where none runs.
    """

    def __init__(self, passed: Mapping[str, Sequence[Hashable]]):
        """`passed` names the networks that each trial passes and others pass too; trials in the order wanted."""
        self._waiting = dict(passed)
        self._running: dict[str, Sequence[Hashable]] = {}
        self._there: set[Hashable] = set()

    def begin(self) -> str | None:
        """The trial that begins now; None where all have begun, or the rest waits for running ones.

        Of those that are ready it is the one whose next network most others wait for, and else the first.
        """
        missing = {key: {*networks} - self._there for key, networks in self._waiting.items()}
        wanted = Counter(network for networks in missing.values() for network in networks)
        busy = {network for networks in self._running.values() for network in networks}
        ready = [key for key, networks in missing.items() if not networks & busy]
        if not ready:
            return None
        chosen = max(ready, key=lambda key: max((wanted[network] for network in missing[key]), default=1))
        self._running[chosen] = self._waiting.pop(chosen)
        return chosen

    def reached(self, key: str, number: int) -> None:
        """The network that a running trial passes as its `number`-th (from 0) is there for others to go on from."""
        self._there.add(self._running[key][number])

    def ended(self, key: str) -> None:
        """A running trial has ended, in whatever way."""
        del self._running[key]


def readiness(assignments: Sequence[Assignment]) -> Readiness:
    """Where a network is one that trials of the same workload and seed have in common."""
    numbers: dict[Hashable, int] = {}
    passed = {}
    for one in assignments:
        networks = [(one.trial.workload, one.trial.seed, cut) for cut in one.cuts]
        passed[one.trial.key] = [numbers.setdefault(network, len(numbers)) for network in networks]
    return Readiness(passed)
