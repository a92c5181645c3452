import pytest
import torch
from pydantic import ValidationError
from torch import nn

from tests.workloads.rows import make
from workloads.cost.operations import forward_flops, training_flops
from workloads.measure.dead import dead_functional
from workloads.models.cnn import cnn
from workloads.models.widths import cnn_layers
from workloads.randomness import generator
from workloads.run import run_trial
from workloads.tasks.fashion_mnist import FashionMnistCnn
from workloads.trial import Measured

LENET_5 = cnn_layers(784, (20, 50), 5, 2, (500,), 10)  # Caffe's, but for its padding


def test_layers_by_hand():
    """28 x 28 pictures, then 14 x 14, then 7 x 7: 64 x 49 numbers reach the classifier."""
    workload = FashionMnistCnn()
    assert [(layer.name, layer.shape, layer.positions) for layer in workload.layers] == [
        ("convs.0", (32, 1, 3, 3), 784), ("convs.1", (64, 32, 3, 3), 196),
        ("hidden.0", (128, 3136), 1), ("output", (10, 128), 1)]  # fmt: skip
    assert workload.prunable == 288 + 18_432 + 401_408 + 1_280


def test_operations_of_lenet_5_by_hand():
    """Each weight of a kernel is used once at every position of its output."""
    kept = {layer.name: layer.size for layer in LENET_5}
    by_hand = 2 * (500 * 784 + 25_000 * 196 + 500 * 50 * 49 + 5_000)
    assert forward_flops(LENET_5, kept) == by_hand == 13_044_000
    assert training_flops(LENET_5, kept) == 3 * by_hand
    assert forward_flops(LENET_5, kept | {"convs.1": 2_500}) == by_hand - 2 * 22_500 * 196


@pytest.mark.parametrize("batch_norm", [False, True])
def test_it_is_the_network_that_torch_would_make_of_it(batch_norm):
    """The oracle is a plain nn.Sequential with the same weights."""
    model = cnn(784, (4, 6), 3, 2, batch_norm, (8,), 10, generator(0, "weights")).eval()
    model.to(memory_format=torch.contiguous_format)
    convs = [
        layer
        for conv, norm in zip(model.convs, model.norms)
        for layer in (conv, *([norm] if batch_norm else []), nn.ReLU(), nn.MaxPool2d(2))
    ]
    plain = nn.Sequential(*convs, nn.Flatten(), model.hidden[0], nn.ReLU(), model.output)
    pictures = torch.randn(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    assert torch.equal(model(pictures), plain(pictures))
    assert [tuple(one.shape[1:]) for one in model.activations(pictures)] == [
        (1, 28, 28), (4, 14, 14), (6, 7, 7), (8,)]  # fmt: skip


def test_initial_weights_are_uniform_in_torchs_own_bounds():
    model = cnn(784, (16, 32), 3, 2, False, (64,), 10, generator(0, "weights"))
    for layer in (*model.convs, *model.hidden, model.output):
        bound = layer.weight[0].numel() ** -0.5
        assert layer.weight.abs().max() <= bound and layer.bias.abs().max() <= bound
        assert float(layer.weight.detach().std()) == pytest.approx(bound / 3**0.5, rel=0.15)


def test_a_channel_is_dead_where_it_fires_at_no_position(images_of):
    trial = make({"name": "fashion_mnist_cnn", "data": "stand_in", "channels": [4], "hidden": [3]}, {"name": "dense"})
    model, images = trial.workload.model(0), images_of(trial)
    with torch.no_grad():
        model.convs[0].weight[1].zero_()
        model.convs[0].bias[1] = -1.0
        model.hidden[0].weight[2].zero_()
        model.hidden[0].bias[2] = 0.0
    found = dead_functional(model, ["convs.0", "hidden.0"], images.validation)
    assert found["dead_functional/convs.0"] >= 1 / 4 and found["dead_functional/hidden.0"] >= 1 / 3


def test_a_narrow_network_has_the_weights_of_a_sparse_one(images_of):
    trial = make({"name": "fashion_mnist_cnn", "data": "stand_in"}, {"name": "small_dense", "sparsity": 0.9})
    (measured,) = [event for event in run_trial(trial, images_of(trial)) if isinstance(event, Measured)]
    narrow = measured.state.workload
    assert narrow.prunable == pytest.approx(0.1 * trial.workload.prunable, rel=0.01)
    assert all(1 < small < full for small, full in zip(narrow.channels + narrow.hidden, (32, 64, 128)))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"channels": [4] * 6}, "block 5 of channels .* pools to nothing: images are 28 pixels wide"),
        ({"channels": [4, 4], "pool": 29}, "block 1 of channels .* by pool 29; use a smaller pool"),
        ({"kernel": 4}, "kernel 4 is even, and a window needs a middle; use e.g. 5"),
        ({"channels": []}, "at least 1"),
    ],
)
def test_networks_that_cannot_be_are_refused(settings, told):
    with pytest.raises(ValidationError, match=told):
        FashionMnistCnn.model_validate(settings)


def test_pictures_that_shrink_to_nothing_without_padding_are_refused():
    """28, 24, 12, 8, 4, and a kernel of 5 does not fit: 3 blocks are one too many."""
    assert len(cnn_layers(784, (4, 4), 5, 2, (), 10, padded=False)) == 3
    told = "block 3 of channels .* takes 4 off for kernel 5 and divides the rest by pool 2; use at most 2 blocks"
    with pytest.raises(ValueError, match=told):
        cnn_layers(784, (4, 4, 4), 5, 2, (), 10, padded=False)
