"""The rule by which trials begin: nobody trains what another is training, and nobody waits for nothing."""

from random import Random

import pytest

from orchestrator.execute.readiness import Readiness

ONE_SHOT = {"twin-0": "a", "half-0": "a", "most-0": "a", "twin-1": "b", "half-1": "b", "most-1": "b"}


def all_ready(readiness):
    """Everything that can begin at once."""
    return list(iter(readiness.begin, None))


def test_one_trial_of_each_shared_network_begins_and_the_others_wait_until_it_is_there():
    readiness = Readiness(ONE_SHOT)
    assert all_ready(readiness) == ["twin-0", "twin-1"]
    readiness.reached("twin-1", 0)  # and it trains on
    assert all_ready(readiness) == ["half-1", "most-1"]
    readiness.reached("twin-0", 0)
    assert all_ready(readiness) == ["half-0", "most-0"]


def test_what_shares_nothing_never_waits_and_comes_after_what_others_wait_for():
    readiness = Readiness({"alone-0": "", "alone-1": "", **ONE_SHOT})
    assert all_ready(readiness) == ["twin-0", "twin-1", "alone-0", "alone-1"]


def test_who_ends_without_having_come_there_is_followed_by_one_of_those_that_waited():
    readiness = Readiness({"first": "a", "second": "a", "third": "a"})
    assert all_ready(readiness) == ["first"]
    readiness.ended("first")
    assert all_ready(readiness) == ["second"]
    readiness.reached("second", 0)
    readiness.ended("second")
    assert all_ready(readiness) == ["third"]


def test_one_that_waited_may_then_be_waited_for():
    readiness = Readiness({"short": "a", "long": "ab", "longer": "ab", "other": "a"})
    assert all_ready(readiness) == ["short"]
    readiness.reached("short", 0)
    assert all_ready(readiness) == ["long", "other"]
    readiness.reached("long", 1)
    assert all_ready(readiness) == ["longer"]


def test_the_network_that_most_wait_for_is_trained_first():
    readiness = Readiness({"x-0": "x", "x-1": "x", "y-0": "y", "y-1": "y", "y-2": "y"})
    assert readiness.begin() == "y-0"


def paths(random: Random) -> dict[str, list[str]]:
    """Trials on a random tree of networks: each passes all from the root to a random one."""
    ways = [[]]
    for name in range(random.randrange(1, 8)):
        ways.append([*random.choice(ways), f"network-{name}"])
    return {f"trial-{number}": random.choice(ways) for number in range(random.randrange(1, 20))}


class Simulated:
    """A trial that goes on from the last network that is there, and leaves every one that it comes to."""

    def __init__(self, path: list[str], there: set[str]):
        self.path = path
        self.passed = max((number for number, network in enumerate(path, 1) if network in there), default=0)

    @property
    def trains(self) -> str | None:
        """The shared network that it is on its way to; None on the stretch that is its own."""
        return self.path[self.passed] if self.passed < len(self.path) else None


@pytest.mark.parametrize("seed", range(100))
def test_law_whatever_the_order_of_events_each_begins_once_and_nothing_is_trained_twice_at_once(seed):
    random = Random(seed)
    wanted, cores, losses = paths(random), random.randrange(1, 5), random.choice([0, 0.3])
    readiness, running, there, begun, trained = Readiness(wanted), {}, set(), [], []
    while len(begun) < len(wanted) or running:
        while len(running) < cores and (key := readiness.begin()) is not None:
            begun.append(key)
            running[key] = Simulated(wanted[key], there)
        assert running  # else all wait for nobody
        under_way = [one.trains for one in running.values() if one.trains]
        assert len(under_way) == len(set(under_way))
        key = random.choice(sorted(running))
        one = running[key]
        if one.trains is None or random.random() < losses:
            readiness.ended(key)
            del running[key]
        else:
            trained.append(one.trains)
            there.add(one.trains)
            readiness.reached(key, one.passed)
            one.passed += 1
    assert sorted(begun) == sorted(wanted)
    assert len(trained) == len(set(trained))
