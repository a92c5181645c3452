"""A network in training, and how masks are applied to its weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from workloads.data.first_weights import begin_with
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
    """The figures measured after one optimizer step."""

    step: int
    figures: dict[str, float]  # metric name -> value


@dataclass
class SinceLook:
    """Sums over the training steps since the last look."""

    loss: float = 0.0  # sum of the batches' mean losses
    correct: int = 0  # correctly classified examples
    steps: int = 0


@dataclass
class PathTotals:
    """Totals along the network's path."""

    step: int = 0  # optimizer steps; rewinding sets this count back
    steps_total: int = 0  # optimizer steps along the whole path
    mask_step: int = 0  # the step at which the masks last changed or the network shrank
    seconds: float = 0.0  # spent in training steps since the run began
    path_seconds: float = 0.0  # spent in training steps along the whole path
    seconds_since_mask: float = 0.0  # spent in training steps since then
    flops: int = 0  # of training along the whole path, zeros not counted
    sparse_steps: dict[str, int] = field(
        default_factory=dict
    )  # layer name -> optimizer steps along the whole path that
    # computed it from compressed rows


@dataclass
class State:
    """Everything that phases change. A mask is True where a weight is kept."""

    workload: Workload  # the trial's, or a smaller one
    model: nn.Module
    optimizer: torch.optim.Optimizer
    masks: dict[str, Tensor]  # layer name -> bool, in the weight's shape
    init: str  # digest of the unmasked weights and buffers at the latest start of training
    zeros: dict[str, Tensor] | None = None  # layer name -> bool: weights that were exactly zero at the last look
    rule: RuleState = field(default_factory=RuleState)  # of the rule that acted last
    tally: PathTotals = field(default_factory=PathTotals)
    since_look: SinceLook = field(default_factory=SinceLook)
    looks: list[Look] = field(default_factory=list)  # of this run
    remembered: dict[str, Snapshot] = field(default_factory=dict)  # point -> the network at that point

    @classmethod
    def new(
        cls, workload: Workload, seed: int, device: torch.device, start: Mapping[str, Tensor] | None = None
    ) -> State:
        """A new dense network with the weights `start`, or with others that the seed draws.

        Weights are drawn on the CPU and then moved, so they do not depend on the device. Raises DataError if `start`
        does not fit."""
        model = workload.model(seed)
        if start is not None:
            begin_with(model, start)
        model = model.to(device)
        masks = {layer.name: torch.ones(layer.shape, dtype=torch.bool, device=device) for layer in workload.layers}
        empty = optimizer(workload.training.optimizer, model.parameters())
        return cls(workload, model, empty, masks, short(model.state_dict()))

    @property
    def step(self) -> int:
        """Optimizer steps; rewinding sets this count back."""
        return self.tally.step

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The prunable layers of this network, from input to output."""
        return self.workload.layers

    @property
    def device(self) -> torch.device:
        """The network's device."""
        return next(self.model.parameters()).device

    def weight(self, layer: str) -> nn.Parameter:
        """The weight of the layer with this dotted name."""
        weight = self.model.get_submodule(layer).weight
        assert isinstance(weight, nn.Parameter)
        return weight

    def bias(self, layer: str) -> nn.Parameter:
        """The bias of the layer with this dotted name, which must have one."""
        bias = self.model.get_submodule(layer).bias
        assert isinstance(bias, nn.Parameter)
        return bias

    @property
    def weights(self) -> dict[str, nn.Parameter]:
        """Layer name -> prunable weight, from input to output."""
        return {layer.name: self.weight(layer.name) for layer in self.layers}

    @property
    def matrices(self) -> dict[str, Tensor]:
        """Layer name -> view of its weight as (out, in, ...); see Layer.matrix."""
        return {layer.name: layer.matrix(self.weight(layer.name)) for layer in self.layers}

    @property
    def chains(self) -> tuple[dict[str, Tensor], ...]:
        """The matrices on both sides of the hidden units; see Workload.chains."""
        return self.workload.chains(self.matrices)

    @property
    def kept_counts(self) -> dict[str, int]:
        """Layer name -> number of weights that its mask keeps."""
        return {name: int(mask.sum()) for name, mask in self.masks.items()}

    def begin_run(self) -> None:
        """Reset what belongs to one run: looks, zeros, sums and seconds."""
        self.looks = []
        self.zeros = None
        self.since_look = SinceLook()
        self.tally.seconds = 0.0

    def start_over(self, weights: Mapping[str, Tensor], step: int) -> None:
        """Load the network's weights and buffers of `step`, apply the masks, and empty the optimizer and the rule."""
        self.model.load_state_dict(weights)
        self.init = short(weights)
        self.empty_optimizer()
        self.zeros, self.rule = None, RuleState()
        self.tally.step = step
        self.put_masks(self.masks)

    def empty_optimizer(self) -> None:
        """Forget the optimizer's buffers and its count of steps."""
        self.optimizer = optimizer(self.workload.training.optimizer, self.model.parameters())

    def forget_except(self, points: Collection[str]) -> None:
        """Forget all remembered networks except those of `points`."""
        self.remembered = {point: network for point, network in self.remembered.items() if point in points}

    def put_masks(self, masks: dict[str, Tensor]) -> None:
        """Install new masks. Removed weights and their optimizer buffers become zero, once."""
        self.masks = masks
        self.tally.mask_step, self.tally.seconds_since_mask = self.step, 0.0
        for name, mask in masks.items():
            weight = self.weight(name)
            for tensor in (weight.data, *self.buffers(weight)):
                tensor.masked_fill_(~mask, 0)

    def put_weight(self, layer: str, values: Tensor) -> None:
        """Replace a layer's weights by others. The optimizer's buffers of those that change become zero, once."""
        weight = self.weight(layer)
        values = values.to(weight.dtype)
        changed = weight.detach() != values
        for buffer in self.buffers(weight):
            buffer.masked_fill_(changed, 0)
        weight.data.copy_(values)

    def buffers(self, parameter: nn.Parameter) -> list[Tensor]:
        """The optimizer's buffers of a parameter, in its shape; none before the first step."""
        buffers = self.optimizer.state.get(parameter, {}).values()
        return [value for value in buffers if isinstance(value, Tensor) and value.shape == parameter.shape]

    def zero(self, masks: dict[str, Tensor]) -> None:
        """Set the weights outside `masks` to zero without removing them: the next step may change them again."""
        for name, mask in masks.items():
            self.weight(name).data.masked_fill_(~mask, 0)

    def check_zeros(self) -> None:
        """Raise RevivedWeights unless every removed weight is exactly zero."""
        for name, mask in self.masks.items():
            count = int(self.weight(name).detach().masked_fill(mask, 0).count_nonzero())
            if count:
                raise RevivedWeights(
                    f"step {self.step}: {count} removed weights of {name} are not zero; "
                    "this is a bug: please report it with the trial's settings"
                )
