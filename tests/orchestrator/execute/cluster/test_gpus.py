"""Shares of a GPU, on a cluster that says it has one: what trials ask for, get, and are refused."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
import torch

from tests.orchestrator.command import MAIN, environment
from tests.orchestrator.ray_cluster import TOKEN, RayCluster
from tests.orchestrator.sweeps import TINY

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc"),
    pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine on which torch sees no GPU"),
]


@pytest.fixture
def cluster(tmp_path) -> Iterator[RayCluster]:
    """One node of four cores that says it has one GPU."""
    made = RayCluster(tmp_path / "cluster", tmp_path / "nowhere", may_mount=False)
    made.start(cpus=4, gpus=1)
    yield made
    made.stop()


def test_each_trial_gets_its_share_and_none_gets_more_than_a_node_has(tmp_path, embedded_sources, cluster):
    (tmp_path / "tiny.yaml").write_text(TINY)

    def sweep(gpus: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [*MAIN, "sweep", "tiny.yaml", "--no-report", "--address", cluster.address, f"--set=resources.gpus={gpus}"],
            cwd=tmp_path, env=environment(embedded_sources.cache, **TOKEN), capture_output=True, text=True, timeout=300,
        )  # fmt: skip

    refused = sweep("2")
    assert refused.returncode == 2 and "asks for 1 CPUs and 2 GPUs" in refused.stderr
    assert "(there is: 4 CPUs and 1 GPUs); change resources.cpus and resources.gpus" in refused.stderr
    shared = sweep("0.25")
    assert shared.returncode == 1
    assert "the trial was given 0.25 of a GPU, but torch sees none on this node" in shared.stderr
