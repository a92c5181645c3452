"""Steps of torch's optimizers without torch's compiler."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from tests.orchestrator.command import environment
from workloads.network.optimizer import optimizer, step
from workloads.script.training import Adam, AdamW, Sgd

SETTINGS = {
    "sgd": Sgd(lr=0.1),
    "momentum": Sgd(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": Adam(lr=0.01, weight_decay=0.01),
    "adamw": AdamW(lr=0.01, weight_decay=0.1, decayed="matrices"),
}
TRAINING = """
import os, sys
from pathlib import Path
from workloads.data.sources import Sources
from workloads.run import run_trial
from workloads.trial import Trial
trial = Trial.model_validate({"workload": {"name": "NAME", "DATA": "stand_in", "training": {"steps": 4}},
                              "method": {"name": "one_shot", "sparsity": 0.5}, "seed": 0})
assert list(run_trial(trial, trial.workload.load(Sources.from_environment(None, os.environ))))
print([name for name in ("torch._dynamo", "sympy") if name in sys.modules])
"""


def parameters() -> list[nn.Parameter]:
    generator = torch.Generator().manual_seed(1)
    return [nn.Parameter(torch.randn(shape, generator=generator)) for shape in ((3, 4), (3,))]


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_step_is_torchs_own(settings):
    ours, theirs = parameters(), parameters()
    our_optimizer, their_optimizer = optimizer(settings, ours), optimizer(settings, theirs)
    for number in range(3):
        for one, other in zip(ours, theirs, strict=True):
            one.grad = torch.full_like(one, 0.5 - number)
            other.grad = one.grad.clone()
        step(our_optimizer)
        their_optimizer.step()
    assert all(torch.equal(one, other) for one, other in zip(ours, theirs, strict=True))
    assert not any(torch.equal(one, begun) for one, begun in zip(ours, parameters(), strict=True))
    buffers, others = our_optimizer.state_dict()["state"], their_optimizer.state_dict()["state"]
    assert [{name: value.tolist() for name, value in buffers[index].items()} for index in buffers] == [
        {name: value.tolist() for name, value in others[index].items()} for index in others
    ]


@pytest.mark.parametrize("name", ["digits_mlp", "fashion_mnist_cnn"])
def test_training_imports_neither_the_compiler_nor_sympy(name, embedded_sources):
    code = TRAINING.replace("NAME", name)
    code = code.replace('"DATA": "stand_in", ', "") if name == "digits_mlp" else code.replace("DATA", "data")
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(embedded_sources.cache), capture_output=True, text=True
    )
    assert done.stdout == "[]\n", done.stderr
