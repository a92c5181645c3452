"""LeNet-300-100 and LeNet-5 on MNIST, held against what papers and Caffe's definition say of them."""

from math import prod
from typing import get_args

import pytest
import torch
from pydantic import ValidationError
from torch import nn

from workloads.cost.operations import forward_flops
from workloads.data.declared import MNIST
from workloads.models.initial import INITIAL
from workloads.run import run_trial
from workloads.tasks.mnist import MnistLenet
from workloads.trial import Record, Trial

both = pytest.mark.parametrize("architecture", ["lenet_300_100", "lenet_5"])


def lenet(architecture: str, **settings) -> MnistLenet:
    return MnistLenet.model_validate({"architecture": architecture, **settings})


def test_lenet_300_100_by_hand():
    workload = MnistLenet()
    assert [(layer.name, layer.shape, layer.positions) for layer in workload.layers] == [
        ("hidden.0", (300, 784), 1), ("hidden.1", (100, 300), 1), ("output", (10, 100), 1)]  # fmt: skip
    assert workload.prunable == 235_200 + 30_000 + 1_000 == 266_200
    assert sum(parameter.numel() for parameter in workload.model(0).parameters()) == 266_610


def test_lenet_5_by_hand():
    """28 x 28 pictures, 24 x 24, pooled to 12 x 12, 8 x 8, pooled to 4 x 4: 50 x 16 numbers reach the perceptron."""
    workload = lenet("lenet_5")
    assert [(layer.name, layer.shape, layer.positions) for layer in workload.layers] == [
        ("convs.0", (20, 1, 5, 5), 576), ("convs.1", (50, 20, 5, 5), 64),
        ("hidden.0", (500, 800), 1), ("output", (10, 500), 1)]  # fmt: skip
    assert workload.prunable == 500 + 25_000 + 400_000 + 5_000 == 430_500
    assert sum(parameter.numel() for parameter in workload.model(0).parameters()) == 431_080


def test_operations_by_hand():
    """LeNet-5: 288,000 + 1,600,000 + 400,000 + 5,000 multiplications, and as many additions."""
    for architecture, multiplications in (("lenet_300_100", 266_200), ("lenet_5", 2_293_000)):
        layers = lenet(architecture).layers
        assert forward_flops(layers, {layer.name: layer.size for layer in layers}) == 2 * multiplications


def test_lenet_5_is_the_network_that_torch_would_make_of_it():
    """The oracle is a plain nn.Sequential with the same weights."""
    model = lenet("lenet_5").model(0)
    pictures = torch.randn(3, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    assert [tuple(one.shape[1:]) for one in model.activations(pictures)] == [
        (1, 28, 28), (20, 12, 12), (50, 4, 4), (500,)]  # fmt: skip
    plain = nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10),
    )  # fmt: skip
    for parameter, ours in zip(plain.parameters(), model.parameters(), strict=True):
        parameter.data.copy_(ours.data)
    assert torch.allclose(model(pictures), plain(pictures), atol=1e-6)
    assert model.convs[1].weight.is_contiguous(memory_format=torch.channels_last)


def test_training_is_as_declared():
    """55,000 / 5,000 / 10,000 images; 10 epochs of 859 whole batches of 64."""
    workload = MnistLenet()
    assert (workload.validation_size, workload.steps_per_epoch, workload.steps) == (5_000, 859, 8_590)
    optimizer, schedule = workload.training.optimizer, workload.training.lr_schedule
    assert (optimizer.name, optimizer.lr, schedule.name) == ("adam", 1e-3, "constant")
    assert workload.outcome.chance == 0.1


def test_the_ways_to_begin_are_those_that_settings_name():
    assert set(get_args(MnistLenet.model_fields["init"].annotation)) == set(INITIAL)


@both
def test_default_weights_are_uniform_in_torchs_own_bounds(architecture):
    workload = lenet(architecture)
    model = workload.model(0)
    for layer in workload.layers:
        module, bound = model.get_submodule(layer.name), prod(layer.shape[1:]) ** -0.5
        assert module.weight.abs().max() <= bound and 0 < module.bias.abs().max() <= bound
        assert float(module.weight.detach().std()) == pytest.approx(bound / 3**0.5, rel=0.1)


