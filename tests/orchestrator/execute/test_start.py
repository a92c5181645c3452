"""A sweep whose networks begin with the weights of a file."""

import torch
from safetensors.torch import save_file


def test_a_file_that_does_not_fit_is_refused_before_anything_begins(sparsity, tmp_path):
    save_file({"a": torch.zeros(3, 3)}, tmp_path / "other.safetensors")
    spec = (
        "workload: {name: digits_mlp, start: other.safetensors, training: {steps: 0}}\nmethod: wanda\nsparsity: 0.5\n"
    )
    (tmp_path / "begin.yaml").write_text(spec)
    code, _, told = sparsity("sweep", "begin.yaml", "--no-report")
    assert code == 2 and "tensor 1 of 6 is hidden.0.weight (64, 64), and the file has a (3, 3), of 1" in told


def test_a_sweep_prunes_the_network_of_a_file(sparsity, tmp_path):
    """Nothing is trained, so the two seeds have the same dense network, and the pruned ones differ in their samples."""
    network = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.Linear(64, 32), torch.nn.Linear(32, 10))
    torch.save(network.state_dict(), tmp_path / "mine.pt")
    spec = "workload: {name: digits_mlp, start: mine.pt, training: {steps: 0}}\nmethod: [wanda, sparsegpt]\n"
    (tmp_path / "begin.yaml").write_text(spec + "sparsity: 0.5\nseeds: 2\n")
    code, _, told = sparsity("sweep", "begin.yaml", "--executor", "inline")
    assert code == 0, told
    code, table, _ = sparsity("table", "begin")
    assert code == 0 and "sparsegpt" in table and "wanda" in table
