"""Networks small enough for numbers by hand, in float64."""

from collections.abc import Callable, Iterator

import torch
from torch import nn

from tests.workloads.rows import make
from tests.workloads.tasks.diabetes import DiabetesMlp
from workloads.data.splits import Examples, Split
from workloads.network.state import State

CPU = torch.device("cpu")


def linear(weights: list[float]) -> State:
    """One output without bias, judged by squared error."""
    state = State.new(DiabetesMlp(hidden=()), 0, CPU)
    state.model.output = nn.Linear(len(weights), 1, bias=False, dtype=torch.float64)
    state.model.output.weight.data = torch.tensor([weights], dtype=torch.float64)
    state.masks = {"output": torch.ones(1, len(weights), dtype=torch.bool)}
    return state


def perceptron(*matrices: list[list[float]]) -> State:
    """Layers of these weights with ReLU between them, judged by cross-entropy; all biases are one half."""
    widths = [len(matrix) for matrix in matrices[:-1]]
    state = State.new(make({"name": "digits_mlp", "hidden": widths}, {"name": "dense"}).workload, 0, CPU)
    layers = [nn.Linear(len(matrix[0]), len(matrix), dtype=torch.float64) for matrix in matrices]
    for layer, matrix in zip(layers, matrices, strict=True):
        layer.weight.data = torch.tensor(matrix, dtype=torch.float64)
        layer.bias.data.fill_(0.5)
    state.model.hidden, state.model.output = nn.ModuleList(layers[:-1]), layers[-1]
    state.masks = {name: torch.ones_like(weight, dtype=torch.bool) for name, weight in state.weights.items()}
    return state


def in_float64(workload: dict, images_of) -> tuple[State, Examples]:
    """A network as it is drawn, and its training split."""
    trial = make(workload, {"name": "dense"})
    state, examples = State.new(trial.workload, 0, CPU), images_of(trial).train
    state.model.double()
    if isinstance(examples, Split):
        examples = Split(examples.inputs.double(), examples.targets)
    return state, examples


def some_weights(state: State, count: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The layer and the place of weights drawn from all layers."""
    drawn = torch.Generator().manual_seed(1)
    for name, weight in state.weights.items():
        for place in torch.randint(weight.numel(), (-(-count // len(state.weights)),), generator=drawn):
            yield name, tuple(int(axis) for axis in torch.unravel_index(place, weight.shape))


def slope(function: Callable[[], float], state: State, name: str, place: tuple[int, ...], step: float) -> float:
    """The derivative of a function of the network to a gate on one weight, by central differences."""
    weight = state.weight(name).data
    value = float(weight[place])
    ends = []
    for gate in (1 + step, 1 - step):
        weight[place] = gate * value
        ends.append(function())
    weight[place] = value
    return (ends[0] - ends[1]) / (2 * step)