# Standard deviations sqrt(2 / (fan-in + fan-out)); a kernel's fans are its channels times its 25 taps.
GLOROT = {
    "lenet_300_100": {"hidden.0": (2 / 1_084) ** 0.5, "hidden.1": (2 / 400) ** 0.5, "output": (2 / 110) ** 0.5},
    "lenet_5": {
        "convs.0": (2 / (25 + 500)) ** 0.5, "convs.1": (2 / (500 + 1_250)) ** 0.5,
        "hidden.0": (2 / 1_300) ** 0.5, "output": (2 / 510) ** 0.5,
    },
}  # fmt: skip


@both
def test_glorot_weights_are_normal_and_biases_zero(architecture):
    """The moments of a normal distribution: standard deviation, nothing skewed, fourth moment 3, tails beyond 2."""
    workload = lenet(architecture, init="glorot_normal")
    model = workload.model(0)
    assert {layer.name for layer in workload.layers} == set(GLOROT[architecture])
    for layer in workload.layers:
        module, deviation = model.get_submodule(layer.name), GLOROT[architecture][layer.name]
        scaled = module.weight.detach().double().flatten() / deviation
        error = layer.size**-0.5  # the standard error of a mean over the layer's weights
        assert abs(scaled.mean()) < 4 * error
        assert scaled.square().mean() == pytest.approx(1, abs=4 * 2**0.5 * error)
        assert abs(scaled.pow(3).mean()) < 4 * 15**0.5 * error
        assert scaled.pow(4).mean() == pytest.approx(3, abs=4 * 96**0.5 * error)
        assert (scaled.abs() > 2).double().mean() == pytest.approx(0.0455, abs=4 * 0.2084 * error)
        assert module.bias.count_nonzero() == 0


@both
@pytest.mark.parametrize("init", list(INITIAL))
def test_weights_are_a_function_of_seed_and_draw(architecture, init):
    workload = lenet(architecture, init=init)
    first = workload.model(0).state_dict()
    torch.manual_seed(5)  # the global stream must not matter
    again, redrawn, other_seed = (workload.model(*which).state_dict() for which in ((0, 0), (0, 1), (1, 0)))
    for name, tensor in first.items():
        assert torch.equal(tensor, again[name])
        if name.endswith("weight"):
            assert not torch.equal(tensor, redrawn[name]) and not torch.equal(tensor, other_seed[name])


@pytest.mark.parametrize(
    ("architecture", "weights", "widths"),
    [
        ("lenet_300_100", 26_603, (33, 17)),  # 784 x 33 + 33 x 17 + 10 x 17, of 26,620
        ("lenet_5", 42_982, (6, 16, 152)),  # 25 x 6 + 150 x 16 + 256 x 152 + 10 x 152, of 43,050
    ],
)
def test_a_narrow_network_has_a_tenth_of_the_weights(architecture, weights, widths):
    workload = lenet(architecture)
    narrow = workload.narrowed(workload.prunable // 10)
    assert (narrow.prunable, narrow.widths) == (weights, widths)
    assert MnistLenet.model_validate(narrow.model_dump(mode="json")) == narrow


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"architecture": "lenet_5", "widths": [20, 50]}, r"\[20, 50\] are 2, and lenet_5 has 3; .* \[20, 50, 500\]"),
        ({"widths": []}, r"\[\] are 0, and lenet_300_100 has 2; its default is \[300, 100\]"),
        ({"widths": [300, 0]}, "greater than 0"),
        ({"architecture": "lenet_4"}, "'lenet_300_100' or 'lenet_5'"),
        ({"init": "glorot_uniform"}, "'default' or 'glorot_normal'"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, told):
    with pytest.raises(ValidationError, match=told):
        MnistLenet.model_validate(settings)


@both
def test_it_learns_the_real_digits(architecture, mnist_sources):
    """100 steps of 64 images, a ninth of an epoch, are enough for more than 85 % of the test images."""
    workload = {"name": "mnist_lenet", "architecture": architecture, "init": "glorot_normal"}
    training = {"training": {"steps": 100}, "measure": {"structure_looks": 0}}
    trial = Trial.model_validate({"workload": workload | training, "method": "dense", "seed": 0})
    assert trial.settings()["data"] == MNIST.identity == "mnist@1"
    records = [event for event in run_trial(trial, trial.workload.load(mnist_sources)) if isinstance(event, Record)]
    figures = {record.name: record.value for record in records}
    assert figures["final/test_accuracy"] > 0.85
