"""A network in training, and the one place where masks meet weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from workloads.digests import short
from workloads.errors import RevivedWeights
from workloads.models.layer import Layer
from workloads.network.optimizer import optimizer
from workloads.network.rule_state import RuleState
from workloads.tasks.workload import Workload

if TYPE_CHECKING:
    from workloads.network.snapshot import Snapshot


@dataclass(frozen=True)
class Look:
    """What was measured after one optimizer step."""

    step: int
    figures: dict[str, float]  # metric name -> value


@dataclass
class SinceLook:
    """What training has added up since the last look."""

    loss: float = 0.0  # sum of the batches' means
    correct: int = 0  # examples
    steps: int = 0


@dataclass
class PathTotals:
    """What the network's path has come to, in numbers."""

    step: int = 0  # optimizer steps as they are counted: rewinding sets the count back
    steps_total: int = 0  # optimizer steps along the whole path
    mask_step: int = 0  # the step at which the masks last changed
    seconds: float = 0.0  # in training steps since the run began
    path_seconds: float = 0.0  # in training steps from step 0
    flops: int = 0  # of training along the path, zeros not counted


@dataclass
class State:
    """All that phases change. A mask is True where a weight is kept."""

    workload: Workload  # whose network it is: the trial's, or a narrowed one
    model: nn.Module
    optimizer: torch.optim.Optimizer
    masks: dict[str, Tensor]  # layer name -> bool, in the weight's shape
    init: str  # digest of the weights and buffers that training began or began anew with, masks left aside
    zeros: dict[str, Tensor] | None = None  # layer name -> bool: exactly zero at the last look
    rule: RuleState = field(default_factory=RuleState)  # what the rule that acted last remembers
    tally: PathTotals = field(default_factory=PathTotals)
    since_look: SinceLook = field(default_factory=SinceLook)
    looks: list[Look] = field(default_factory=list)  # of this run
    remembered: dict[str, Snapshot] = field(default_factory=dict)  # by point: what it was, to go back to

    @classmethod
    def new(cls, workload: Workload, seed: int, device: torch.device) -> State:
        """A freshly initialised dense network, its weights drawn on the CPU and moved."""
        model = workload.model(seed).to(device)
        masks = {layer.name: torch.ones(layer.shape, dtype=torch.bool, device=device) for layer in workload.layers}
        empty = optimizer(workload.training.optimizer, model.parameters())
        return cls(workload, model, empty, masks, short(model.state_dict()))

    @property
    def step(self) -> int:
        """Optimizer steps as they are counted: from the first, or from where the network was rewound to."""
        return self.tally.step

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The prunable layers of this network, from input to output."""
        return self.workload.layers

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return next(self.model.parameters()).device

    def weight(self, layer: str) -> nn.Parameter:
        """The weight of a layer, by the layer's dotted name."""
        weight = self.model.get_submodule(layer).weight
        assert isinstance(weight, nn.Parameter)
        return weight

    @property
    def weights(self) -> dict[str, nn.Parameter]:
        """All prunable weights by their layer's name, from input to output."""
        return {layer.name: self.weight(layer.name) for layer in self.layers}

    @property
    def matrices(self) -> dict[str, Tensor]:
        """The same weights with their outputs first, however they are stored: views, see Layer."""
        return {layer.name: layer.matrix(self.weight(layer.name)) for layer in self.layers}

    @property
    def chains(self) -> tuple[dict[str, Tensor], ...]:
        """The matrices through which the workload's hidden units can be followed; see Workload."""
        return self.workload.chains(self.matrices)

    @property
    def kept(self) -> dict[str, int]:
        """Weights that the masks keep, per layer."""
        return {name: int(mask.sum()) for name, mask in self.masks.items()}

    def begin_run(self) -> None:
        """A run has been measured; what comes now belongs to the next."""
        self.looks = []
        self.zeros = None
        self.since_look = SinceLook()
        self.tally.seconds = 0.0

    def start_over(self, weights: Mapping[str, Tensor], step: int) -> None:
        """Take over the weights and buffers of the same network at `step`, masked, with an empty optimizer."""
        self.model.load_state_dict(weights)
        self.init = short(weights)
        self.optimizer = optimizer(self.workload.training.optimizer, self.model.parameters())
        self.zeros, self.rule = None, RuleState()
        self.tally.step = step
        self.put_masks(self.masks)

    def forget_but(self, wanted: Collection[str]) -> None:
        """Keep of what is remembered only the points that the rest of the script goes back to."""
        self.remembered = {point: before for point, before in self.remembered.items() if point in wanted}

    def put_masks(self, masks: dict[str, Tensor]) -> None:
        """Take over new masks: removed weights and all that the optimizer remembers of them become zero, once."""
        self.masks = masks
        self.tally.mask_step = self.step
        for name, mask in masks.items():
            weight = self.weight(name)
            buffers = [value for value in self.optimizer.state.get(weight, {}).values() if _is_like(value, weight)]
            for tensor in (weight.data, *buffers):
                tensor.masked_fill_(~mask, 0)

    def zero(self, masks: dict[str, Tensor]) -> None:
        """Set the weights that `masks` leave out to zero, and nothing else: from the next step on they may move."""
        for name, mask in masks.items():
            self.weight(name).data.masked_fill_(~mask, 0)

    def check_zeros(self) -> None:
        """Raise RevivedWeights unless every removed weight is exactly zero."""
        for name, mask in self.masks.items():
            alive = int(self.weight(name).detach().masked_fill(mask, 0).count_nonzero())
            if alive:
                raise RevivedWeights(
                    f"step {self.step}: {alive} removed weights of {name} are not zero; "
                    "this is a bug: please report it with the trial's settings"
                )


def _is_like(value: object, weight: Tensor) -> bool:
    return isinstance(value, Tensor) and value.shape == weight.shape
