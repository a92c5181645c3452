"""What flows into the layers of a network on a calibration sample, block by block.

Methods that choose or solve a layer's weights from what the layer sees ask for it here: Wanda (Sun et al. 2024),
SparseGPT (Frantar & Alistarh 2023), ThiNet (Luo et al. 2017). They change one block before they ask for the next, whose
inputs are then those of the changed network; so did SparseGPT's authors. A phase or a rule asks with what it is given:

    for block in layer_inputs(state, data.train, examples, trial.seed):
        squares = {name: 0.0 for name in block.layers}
        for chunk in block.chunks():
            for name, inputs in chunk.items():
                squares[name] += rows(state.model.get_submodule(name), inputs).square().sum(0)  # (in,)
        state.put_masks(...)  # of this block; the next one sees it
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

CHUNK = 1_000  # predictions at once: what goes on inside a block is held for so many


def layer_inputs(
    state: State, examples: Examples, count: int, seed: int, chunk: int = CHUNK
) -> Iterator["BlockInputs"]:
    """What flows into the prunable layers of each block, from input to output.

    The sample is `count` of the `examples`, or all where there are fewer: the same as scores are measured on (`probe`).
    `examples` are the training split; nothing is ever calibrated on others. They are gone through so many at once as
    make at most `chunk` predictions, but at least one.

    Everything is computed with the weights that the model has at the moment, zeros of masks included: a block's inputs
    when they are asked for, and what it gives to the next block when that is asked for. So changes of a block are seen
    by all blocks after it, changes of one that has been passed by none.

    Of the sample, what flows between two blocks is held, and besides it what one block does with one chunk. Nothing is
    drawn, no gradient is kept, and the model is as it was whenever the caller has its turn: in its own mode, with its
    own BatchNorm statistics, without hooks.
    """
    flowing = [part.inputs for part in probe(examples, count, seed).chunks(chunk)]
    passed: list[NetworkBlock] = []  # blocks that the sample has still to go through
    for block in blocks(state.model):
        if block.layers:
            for before in passed:
                flowing = _given(state.model, before, flowing)
            passed = []
            yield BlockInputs(state.model, block, flowing)
        passed.append(block)


@dataclass(frozen=True)
class BlockInputs:
    """What flows into the layers of one block, until that of the next block is asked for."""

    model: nn.Module
    block: NetworkBlock
    flowing: list[Tensor]  # into the block, chunk by chunk; emptied when that of the next block is asked for

    @property
    def layers(self) -> tuple[str, ...]:
        """The block's prunable layers by their dotted names, in the order in which it computes them."""
        return self.block.layers

    def chunks(self) -> Iterator[dict[str, Tensor]]:
        """The inputs of all layers by name, for one chunk of the sample after another, computed as the caller asks.

        As the layers get them: of Linear (examples, in), of a convolution (examples, channels in, height, width), of
        GPT-2 (examples, context, in). Raises ValueError where the next block's have been asked for already."""
        if not self.flowing:
            raise ValueError(
                f"inputs of {', '.join(self.layers)} are no longer held: those of a later block have been asked for; "
                "take what is needed from a block before going on to the next"
            )
        for part in self.flowing:
            yield _seen(self.model, self.block, part)

    def whole(self) -> dict[str, Tensor]:
        """The same for the whole sample at once, examples first."""
        parts = list(self.chunks())
        return {name: torch.cat([part[name] for part in parts]) for name in self.layers}


def rows(layer: nn.Module, inputs: Tensor) -> Tensor:
    """The inputs of a layer as a matrix (examples x places, features): one row for each time its weights are used.

    Features are the columns of the weight as (out, in x height x width), see `Layer.matrix`: of a convolution the
    patches that its window sees, zeros of the padding included, for every place of every example; of GPT-2 a row for
    each token. `rows @ weight.T + bias` is what the layer gives.

    >>> rows(nn.Linear(2, 1), torch.zeros(3, 5, 2)).shape, rows(nn.Conv2d(4, 1, 3), torch.zeros(2, 4, 8, 8)).shape
    (torch.Size([15, 2]), torch.Size([72, 36]))
    """
    if not isinstance(layer, nn.Conv2d):
        return inputs.flatten(0, -2)
    assert isinstance(layer.padding, tuple) and layer.groups == 1  # as all networks here have them
    patches = unfold(inputs, layer.kernel_size, layer.dilation, layer.padding, layer.stride)  # (n, features, places)
    return patches.transpose(1, 2).flatten(0, 1)


@torch.no_grad()
def _given(model: nn.Module, block: NetworkBlock, flowing: list[Tensor]) -> list[Tensor]:
    """What a block gives for all chunks. Each is let go when it has been used."""
    given = []
    with evaluating(model):
        while flowing:
            given.append(block.compute(flowing.pop(0)))
    return given


@torch.no_grad()
def _seen(model: nn.Module, block: NetworkBlock, flowing: Tensor) -> dict[str, Tensor]:
    """What the layers of a block get while it is computed on one chunk."""
    seen: dict[str, Tensor] = {}

    def see(name: str, module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        del module
        seen[name] = inputs[0]

    hooks = [model.get_submodule(name).register_forward_pre_hook(partial(see, name)) for name in block.layers]
    try:
        with evaluating(model):
            block.compute(flowing)
    finally:
        for hook in hooks:
            hook.remove()
    return seen
