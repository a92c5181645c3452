"""Smaller tensors for a network with dead units, with the same outputs in eval mode.

A unit is dead if no input changes its output, or if nothing reads it. Whatever made the zeros, masks or training, the
unit can go. A unit that no input changes still emits a constant, made of its bias; the constant is moved into the
biases of the layer that reads it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from workloads.data.splits import Examples
from workloads.models.units import BlockUnits
from workloads.network.entries import places, unit_sums
from workloads.network.layer_inputs import layer_inputs
from workloads.network.optimizer import optimizer
from workloads.network.snapshot import with_layout_of
from workloads.network.state import State
from workloads.tasks.workload import Workload


def shrunk(state: State, examples: Examples, seed: int) -> State:
    """The network without its dead units. `state` stays as it is; at least one unit of each block stays.

    Masks, optimizer buffers, running statistics and a rule's tensors lose the same entries. Counts of steps, looks and
    remembered networks are kept. `examples` give one forward pass, whose example does not matter: constants are read
    from it where the next layer reads them, after bias, norm, activation and pooling.

    A constant other than zero that a padded convolution reads cannot be moved, since fewer of its weights see the
    constant at the border. Such a unit stays. Removals go on until no unit is dead, since a removed unit may have been
    the only one that read another."""
    while True:
        dead = _dead_units(state, examples, seed)
        if not any(block.removed.any() for block in dead):
            return state
        state = _without(state, dead)


@dataclass(frozen=True)
class _DeadUnits:
    """The dead units of one block."""

    units: BlockUnits
    removed: Tensor  # bool (units,)
    moved: Tensor  # for the biases of the layer that reads the block: (units of that layer,)


@torch.no_grad()
def _dead_units(state: State, examples: Examples, seed: int) -> list[_DeadUnits]:
    weights = {f"{name}.weight": weight for name, weight in state.weights.items()}
    emitted = _emitted(state, examples, seed)
    found = []
    for block in state.workload.units():
        (outgoing,), signal = block.outgoing, block.signal
        constants = emitted[block.reader]
        constant = unit_sums(weights[signal.tensor] != 0, signal) == 0
        if any(_padding(state.model.get_submodule(block.reader))):
            constant &= unit_sums(constants != 0, replace(outgoing, axis=0)) == 0
        removed = constant | (unit_sums(weights[outgoing.tensor] != 0, outgoing) == 0)
        if removed.all():
            removed[0] = False  # a layer without units is no layer
        columns = places(outgoing, removed)
        matrix = state.matrices[block.reader]
        matrix = matrix.sum((2, 3)) if matrix.ndim == 4 else matrix  # (out, in): all of a kernel sees the constant
        found.append(_DeadUnits(block, removed, matrix[:, columns] @ constants[columns]))
    return found


def _emitted(state: State, examples: Examples, seed: int) -> dict[str, Tensor]:
    """Layer name -> its input at one position of one example: (in,), channels for a convolution."""
    return {
        name: inputs[0].flatten(1)[:, 0] if inputs.ndim == 4 else inputs.flatten(0, -2)[0]
        for block in layer_inputs(state, examples, 1, seed)
        for name, inputs in block.full_sample().items()
    }


def _padding(layer: nn.Module) -> tuple[int, ...]:
    return tuple(map(int, layer.padding)) if isinstance(layer, nn.Conv2d) else ()


def _without(state: State, dead: Sequence[_DeadUnits]) -> State:
    """The network without the dead units, as a new state of the smaller workload."""
    remainder = _Remainder.of(dead, {name: mask.shape for name, mask in state.masks.items()})
    tensors = dict(state.model.state_dict())
    for block in dead:
        bias = f"{block.units.reader}.bias"
        tensors[bias] = tensors[bias] + block.moved
    workload = state.workload.with_units([int((~block.removed).sum()) for block in dead])
    first = next(state.model.parameters())
    model = workload.model(0).to(first.device, first.dtype)
    model.load_state_dict({name: remainder.cut(name, tensor) for name, tensor in tensors.items()})
    model.train(state.model.training)
    return replace(
        state,
        workload=workload,
        model=model,
        optimizer=_smaller_optimizer(state, workload, model, remainder),
        masks=remainder.of_layers(state.masks),
        zeros=None if state.zeros is None else remainder.of_layers(state.zeros),
        rule=replace(state.rule, tensors=remainder.of_layers(state.rule.tensors)),
        tally=replace(state.tally, mask_step=state.step, seconds_since_mask=0.0),
    )


@dataclass(frozen=True)
class _Remainder:
    """What stays of each tensor."""

    kept: Mapping[str, list[tuple[int, Tensor]]]  # tensor -> each axis to cut, and the indices that stay
    shapes: Mapping[str, torch.Size]  # layer -> of its weight before

    @classmethod
    def of(cls, dead: Sequence[_DeadUnits], shapes: Mapping[str, torch.Size]) -> _Remainder:
        kept = defaultdict(list)
        for block in dead:
            for entries in block.units.entries:
                kept[entries.tensor].append((entries.axis, places(entries, ~block.removed)))
        return cls(kept, shapes)

    def cut(self, name: str, tensor: Tensor) -> Tensor:
        """The rest of a tensor that has the shape of the network's tensor `name`."""
        for axis, indices in self.kept.get(name, ()):
            tensor = tensor.index_select(axis, indices)
        return tensor

    def of_layers(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The rest of tensors under "group/layer" or "layer"; those in another shape than the layer's weight stay."""
        layers = {path: path.rpartition("/")[2] for path in tensors}
        return {
            path: self.cut(f"{layers[path]}.weight", tensor)
            if tensor.shape == self.shapes.get(layers[path])
            else tensor
            for path, tensor in tensors.items()
        }


def _smaller_optimizer(
    state: State, workload: Workload, model: nn.Module, remainder: _Remainder
) -> torch.optim.Optimizer:
    """The optimizer of the smaller model, with the buffers and counts of steps of the parameters that stay."""
    smaller = optimizer(workload.training.optimizer, model.parameters())
    parameters = dict(model.named_parameters())
    for name, old in state.model.named_parameters():
        new = parameters[name]
        for key, value in state.optimizer.state.get(old, {}).items():
            is_buffer = value.shape == old.shape
            cut = with_layout_of(new.detach(), remainder.cut(name, value)) if is_buffer else value.clone()
            smaller.state[new][key] = cut
    return smaller
