"""Trials that wait for a network that another is training: on a real Ray, and who begins when."""

import gc
import json
import os
import signal
import threading
import time
import weakref
from itertools import count, pairwise
from statistics import median

import pytest
import ray

from orchestrator.execute.assignment import Assignment
from orchestrator.execute.nodes import Node, room, this_node
from orchestrator.execute.ray_session import connect, disconnect
from orchestrator.execute.ray_tune import Feed
from orchestrator.execute.readiness import readiness
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import entries
from tests.orchestrator.sweeps import run_sweep, written

pytestmark = pytest.mark.long

SPEC = """
name: tiny
workload: {name: digits_mlp, training: {steps: 1500}, measure: {evaluate_every: 100}}
method: one_shot
sparsity: [0.5, 0.9]
seeds: 1
"""
BESIDE = SPEC.replace("one_shot", "[one_shot, {name: static_random, allocation: erk}]") + "baseline: none"

needs_two_cores = pytest.mark.skipif(this_node().cpus < 2, reason="needs two cores, for two trials at once")


def assignments(place, text, **more) -> list[Assignment]:
    given = {"cpus": 1, "gpus": 0, **more}
    return [
        Assignment(
            trial=one.trial, folder=place / one.key, data_cache=place, data_mirror=None, precision="float32",
            kernels="auto", stages=place, cuts=tuple(one.cuts), checkpoint_every=60, provenance={}, **given,
        )
        for one in written(place, text)[1].trials
    ]  # fmt: skip


def title(assignment: Assignment) -> tuple[str, float, int]:
    return assignment.trial.method.name, assignment.trial.method.sparsity, assignment.trial.seed


def test_one_after_another_who_trains_what_others_share_comes_first(tmp_path):
    by_key = {one.trial.key: one for one in assignments(tmp_path, SPEC.replace("seeds: 1", "seeds: 2"))}
    ready, begun = readiness(list(by_key.values())), []
    for key in iter(ready.begin, None):
        begun.append(title(by_key[key])[1:])
        ready.reached(key, 0)
        ready.ended(key)
    assert begun == [(0.0, 0), (0.0, 1), (0.5, 0), (0.9, 0), (0.5, 1), (0.9, 1)]


def test_tune_is_given_what_is_ready_and_nothing_else(tmp_path):
    given = assignments(tmp_path, BESIDE)
    feed, names = Feed(given), map(str, count())

    def all_ready() -> list[tuple[str, float]]:
        suggested = iter(lambda: feed.suggest(next(names)), None)
        return [title(Assignment.model_validate_json(one["trial"][0]))[:2] for one in suggested]

    assert all_ready() == [("one_shot", 0.5), ("static_random", 0.5), ("static_random", 0.9)]
    feed.on_trial_result("0", {"reached": 0})
    assert all_ready() == [("one_shot", 0.9)]


@pytest.mark.parametrize("cpus, gpus, nodes, trials", [
    (2, 0, [Node(4, 0), Node(3, 0)], 3), (1, 0.25, [Node(16, 1)], 4), (1, 0.3, [Node(2, 1)], 2),
    (1, 0.1, [Node(16, 0), Node(16, 0.3)], 3),
])  # fmt: skip
def test_no_more_trials_than_the_nodes_hold(tmp_path, cpus, gpus, nodes, trials):
    assert room(assignments(tmp_path, SPEC, cpus=cpus, gpus=gpus), nodes) == trials


def looks_of_a_shared_network(results, key) -> list[int]:
    """When each look before the last shared step was journalled, in milliseconds."""
    records = entries(results.sweep("tiny").trial(key))
    return [one.time for one in records if one.record.name == "val/loss" and one.record.step < 1500]


def between(times) -> float:
    """The usual time between two looks; a process that has to wait for a core makes one of them longer."""
    return median(later - earlier for earlier, later in pairwise(times))


def check_taken_over(user, producer) -> None:
    assert len(user) == len(producer) == 14
    assert user[0] > producer[-1] and between(user) < between(producer) / 4  # not begun before, and then there at once


@needs_two_cores
def test_two_workers_train_a_shared_network_once(tmp_path, embedded_sources):
    planned, lines = run_sweep(tmp_path, embedded_sources, SPEC, executor="ray", max_concurrent=2)
    assert sum(": done in " in line for line in lines) == 3
    results = ResultsFolder(tmp_path / "results")
    producer, *users = (looks_of_a_shared_network(results, one.key) for one in planned.trials)
    for user in users:
        check_taken_over(user, producer)


@needs_two_cores
@pytest.mark.parametrize("policy, failed", [("continue", 3), ("stop", 1)])
def test_who_fails_holds_up_nobody(tmp_path, embedded_sources, policy, failed):
    diverging = SPEC.replace("steps: 1500", "steps: 40, optimizer: {name: sgd, lr: 1.0e+30}")
    given = {"executor": "ray", "max_concurrent": 2}
    _, lines = run_sweep(tmp_path, embedded_sources, diverging, f"policies.on_failure={policy}", **given)
    assert sum("FAILED" in line for line in lines) == failed


@needs_two_cores
def test_who_is_killed_is_followed_by_one_that_waited(tmp_path, embedded_sources):
    killed, deadline = [], time.monotonic() + 60

    def kill() -> None:
        while not killed and time.monotonic() < deadline:
            for records in tmp_path.glob("results/tiny/*/records.jsonl"):
                if records.stat().st_size:  # the first, and the only one that runs
                    killed.append(records.parent.name)
                    os.kill(json.loads((records.parent / "attempt.json").read_text())["pid"], signal.SIGKILL)
            time.sleep(0.01)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    planned, lines = run_sweep(tmp_path, embedded_sources, SPEC, executor="ray", max_concurrent=2)
    killer.join()
    assert killed == [planned.trials[0].key] and any("LOST" in line and killed[0] in line for line in lines)
    results = ResultsFolder(tmp_path / "results")
    assert sum(": done in" in line for line in lines) == 3  # it ran once more
    producer, user = (looks_of_a_shared_network(results, one.key) for one in planned.trials[1:])
    check_taken_over(user, producer)


def test_nothing_of_rays_is_left_for_other_threads_to_collect_when_it_shuts_down(monkeypatch):
    """The core worker ends the process where an object of Ray's goes while it is on its way out."""
    connect(None)

    class Cycle:
        def __init__(self):
            self.itself, self.object = self, ray.put(0)

    left = weakref.ref(Cycle())
    seen = []
    shutdown = ray.shutdown
    monkeypatch.setattr(ray, "shutdown", lambda: (seen.append((left() is None, gc.isenabled())), shutdown()))
    disconnect()
    assert seen == [(True, False)] and gc.isenabled() and not ray.is_initialized()
