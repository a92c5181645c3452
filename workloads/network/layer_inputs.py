"""The inputs of a network's layers on a calibration sample, block by block.

Methods that prune or solve a layer from its inputs need them: Wanda (Sun et al. 2024), SparseGPT (Frantar & Alistarh
2023), ThiNet (Luo et al. 2017). They change one block before they ask for the next one, which then receives its inputs
from the changed network, as in SparseGPT. Example of use in a phase or a rule:

    for block in layer_inputs(state, data.train, examples, trial.seed):
        squares = {name: 0.0 for name in block.layers}
        for chunk in block.chunks():
            for name, inputs in chunk.items():
                squares[name] += rows(state.model.get_submodule(name), inputs).square().sum(0)  # (in,)
        state.put_masks(...)  # of this block; affects the inputs of the next one
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import unfold

from workloads.data.probe import probe
from workloads.data.splits import Examples
from workloads.models.blockwise import NetworkBlock, blocks
from workloads.network.evaluating import evaluating
from workloads.network.state import State

CHUNK = 1_000  # predictions per forward pass: bounds the memory for activations inside a block


def layer_inputs(
    state: State, examples: Examples, count: int, seed: int, chunk: int = CHUNK
) -> Iterator["BlockInputs"]:
    """The inputs of the prunable layers of each block, from input to output.

    The sample is the `probe` of `count` examples, which also serves for scores. `examples` must be the training split,
    since other data must not influence a network. A forward pass takes at most `chunk` predictions, and at least one
    example.

    Inputs are computed on demand with the model's current weights, zeros of masks included. So a change to a block
    affects the inputs of all later blocks, if the caller makes it before asking for the next block.

    Memory holds the sample's activations between two blocks, and the activations of one chunk inside one block. The
    forward passes are deterministic and keep no gradients. Whenever the caller has control, the model is unchanged: it
    has its own mode and BatchNorm statistics, and no hooks.
    """
    inputs = [part.inputs for part in probe(examples, count, seed).chunks(chunk)]
    pending: list[NetworkBlock] = []  # blocks still to apply to `inputs`
    for block in blocks(state.model):
        if block.layers:
            for earlier in pending:
                inputs = _outputs(state.model, earlier, inputs)
            pending = []
            yield BlockInputs(state.model, block, inputs)
        pending.append(block)


@dataclass(frozen=True)
class BlockInputs:
    """The inputs of the layers of one block; valid until the caller asks for the next block."""

    model: nn.Module
    block: NetworkBlock
    inputs: list[Tensor]  # of the block, one tensor per chunk; emptied when the caller asks for the next block

    @property
    def layers(self) -> tuple[str, ...]:
        """Dotted names of the block's prunable layers, in the order of computation."""
        return self.block.layers

    def chunks(self) -> Iterator[dict[str, Tensor]]:
        """Layer name -> input, for one chunk of the sample after another, computed on demand.

        The shape is (examples, in) for Linear, (examples, channels in, height, width) for a convolution, (examples,
        context, in) for GPT-2. Raises ValueError if the caller has already asked for a later block."""
        if not self.inputs:
            raise ValueError(
                f"inputs of {', '.join(self.layers)} are no longer held, because a later block was requested; "
                "use the inputs of a block before you go on to the next"
            )
        for part in self.inputs:
            yield _capture(self.model, self.block, part)

    def full_sample(self) -> dict[str, Tensor]:
        """Layer name -> input for the whole sample at once, examples first."""
        parts = list(self.chunks())
        return {name: torch.cat([part[name] for part in parts]) for name in self.layers}


def rows(layer: nn.Module, inputs: Tensor) -> Tensor:
    """The inputs of a layer as a matrix (examples x positions, features): one row for each use of its weights.

    Features are the columns of the weight as (out, in x height x width), see `Layer.matrix`. A convolution has one row
    for each patch of each example, padding zeros included; GPT-2 has one row for each token. The layer's output is
    `rows @ weight.T + bias`.

    >>> rows(nn.Linear(2, 1), torch.zeros(3, 5, 2)).shape, rows(nn.Conv2d(4, 1, 3), torch.zeros(2, 4, 8, 8)).shape
    (torch.Size([15, 2]), torch.Size([72, 36]))
    """
    if not isinstance(layer, nn.Conv2d):
        return inputs.flatten(0, -2)
    assert isinstance(layer.padding, tuple) and layer.groups == 1  # true of all networks here
    patches = unfold(inputs, layer.kernel_size, layer.dilation, layer.padding, layer.stride)  # (n, features, positions)
    return patches.transpose(1, 2).flatten(0, 1)


@torch.no_grad()
def _outputs(model: nn.Module, block: NetworkBlock, chunks: list[Tensor]) -> list[Tensor]:
    """The outputs of a block for all chunks. Empties `chunks` on the way, to free memory."""
    outputs = []
    with evaluating(model):
        while chunks:
            outputs.append(block.compute(chunks.pop(0)))
    return outputs


@torch.no_grad()
def _capture(model: nn.Module, block: NetworkBlock, chunk: Tensor) -> dict[str, Tensor]:
    """The inputs of a block's layers for one chunk."""
    layer_inputs: dict[str, Tensor] = {}

    def record(name: str, module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        del module
        layer_inputs[name] = inputs[0]

    hooks = [model.get_submodule(name).register_forward_pre_hook(partial(record, name)) for name in block.layers]
    try:
        with evaluating(model):
            block.compute(chunk)
    finally:
        for hook in hooks:
            hook.remove()
    return layer_inputs
