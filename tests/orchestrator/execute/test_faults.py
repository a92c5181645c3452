"""Whoever is killed, and whenever: the next sweeps finish what is missing, and come to what nobody disturbed.

SPARSITY_FAULTS is the number of moments, drawn anew each time; without it three, the same every time.
"""

import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.orchestrator.books import journalled, stored
from tests.orchestrator.processes import below
from tests.orchestrator.storm import PATIENCE, Storm, victims

pytestmark = pytest.mark.long

MOMENTS = os.environ.get("SPARSITY_FAULTS")
SEED = 2981  # a driver, a raylet and a worker, each while trials run


@pytest.fixture
def storm(tmp_path, embedded_sources):
    """Makes folders for storms; what was started there and has not ended by the end goes."""
    made = []

    def new(name: str, **given) -> Storm:
        (tmp_path / name).mkdir()
        made.append(Storm(tmp_path / name, embedded_sources.cache, **given))
        return made[-1]

    yield new
    for one in {each for storm in made for each in storm.started}:
        one.kill()


@contextmanager
def untouched(storm: Storm) -> Iterator[None]:
    """What is settled stays as it is meanwhile; networks that others go on from leave once nobody needs them."""
    before = storm.settled()
    yield
    after = storm.settled()
    for path, identity in before.items():
        assert after.get(path) == identity or (path.parent.name == ".stages" and path not in after), path


def test_a_sweep_outlives_its_ray(storm):
    """Trials are left that never began, and Tune alone would wait for ever for a place to put them."""
    one = storm("one", steps=6000)
    running = one.start()
    while not one.written():
        time.sleep(0.01)
    one.started |= set(below(running.pid))
    victims(one.started)["raylet"].kill()
    assert running.wait(PATIENCE) == 0, one.told
    assert one.states() == {"completed": 8} and one.told.count("done in") == 8


def test_whoever_is_killed_nothing_is_lost_and_nothing_is_done_twice(storm):
    calm = storm("calm")
    calm.run("inline")
    figures, table, size = calm.figures(), calm.table(), calm.written()
    seed, moments = random.SystemRandom().getrandbits(32) if MOMENTS else SEED, int(MOMENTS or 3)
    draw, struck, storms = random.Random(seed), Counter(), 0
    print(f"\nseed {seed}")
    while struck.total() < moments:
        storms += 1
        stormy = storm(f"stormy{storms}")
        while struck.total() < moments and stormy.states()["completed"] < len(figures):
            with untouched(stormy):
                begun, victim = time.monotonic(), stormy.strike(draw, size)
            struck.update([victim] if victim else [])
            print(
                f"sweep {storms}: {victim or 'nobody'} killed, over after {time.monotonic() - begun:.0f} s, "
                f"{dict(stormy.states())}",
                flush=True,
            )
        with untouched(stormy):
            stormy.run()
        assert stormy.figures() == figures
        assert stormy.table() == table
        assert all(len(seconds) == 1 for seconds in stormy.trainings().values()), stormy.trainings()
        assert stored(f"sqlite:///{stormy.path}/results/mlflow.db", "storm") == journalled(stormy.folder)
        shutil.rmtree(stormy.path)
    print(f"{struck.total()} moments in {storms} sweeps: {dict(struck)}")
