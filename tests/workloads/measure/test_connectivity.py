"""Paths, against every path walked one by one, and against SynFlow's scores."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from torch.nn.functional import conv2d, linear

from workloads.measure.connectivity import classes_without_input, effective_sparsity, links, paths
from workloads.measure.dead import dead_neurons, dead_structural

SIDE = 4  # of the images that convolutions see


def drawn(shapes: dict[str, tuple[int, ...]], density: float, seed: int) -> dict[str, Tensor]:
    """Weights of which about `density` are nonzero."""
    stream = torch.Generator().manual_seed(seed)
    weights = {name: torch.randn(shape, generator=stream, dtype=torch.float64) for name, shape in shapes.items()}
    return {name: weight * (torch.rand(weight.shape, generator=stream) < density) for name, weight in weights.items()}


PERCEPTRON = {"a": (4, 5), "b": (3, 4), "c": (4, 3)}
CONVOLUTIONS = {"a": (2, 2, 2, 2), "b": (3, 2, 2, 2), "c": (4, 12)}  # 2x4x4 -> 2x3x3 -> 3x2x2 -> 12 -> 4
NETWORKS = [
    pytest.param(drawn(shapes, density, seed), id=f"{kind}-{density}-{seed}")
    for kind, shapes in {"perceptron": PERCEPTRON, "convolutions": CONVOLUTIONS}.items()
    for density in (0.15, 0.3, 0.6)
    for seed in range(5)
]

Wire = tuple[int, int, tuple[int, ...]]  # from unit, to unit, the index of the weight between them


def wires(weight: Tensor, side: int) -> list[Wire]:
    """Every use of a nonzero weight, a convolution's unit being one channel at one place of a `side` x `side` image."""
    nonzero = [tuple(index) for index in weight.nonzero().tolist()]
    if weight.ndim == 2:
        return [(index[1], index[0], index) for index in nonzero]
    places = side - weight.shape[2] + 1
    return [
        ((into * side + y + down) * side + x + right, (out * places + y) * places + x, (out, into, down, right))
        for out, into, down, right in nonzero
        for y in range(places)
        for x in range(places)
    ]


def walks(layers: list[list[Wire]], unit: int) -> Iterator[list[tuple[int, ...]]]:
    """Every path from `unit` to an output, as the weights along it."""
    if not layers:
        yield []
        return
    for source, target, index in layers[0]:
        if source == unit:
            yield from ([index, *rest] for rest in walks(layers[1:], target))


def walked(weights: dict[str, Tensor]) -> tuple[int, set[int]]:
    """How many weights lie on some path from an input to an output, and which outputs a path ends in."""
    layers, side = [], SIDE
    for weight in weights.values():
        layers.append(wires(weight, side))
        side -= weight.shape[2] - 1 if weight.ndim > 2 else 0
    starts = {source for source, _, _ in layers[0]}
    found = [path for start in starts for path in walks(layers, start)]
    return len({(depth, index) for path in found for depth, index in enumerate(path)}), {path[-1][0] for path in found}


def synflow(weights: dict[str, Tensor]) -> int:
    """How many weights have a SynFlow score other than zero (Tanaka et al. 2020)."""
    absolute = [weight.abs().requires_grad_() for weight in weights.values()]
    if absolute[0].ndim > 2:
        flow = torch.ones(1, absolute[0].shape[1], SIDE, SIDE, dtype=torch.float64)
    else:
        flow = torch.ones(1, absolute[0].shape[1], dtype=torch.float64)
    for weight in absolute:
        flow = conv2d(flow, weight) if weight.ndim > 2 else linear(flow.flatten(1), weight)
    gradients = torch.autograd.grad(flow.sum(), absolute)
    return sum(int((weight * gradient).count_nonzero()) for weight, gradient in zip(absolute, gradients))


def size(weights: dict[str, Tensor]) -> int:
    return sum(weight.numel() for weight in weights.values())


@pytest.mark.parametrize("weights", NETWORKS)
def test_effective_weights_are_those_on_a_path(weights):
    on_paths, ends = walked(weights)
    assert effective_sparsity(weights, size(weights)) == 1 - on_paths / size(weights)
    assert on_paths == synflow(weights)
    assert classes_without_input(weights) == 4 - len(ends)


