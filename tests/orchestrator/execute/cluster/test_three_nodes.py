"""Three nodes that share no folder: one is lost, then the driver, and the figures are those of one calm process."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestrator.store.folders import TrialFolder
from orchestrator.store.journal import state
from orchestrator.store.live_trial import Attempt, LiveTrial
from tests.orchestrator.books import journalled, stored
from tests.orchestrator.command import ROOT, can_mount
from tests.orchestrator.processes import below
from tests.orchestrator.ray_cluster import TOKEN, RayCluster, RayNode
from tests.orchestrator.storm import PATIENCE, Storm

pytestmark = [pytest.mark.long, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")]


@pytest.fixture
def cluster(tmp_path) -> Iterator[RayCluster]:
    """No node has begun; all that were started end."""
    for name in ("cluster", "tried", "stormy/results"):
        (tmp_path / name).mkdir(parents=True)
    made = RayCluster(tmp_path / "cluster", tmp_path / "stormy" / "results", can_mount(tmp_path / "tried"))
    yield made
    made.stop()


@pytest.fixture
def stormy(tmp_path, cluster, embedded_sources) -> Storm:
    return Storm(tmp_path / "stormy", embedded_sources.cache, 4000, 2, cluster.address, TOKEN)


def test_a_lost_node_and_a_lost_driver_change_nothing(tmp_path, embedded_sources, cluster, stormy):
    (tmp_path / "calm").mkdir()
    calm = Storm(tmp_path / "calm", embedded_sources.cache, stormy.steps, stormy.seeds)
    for _ in range(3):
        cluster.start()
    calm.run("inline")

    driver = stormy.start()
    lost, trial = until(lambda: away_with_checkpoint(stormy, cluster), driver, stormy)
    assert state(TrialFolder(trial)) == "running" and LiveTrial.read(TrialFolder(trial)).step is not None
    lost.kill()
    before = TrialFolder(trial).records.stat().st_size
    begun = Attempt.read(TrialFolder(trial)).begun
    until(lambda: Attempt.read(TrialFolder(trial)).begun > begun or None, driver, stormy)
    assert "its process or node was lost; it goes on elsewhere" in stormy.told
    until(lambda: TrialFolder(trial).records.stat().st_size > before or None, driver, stormy)
    driver.kill()
    driver.wait(PATIENCE)
    assert 0 < stormy.states()["completed"] < len(calm.figures())

    assert stormy.start().wait(PATIENCE) == 0, stormy.told
    assert stormy.figures() == calm.figures()
    assert stormy.table() == calm.table()
    assert all(len(seconds) == 1 for seconds in stormy.trainings().values()), stormy.trainings()
    assert stored(f"sqlite:///{stormy.path}/results/mlflow.db", "storm") == journalled(stormy.folder)
    assert not list(stormy.path.glob("results/.stages/*"))
    assert (lost.data / "digits@1.safetensors").exists(), "a node that trains has the data in a cache of its own"


def test_a_node_with_another_code_is_refused_before_anything_begins(tmp_path, cluster, stormy):
    other = tmp_path / "other"
    for package in ("orchestrator", "workloads", "dashboards"):
        shutil.copytree(ROOT / package, other / package)
    with open(other / "workloads" / "run.py", "a") as source:
        source.write("# another version\n")
    cluster.start()
    cluster.start(PYTHONPATH=str(other))
    assert stormy.start().wait(PATIENCE) == 2
    assert "has sparsity's code " in stormy.told and "Install the same versions on all nodes" in stormy.told
    assert stormy.states() == {}


def until(found: Callable, driver=None, storm: Storm | None = None):
    """What `found` gives once it gives something; fails where the driver ends first, or nothing is found for long."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if driver is not None and driver.poll() is not None:
            break
        try:
            if (value := found()) is not None:
                return value
        except (OSError, AttributeError):  # a file that is not there yet
            pass
        time.sleep(0.02)
    raise AssertionError(storm.told if storm else "nothing came")


def away_with_checkpoint(storm: Storm, cluster: RayCluster) -> tuple[RayNode, Path] | None:
    """A node besides the head on which a trial runs whose checkpoint the driver has, and the trial's folder."""
    for path in storm.folder.path.glob("*/checkpoint.safetensors"):
        attempt = Attempt.read(TrialFolder(path.parent))
        for node in cluster.nodes[1:]:
            if attempt and not TrialFolder(path.parent).result.exists():
                if attempt.pid in [one.pid for one in below(node.process.pid)]:
                    return node, path.parent
    return None
