"""Inspection of files of weights, of sweeps and of other programs."""

import json
import re

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import prune

from orchestrator.store.folders import ResultsFolder
from orchestrator.store.inspection import layers, overall
from orchestrator.store.journal import entries
from orchestrator.store.networks import save
from orchestrator.store.weight_files import read
from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.network.state import State


def test_a_layer_by_hand():
    weight = torch.tensor([[1.0, 0, 0, 2], [0, 0, 0, 0], [0, 3, 0, 4]])
    (layer,) = layers({"layer.weight": weight, "layer.bias": torch.ones(3), "none.weight": torch.ones(0, 4)})
    assert (layer.shape, layer.nonzero, layer.size, layer.sparsity) == ((3, 4), 4, 12, pytest.approx(2 / 3))
    assert (layer.without_input, layer.without_output, layer.pattern) == (1, 1, None)
    assert overall([layer]) == pytest.approx(2 / 3) and overall([]) == 0


def test_a_kernel_links_where_any_tap_does():
    weight = torch.zeros(2, 3, 3, 3)
    weight[0, 1, 2, 2] = 1
    (layer,) = layers({"conv.weight": weight})
    assert (layer.without_input, layer.without_output, layer.pattern) == (1, 2, None)


@pytest.mark.parametrize(
    "row, pattern",
    [([1, 0, 2, 0, 0, 3, 4, 0], "2:4"), ([0, 0, 2, 0, 0, 3, 0, 0], "1:4"), ([1, 0, 2, 0, 0, 3, 0, 0], None),
     ([1, 2, 3, 4], None), ([0, 0, 0, 0], None), ([1, 0, 2], None)],
)  # fmt: skip
def test_patterns(row, pattern):
    (layer,) = layers({"weight": torch.tensor([row, row], dtype=torch.float)})
    assert layer.pattern == pattern


@pytest.fixture
def net():
    """8 -> 4 -> 2; torch prunes half of the first layer's 32 weights."""
    model = nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 2))
    prune.l1_unstructured(model[0], "weight", 0.5)
    return model


def test_files_of_other_programs(sparsity, tmp_path, net):
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.ones(1, 8)).sum().backward()
    optimizer.step()
    torch.save({"epoch": 3, "optimizer": optimizer.state_dict(), "model": net.state_dict()}, tmp_path / "nested.pt")
    torch.save(net.state_dict(), tmp_path / "plain.pt")
    dense = {"a.weight": torch.ones(4, 4).bfloat16(), "a.bias": torch.ones(4), "steps": torch.ones(3, 3).int()}
    save_file(dense, tmp_path / "other.safetensors")
    for name in ("nested.pt", "plain.pt"):
        code, out, _ = sparsity("inspect", name, "--json")
        report = json.loads(out)
        assert code == 0 and (report["weights"], report["nonzero"], report["sparsity"]) == (40, 24, 0.4)
        assert [(layer["name"], layer["nonzero"]) for layer in report["layers"]] == [("0.weight", 16), ("2.weight", 8)]
    code, out, _ = sparsity("inspect", "other.safetensors")
    assert code == 0 and out.startswith("other.safetensors: 16 of 16 weights are nonzero, sparsity 0.00%\n")
    assert "a.weight" in out and "steps" not in out


@pytest.mark.parametrize(
    "content, message",
    [
        ("module", r"holds more than weights: reading it could run code \(torch\.nn\.modules\.container\.Sequential\)"),
        ("script", r"holds more than weights: reading it could run code \(TorchScript archive\)"),
        ("number", "holds no weights: there is no mapping of names to tensors in it"),
        (b"", r"is neither safetensors nor a file of weights that torch\.load reads \(EOFError\)"),
        (b"anything at all", "is neither safetensors nor a file of weights"),
        (b"\x10\0\0\0\0\0\0\0{damaged", "is damaged: "),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:`torch.jit")
def test_files_without_weights_are_refused(sparsity, tmp_path, net, content, message):
    path = tmp_path / "file.pt"
    if content == "module":
        torch.save(net, path)
    elif content == "script":
        torch.jit.script(nn.Linear(2, 2)).save(path)
    elif content == "number":
        torch.save({"epoch": 3, "notes": {}}, path)
    else:
        path.write_bytes(content)
    code, out, err = sparsity("inspect", "file.pt")
    assert (code, out) == (2, "") and len(err.splitlines()) == 1
    assert re.search(message, err), err


def test_a_run_of_a_sweep(sparsity, tmp_path):
    assert sparsity("sweep", "tiny.yaml", "--executor", "inline", "--set", "seeds=1", "--no-report")[0] == 0
    trials = json.loads(sparsity("status", "tiny", "--json")[1])["trials"]
    key = next(trial["key"] for trial in trials if "static_random" in trial["title"])
    folder = ResultsFolder(tmp_path / "results").sweep("tiny").trial(key)
    recorded = {entry.record.name: entry.record.value for entry in entries(folder)}
    for target in (f"tiny/{key[:5]}", f"tiny/{key}/final", str(folder.network("final"))):
        code, out, _ = sparsity("inspect", target, "--json")
        report = json.loads(out)
        assert code == 0 and report["nonzero"] == recorded["final/nonzero_parameters"] == 3232
        assert report["sparsity"] == recorded["final/sparsity"] and len(report["layers"]) == 3
        for layer in report["layers"]:
            name = layer["name"].removesuffix(".weight")
            assert layer["sparsity"] == pytest.approx(recorded[f"layer_sparsity/{name}"])
    for target, message in [
        ("nothing", "nothing is neither a file nor a run"),
        (f"other/{key}", f"other/{key} is neither a file nor a run"),
        (f"tiny/{key}/first", f"tiny/{key}/first does not name one run; measured runs of tiny/{key}: final"),
        ("tiny/x", "tiny has no trial with a key that begins with 'x'"),
    ]:
        code, out, err = sparsity("inspect", target)
        assert (code, out) == (2, "") and message in err
    folder.network("final").unlink()
    code, _, err = sparsity("inspect", f"tiny/{key}")
    assert code == 2 and f"cannot read {folder.network('final')}: No such file" in err


def test_of_gpt2_too_rows_are_outputs(tmp_path):
    """Its files store them as columns. Of the 3 x 8 outputs for queries, keys and values, two have no input."""
    state = State.new(make(WORKLOAD_ROWS[-1], {"name": "dense"}).workload, 0, torch.device("cpu"))
    name = "transformer.h.1.attn.c_attn"
    state.weight(name).data[:, [3, 17]] = 0
    save(tmp_path / "final.safetensors", state)
    reports = {layer.name: layer for layer in layers(read(tmp_path / "final.safetensors"))}
    assert len(reports) == 8 and reports[f"{name}.weight"].shape == (24, 8)
    assert (reports[f"{name}.weight"].without_input, reports[f"{name}.weight"].without_output) == (2, 0)