@pytest.mark.parametrize("weights", NETWORKS)
def test_effective_is_never_below_direct(weights):
    direct = 1 - sum(int(weight.count_nonzero()) for weight in weights.values()) / size(weights)
    assert effective_sparsity(weights, size(weights)) >= direct


def test_the_networks_drawn_tell_apart():
    """Some have weights off every path, some outputs that nothing reaches, and some have all weights on paths."""
    drawn_weights = [case.values[0] for case in NETWORKS]
    counted = [sum(int(weight.count_nonzero()) for weight in weights.values()) for weights in drawn_weights]
    seen = [walked(weights) for weights in drawn_weights]
    assert any(0 < on_paths < count for (on_paths, _), count in zip(seen, counted))
    assert any(on_paths == count for (on_paths, _), count in zip(seen, counted))
    assert {len(ends) for _, ends in seen} >= {0, 3, 4}


# Of 2 inputs, 3 hidden units and 2 outputs: unit 0 hears nothing, unit 1 is on a path, unit 2 feeds nothing; output 0
# hears the silent unit 0 alone.
SMALL = {"hidden.0": torch.tensor([[0.0, 0], [1, 0], [1, 1]]), "output": torch.tensor([[1.0, 0, 0], [0, 1, 0]])}


def test_a_network_small_enough_to_see_through():
    assert effective_sparsity(SMALL, prunable=12) == 1 - 2 / 12
    assert effective_sparsity(SMALL, prunable=20) == 1 - 2 / 20
    assert classes_without_input(SMALL) == 1
    from_input, to_output = paths(links(SMALL))
    assert [units.tolist() for units in from_input] == [[True, True], [False, True, True], [False, True]]
    assert [units.tolist() for units in to_output] == [[True, False], [True, True, False], [True, True]]


@pytest.mark.parametrize("empty", ["a", "b", "c"])
@pytest.mark.parametrize("shapes", [PERCEPTRON, CONVOLUTIONS])
def test_an_empty_layer_leaves_nothing(shapes, empty):
    weights = drawn(shapes, 1.0, 0)
    assert (effective_sparsity(weights, size(weights)), classes_without_input(weights)) == (0, 0)
    weights[empty].zero_()
    assert (effective_sparsity(weights, size(weights)), classes_without_input(weights)) == (1, 4)


def test_dead_channels_of_convolutions():
    """Of 3 filters 0 is zero and only 1 is heard; so 2 is dead as well, though the flatten has columns of it."""
    first = torch.ones(3, 1, 2, 2)
    first[0] = 0
    second = torch.zeros(2, 3, 2, 2)
    second[0, 0] = second[0, 1, 1, 1] = 1  # channel 1 hears nothing
    last = torch.zeros(2, 8)
    last[0, 3] = last[1, 7] = 1  # columns 0 to 3 are channel 0's, 4 to 7 channel 1's
    weights = {"conv1": first, "conv2": second, "output": last}
    assert dead_neurons(weights) == {
        "dead_neurons/overall": pytest.approx(3 / 5),
        "dead_neurons/conv1": pytest.approx(2 / 3),
        "dead_neurons/conv2": pytest.approx(1 / 2),
    }
    assert dead_structural(weights) == dead_structural(weights) | {
        "dead_structural/conv1": pytest.approx(2 / 3),
        "dead_structural/conv2": pytest.approx(1 / 2),
    }
    assert classes_without_input(weights) == 1
    assert effective_sparsity(weights, prunable=52) == 1 - (4 + 1 + 1) / 52


@pytest.mark.parametrize(
    "first, second",
    [
        ((3, 2), (2, 5)),  # too many columns
        ((3, 2), (2, 6)),  # a flatten where there is no convolution before
        ((3, 1, 2, 2), (2, 7)),  # a flatten of two channels and a third of one
        ((3, 1, 2, 2), (2, 1, 3, 3)),  # one channel of three, as in a convolution by groups
        ((3, 1, 2, 2), (2, 6, 2, 2)),  # channels of other layers as well
    ],
)
def test_layers_that_make_no_chain_are_refused(first, second):
    with pytest.raises(ValueError, match=r"b with weights .* cannot follow a layer of 3 units"):
        links({"a": torch.ones(first), "b": torch.ones(second)})
