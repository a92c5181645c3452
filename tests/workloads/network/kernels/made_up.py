"""Networks in double precision under random masks, trained with either kernel."""

from types import SimpleNamespace

import torch

from workloads.data.splits import Split
from workloads.network.kernels.choice import KernelChoice
from workloads.network.state import State
from workloads.pruning.changes import CHANGES
from workloads.script.phases import Train
from workloads.training.loop import train
from workloads.trial import Trial

STEPS = 50
CPU = torch.device("cpu")
PERCEPTRON = {"name": "digits_mlp", "hidden": [20, 16]}
CNN = {"name": "fashion_mnist_cnn", "data": "stand_in", "channels": [3, 4], "hidden": [16]}
GPT2 = {"name": "shakespeare_gpt2", "data": "stand_in", "blocks": 1, "heads": 2, "width": 8, "context": 16}


def trial_of(workload: dict, sparsity: float = 0.7, **training) -> Trial:
    """A trial of 50 steps; the data are made up, whatever it names."""
    training = {"steps": STEPS, "batch_size": 20, "lr_schedule": "constant", "clip_norm": None} | training
    method = {"name": "static_random", "sparsity": sparsity, "allocation": "erk"}
    return Trial.model_validate({"workload": workload | {"training": training}, "method": method, "seed": 0})


def examples_of(trial: Trial, dtype: torch.dtype = torch.float64) -> Split:
    """Random images or tokens in the shapes of a workload."""
    generator = torch.Generator().manual_seed(7)
    if trial.workload.name == "shakespeare_gpt2":
        tokens = torch.randint(0, 65, (200, 17), generator=generator)
        return Split(tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous())
    side = 8 if trial.workload.name == "digits_mlp" else 28
    labels = torch.randint(0, 10, (300,), generator=generator)
    return Split(torch.randn(300, 1, side, side, generator=generator, dtype=dtype), labels)


def state_of(trial: Trial, dtype: torch.dtype = torch.float64) -> State:
    """The network under its masks, before the first step.

    Biases are not zero: the loss does not depend on GPT-2's biases of keys, so Adam would divide rounding by rounding.
    """
    state = State.new(trial.workload, 0, CPU)
    state.model.to(dtype)
    generator = torch.Generator().manual_seed(11)
    for parameter in state.model.parameters():
        if parameter.ndim == 1:
            parameter.data.add_(torch.randn(parameter.shape, generator=generator, dtype=dtype), alpha=0.1)
    for phase in trial.phases:
        if phase.name in CHANGES:
            state = CHANGES[phase.name](phase, state, trial, SimpleNamespace(train=None))
    return state


def trained(trial: Trial, kernels: KernelChoice, dtype: torch.dtype = torch.float64, legs=(10, STEPS)) -> State:
    """The network after 50 steps, with fewer weights from step 10 on; the second leg takes two compiled blocks."""
    state, examples, start = state_of(trial, dtype), examples_of(trial, dtype), 0
    for stop in legs:
        train(state, examples, Train(start=start, stop=stop), STEPS, 0, kernels)
        if start == 0:
            generator = torch.Generator().manual_seed(stop)
            masks = {
                name: mask & (torch.rand(mask.shape, generator=generator) < 0.8) for name, mask in state.masks.items()
            }
            state.put_masks(masks)
        start = stop
    return state
