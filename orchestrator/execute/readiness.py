"""The order in which trials begin: no two of them train the same shared network at once."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

from orchestrator.execute.assignment import Assignment


class Readiness:
    """The waiting trials of a sweep, the running ones, and the shared networks that are complete.

    A trial waits while a running one trains a network that both need. It holds no core: another trial begins instead.
    A trial that ends without this network releases the others: the next of them trains it. Trials wait only for
    running ones, so one can always begin where none runs.
    """

    def __init__(self, passed: Mapping[str, Sequence[Hashable]]):
        """`passed` gives each trial's shared networks by key, in the preferred order of trials."""
        self._waiting = dict(passed)
        self._running: dict[str, Sequence[Hashable]] = {}
        self._complete: set[Hashable] = set()

    def begin(self) -> str | None:
        """The trial that begins now; None where all have begun, or the others wait for running ones.

        Prefers the ready trial with the network that most others need, then the first.
        """
        missing = {key: {*networks} - self._complete for key, networks in self._waiting.items()}
        demand = Counter(network for networks in missing.values() for network in networks)
        busy = {network for networks in self._running.values() for network in networks}
        ready = [key for key, networks in missing.items() if not networks & busy]
        if not ready:
            return None
        best = max(ready, key=lambda key: max((demand[network] for network in missing[key]), default=1))
        self._running[best] = self._waiting.pop(best)
        return best

    def reached(self, key: str, number: int) -> None:
        """A running trial has completed the `number`-th (from 0) of its shared networks."""
        self._complete.add(self._running[key][number])

    def ended(self, key: str) -> None:
        """A running trial has ended, completed or not."""
        del self._running[key]


def readiness(assignments: Sequence[Assignment]) -> Readiness:
    """Trials share a network where workload, seed and cut are equal."""
    numbers: dict[Hashable, int] = {}
    passed = {}
    for assignment in assignments:
        trial = assignment.trial
        networks = [(trial.workload, trial.seed, cut) for cut in assignment.cuts]
        passed[trial.key] = [numbers.setdefault(network, len(numbers)) for network in networks]
    return Readiness(passed)
