"""The command that exports: of runs, of files, and of networks that other programs trained."""

import json
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.utils import prune

from orchestrator.store.folders import ResultsFolder
from workloads.deploy.export import load, outputs
from workloads.deploy.names import FormatName

SWEEP = """
name: sizes
workload: {name: digits_mlp, training: {steps: 40}, measure: {evaluate_every: 20}}
method: [{name: one_shot, sparsity: 0.8}, {name: small_dense, sparsity: 0.8}, {name: structured, ratio: 0.5}]
baseline: none
"""


@pytest.fixture
def runs(sparsity, tmp_path):
    """The command, and the folder of each method's only run."""
    (tmp_path / "sizes.yaml").write_text(SWEEP)
    assert sparsity("sweep", "sizes.yaml", "--executor", "inline", "--set", "seeds=1", "--no-report")[0] == 0
    sweep = ResultsFolder(tmp_path / "results").sweep("sizes")
    folders = map(sweep.trial, sweep.begun)
    return {json.loads(folder.trial.read_text())["method"]["name"]: folder for folder in folders}


@pytest.mark.parametrize("method", ["one_shot", "small_dense", "structured"])
def test_runs_of_any_size(sparsity, runs, method, tmp_path):
    folder = runs[method]
    code, out, err = sparsity("export", f"sizes/{folder.path.name[:6]}", "--to", "csr", "-o", "net", "--json")
    report = json.loads(out)
    assert (code, err) == (0, "") and report["largest_difference"] == 0 and report["format"] == "csr"
    assert report["bytes"] == (tmp_path / "net").stat().st_size > report["arithmetic_bytes"]
    assert report["times_smaller"] == report["dense_bytes"] / report["bytes"]
    assert report["inputs"] == "the first 256 examples of the test split"
    found, weights = load(tmp_path / "net").model.state_dict(), load_file(folder.network("final"))
    assert all(torch.equal(tensor, weights[name]) for name, tensor in found.items())
    inspected = [
        json.loads(sparsity("inspect", target, "--json")[1]) for target in ("net", f"sizes/{folder.path.name}")
    ]
    assert inspected[0]["layers"] == inspected[1]["layers"]


def test_what_it_prints(sparsity, runs):
    code, out, _ = sparsity("export", f"sizes/{runs['one_shot'].path.name}", "--to", "bitmask", "--output", "net")
    head, arithmetic, dense, difference, left_out = out.splitlines()
    kept = 6464 - 5171  # of 64 x 64 + 64 x 32 + 32 x 10
    assert code == 0 and head.startswith("net: bitmask, ")
    assert arithmetic == f"by arithmetic       {4 * kept + 6464 // 8 + 4 * 106:,} bytes; the rest is the header"
    assert dense.startswith("dense               26,280 bytes, ") and dense.endswith(" times the file")
    assert difference.startswith("largest difference  0; the largest output is ")
    assert left_out == "left out            the optimizer and the masks"


def test_an_export_is_exported_again(sparsity, runs):
    for source, name in ((str(runs["structured"].network("final")), "int8"), ("int8", "dense"), ("dense", "shrunk")):
        assert sparsity("export", source, "--to", name, "-o", name)[0] == 0
    inputs = torch.ones(2, 1, 8, 8)
    assert torch.equal(*(outputs(load(Path(name)).model, inputs) for name in ("int8", "dense")))


def older(path):
    """A run's file as earlier versions wrote it."""
    with safe_open(path, framework="pt") as file:
        facts = {name: value for name, value in file.metadata().items() if name != "workload"}
    save_file(load_file(path), path, metadata=facts)


def test_files_of_earlier_versions_take_the_trials_sizes_or_ask(sparsity, runs):
    for folder in runs.values():
        older(folder.network("final"))
        assert sparsity("inspect", f"sizes/{folder.path.name}")[0] == 0
    assert sparsity("export", f"sizes/{runs['one_shot'].path.name}", "--to", "dense", "-o", "net")[0] == 0
    small = f"sizes/{runs['structured'].path.name}"
    code, _, err = sparsity("export", small, "--to", "dense", "-o", "small")
    assert code == 2 and "of the network digits_mlp, its weights do not fit: tensor 1 of 6 is hidden.0.weight" in err
    assert "set the workload's sizes to those of the weights, e.g. with --workload '{name: digits_mlp, ...}'" in err
    sizes = "{name: digits_mlp, hidden: [32, 16]}"
    assert sparsity("export", small, "--to", "dense", "-o", "small", "--workload", sizes)[0] == 0
    runs["one_shot"].trial.unlink()
    code, _, err = sparsity("export", str(runs["one_shot"].network("final")), "--to", "dense", "-o", "other")
    assert code == 2 and "holds weights and does not say of which network; name its workload, e.g. --workload" in err


