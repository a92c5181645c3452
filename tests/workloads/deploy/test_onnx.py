"""ONNX, where its packages are."""

import sys

import pytest
import torch

from tests.workloads.deploy.networks import pruned
from tests.workloads.rows import WORKLOAD_ROWS, named
from workloads.deploy import onnx_graph
from workloads.deploy.export import export, load, outputs
from workloads.deploy.names import FormatName
from workloads.deploy.probe import Probe, random_examples
from workloads.errors import UsageError


@pytest.mark.parametrize("row", WORKLOAD_ROWS, ids=named)
def test_other_programs_compute_the_same(row, tmp_path):
    for package in ("onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(package)
    state = pruned(row)
    examples = random_examples(state.workload)
    report = export(state, FormatName.ONNX, tmp_path / "file", Probe(examples, "random inputs"))
    assert report.difference <= 3e-6 * max(1, report.largest_output) and report.bytes > report.arithmetic
    found = load(tmp_path / "file")
    assert found.facts.workload == state.workload and found.facts.left_out == report.left_out
    one = examples.inputs[:1]
    assert torch.allclose(outputs(found.model, one), outputs(state.model, one), atol=1e-5)


def test_the_missing_package_is_named(monkeypatch, tmp_path):
    state = pruned(WORKLOAD_ROWS[2])
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(UsageError, match=r'the format onnx needs the package onnx; install it with pip install "\.\['):
        onnx_graph.content(state, random_examples(state.workload).inputs)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    (tmp_path / "file").write_bytes(b"\x08\x0a")
    with pytest.raises(UsageError, match="reading it needs onnxruntime; install it with pip install"):
        load(tmp_path / "file")
