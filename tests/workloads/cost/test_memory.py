"""Bytes counted by hand, and a peak that a real allocation makes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from workloads.cost import memory
from workloads.cost.memory import PeakMemory, model_bytes

ROOT = Path(__file__).parents[3]
MEGABYTE = 10**6
CPU = torch.device("cpu")


def touch(megabytes: int) -> None:
    """Take memory, write to all of it, and give it back."""
    torch.ones(megabytes * MEGABYTE, dtype=torch.uint8)


def test_a_network_without_optimizer_state():
    """(3 x 2 + 2) floats of 4 bytes twice, the gradients too, and 6 bools."""
    model = nn.Linear(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    assert model_bytes(model, {}, optimizer) == 2 * 32
    assert model_bytes(model, {"a": torch.ones(2, 3, dtype=torch.bool)}, optimizer) == 2 * 32 + 6


@pytest.mark.parametrize(
    "make, copies, more",
    [
        (lambda parameters: torch.optim.SGD(parameters, lr=0.1), 2, 0),
        (lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9), 3, 0),
        (lambda parameters: torch.optim.Adam(parameters), 4, 8),  # and a step count of 4 bytes for weight and for bias
    ],
    ids=["sgd", "momentum", "adam"],
)
def test_optimizer_state_counts_once_it_is_there(make, copies, more):
    model = nn.Linear(3, 2)
    optimizer = make(model.parameters())
    assert model_bytes(model, {}, optimizer) == 2 * 32
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    assert model_bytes(model, {}, optimizer) == copies * 32 + more


def test_buffers_have_no_gradient_and_shared_weights_count_once():
    normed = nn.BatchNorm1d(5)  # 2 x 5 parameters; 2 x 5 floats and one int64 of buffers
    assert model_bytes(normed, {}, torch.optim.SGD(normed.parameters(), lr=0.1)) == 2 * 40 + 40 + 8
    frozen = nn.Linear(3, 2).requires_grad_(False)
    assert model_bytes(frozen, {}, torch.optim.SGD(frozen.parameters(), lr=0.1)) == 32
    tied = nn.Sequential(nn.Linear(3, 3, bias=False), nn.Linear(3, 3, bias=False))
    tied[1].weight = tied[0].weight
    assert model_bytes(tied, {}, torch.optim.SGD(tied.parameters(), lr=0.1)) == 2 * 36


on_linux = pytest.mark.skipif(
    not os.access("/proc/self/clear_refs", os.W_OK), reason="needs Linux's /proc/self/clear_refs, writable"
)


@on_linux
def test_the_peak_is_seen_after_it_is_gone():
    """In a process of its own: what an allocator has kept of earlier work would be given out again unseen."""
    code = (
        "from tests.workloads.cost.test_memory import CPU, PeakMemory, touch\n"
        "meter = PeakMemory.start(CPU)\n"
        "for megabytes in (200, 100):\n    touch(megabytes)\n    print(meter.bytes())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    first, second = map(int, done.stdout.split())
    assert 190 * MEGABYTE < first <= second < 230 * MEGABYTE


@on_linux
def test_what_was_before_the_start_is_not_seen():
    kept = torch.ones(100 * MEGABYTE, dtype=torch.uint8)
    touch(200)
    meter = PeakMemory.start(CPU)
    assert meter.bytes() < 30 * MEGABYTE
    assert kept.numel() == 100 * MEGABYTE


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_the_peak_on_a_gpu():
    device = torch.device("cuda")
    kept = torch.ones(100 * MEGABYTE, dtype=torch.uint8, device=device)
    torch.ones(300 * MEGABYTE, dtype=torch.uint8, device=device)
    meter = PeakMemory.start(device)
    assert meter.bytes() == 0
    torch.ones(200 * MEGABYTE, dtype=torch.uint8, device=device)
    assert 200 * MEGABYTE <= meter.bytes() < 230 * MEGABYTE
    assert kept.numel() == 100 * MEGABYTE


def test_where_a_peak_cannot_be_measured_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert PeakMemory.start(torch.device("meta")).bytes() is None
    monkeypatch.setattr(memory, "PROCESS", tmp_path / "absent")
    assert PeakMemory.start(CPU).bytes() is None
