"""Which cluster a sweep joins, and which it cannot."""

import pytest

from orchestrator.execute.nodes import Node, check_fit, room
from orchestrator.store.folders import ResultsFolder
from tests.orchestrator.execute.cluster.test_away import assignments
from tests.orchestrator.sweeps import TINY
from workloads.errors import ResourceError


@pytest.mark.parametrize("by", ["option", "variable"])
def test_a_clients_address_is_refused_with_what_to_do(sparsity, tmp_path, monkeypatch, by):
    (tmp_path / "tiny.yaml").write_text(TINY)
    option = ["--address", "ray://head:10001"] if by == "option" else []
    monkeypatch.setenv("RAY_ADDRESS", "ray://head:10001" if by == "variable" else "nobody:1")
    code, _, told = sparsity("sweep", "tiny.yaml", "--no-report", *option)
    assert code == 2
    assert "ray://head:10001 is the address of a client; run `sparsity sweep` on a node of the cluster" in told


def test_where_no_cluster_is_the_message_says_what_to_try(sparsity, tmp_path):
    (tmp_path / "tiny.yaml").write_text(TINY)
    code, _, told = sparsity("sweep", "tiny.yaml", "--no-report", "--address", "127.0.0.1:1")
    assert code == 2 and "Ray cannot be reached at 127.0.0.1:1 (" in told and "RAY_AUTH_TOKEN if it asks" in told


def test_an_empty_variable_is_none(sparsity, tmp_path, monkeypatch):
    (tmp_path / "tiny.yaml").write_text(TINY)
    monkeypatch.setenv("RAY_ADDRESS", "")
    assert sparsity("sweep", "tiny.yaml", "--no-report", "--executor", "inline")[0] == 0


def test_a_trial_has_to_fit_on_one_node_and_not_on_all_together(tmp_path, embedded_sources):
    one = assignments(tmp_path, ResultsFolder(tmp_path / "results"), embedded_sources)[0]
    nodes = [Node(1, 0), Node(1, 0), Node(2, 1)]
    check_fit([one.model_copy(update={"cpus": 2, "gpus": 0.25})], nodes)
    with pytest.raises(ResourceError, match="asks for 3 CPUs and 0 GPUs, but no node has as much"):
        check_fit([one.model_copy(update={"cpus": 3})], nodes)
    with pytest.raises(ResourceError, match="asks for 2 CPUs and 1.5 GPUs"):
        check_fit([one.model_copy(update={"cpus": 2, "gpus": 1.5})], nodes)
    assert room([one], nodes) == 4
    assert room([one.model_copy(update={"gpus": 0.25})], nodes) == 2  # four shares of the GPU, but two cores beside it