@pytest.mark.parametrize("kind", ["plain.pt", "pruned.pt", "permanent.pt", "plain.safetensors"])
def test_a_network_that_another_program_trained(sparsity, tmp_path, kind):
    """torch.nn.utils.prune puts weights behind biases, and safetensors sorts names."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 10))
    if kind.startswith("p") and "plain" not in kind:
        for index in (1, 3, 5):
            prune.l1_unstructured(model[index], "weight", 0.5)
            if kind == "permanent.pt":
                prune.remove(model[index], "weight")
    save = save_file if kind.endswith("safetensors") else torch.save
    save(model.state_dict(), tmp_path / kind)
    code, out, _ = sparsity("inspect", kind, "--json")
    assert code == 0 and json.loads(out)["weights"] == 64 * 8 + 8 * 6 + 6 * 10
    code, out, _ = sparsity("export", kind, "--to", "csr", "-o", "net", "--workload",
                            "{name: digits_mlp, hidden: [8, 6]}", "--json")  # fmt: skip
    assert code == 0 and json.loads(out)["largest_difference"] == 0
    inputs = torch.randn(5, 1, 8, 8)
    with torch.no_grad():
        assert torch.equal(load(tmp_path / "net").model(inputs), model(inputs))
    assert sparsity("inspect", "net", "--json")[0] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("net.pt", "--to", "csr"), "does not say of which network; name its workload"),
        (("net.pt", "--to", "zip"), "'zip' is not one of 'dense', 'bitmask', 'csr', 'shrunk', 'int8', 'onnx'"),
        (
            ("net.pt", "--to", "csr", "--workload", "digits"),
            "workload digits is unknown. Did you mean digits_mlp?",
        ),
        (("net.pt", "--to", "csr", "--workload", "{name: digits_mlp, hidden: [0]}"), "hidden"),
        (("net.pt", "--to", "csr", "--workload", "{name: ["), "--workload: this is not YAML"),
        (("net.pt", "--to", "csr", "--workload", "digits_mlp"), "of the network digits_mlp, its weights do not fit"),
        (("nothing", "--to", "csr"), "nothing is neither a file nor a run"),
        (("broken", "--to", "csr", "--workload", "digits_mlp"), "is neither safetensors nor a file of weights"),
    ],
)
def test_what_cannot_be_exported_is_refused(sparsity, tmp_path, words, told):
    torch.save(nn.Linear(3, 2).state_dict(), tmp_path / "net.pt")
    (tmp_path / "broken").write_bytes(b"anything")
    code, out, err = sparsity("export", *words, "-o", "out")
    assert (code, out) == (2, "") and told in err and not (tmp_path / "out").exists()


def test_a_file_that_is_there_stays_unless_it_may_be_replaced(sparsity, tmp_path):
    torch.save(nn.Sequential(nn.Linear(64, 10)).state_dict(), tmp_path / "net.pt")
    (tmp_path / "out").write_text("mine")
    words = ("export", "net.pt", "--to", "dense", "-o", "out", "--workload", "{name: digits_mlp, hidden: []}")
    code, _, err = sparsity(*words)
    assert code == 2 and err == "out is there already; choose another --output, or replace it with --overwrite\n"
    assert (tmp_path / "out").read_text() == "mine"
    assert sparsity(*words, "--overwrite")[0] == 0 and load(tmp_path / "out").facts.workload.hidden == ()
    code, _, err = sparsity(*words[:5], "net.pt/out", *words[6:])
    assert code == 2 and "cannot write net.pt/out: " in err


def test_without_its_package_onnx_is_refused(sparsity, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    torch.save(nn.Sequential(nn.Linear(64, 10)).state_dict(), tmp_path / "net.pt")
    code, _, err = sparsity("export", "net.pt", "--to", "onnx", "-o", "out", "--workload",
                            "{name: digits_mlp, hidden: []}")  # fmt: skip
    assert code == 2 and 'the format onnx needs the package onnx; install it with pip install ".[onnx]"' in err


def test_every_format_is_explained(sparsity):
    code, out, _ = sparsity("export", "--help")
    assert code == 0 and all(f"{name}: " in " ".join(out.split()) for name in FormatName)
