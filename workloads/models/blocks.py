"""The shapes of GPT-2's blocks: their layers and hidden units. Needs no torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workloads.models.layer import Layer
from workloads.models.units import BlockUnits, consecutive, units_between
from workloads.models.widths import narrowed

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Blocks:
    """Transformer blocks, each attention and an MLP, on one residual stream."""

    count: int
    heads: int  # attention heads per block
    width: int  # of the residual stream; a multiple of `heads`
    mlp_width: int  # hidden units per MLP

    def layers(self, context: int) -> tuple[Layer, ...]:
        """The prunable layers of `models.gpt2.GPT2`, from input to output.

        >>> [(layer.name.removeprefix("transformer.h.0."), layer.shape) for layer in Blocks(1, 2, 4, 16).layers(8)]
        [('attn.c_attn', (4, 12)), ('attn.c_proj', (4, 4)), ('mlp.c_fc', (4, 16)), ('mlp.c_proj', (16, 4))]
        """
        width, mlp = self.width, self.mlp_width
        shapes = {
            "attn.c_attn": (width, 3 * width), "attn.c_proj": (width, width),  # queries, keys, values; output
            "mlp.c_fc": (width, mlp), "mlp.c_proj": (mlp, width),
        }  # fmt: skip
        return tuple(
            Layer(f"transformer.h.{block}.{name}", shape, positions=context, inputs_first=True)
            for block in range(self.count)
            for name, shape in shapes.items()
        )

    def chains(self, matrices: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
        """Pairs of matrices with hidden units between them: the heads' values and output, the MLP's two layers.

        Queries and keys only multiply each other and feed no weights. The residual stream has no hidden units, since
        every block reads and writes it."""
        for block in range(self.count):
            attention, mlp = f"transformer.h.{block}.attn", f"transformer.h.{block}.mlp"
            values = matrices[f"{attention}.c_attn"][2 * self.width :]  # (width, width)
            yield {f"{attention}.c_attn": values, f"{attention}.c_proj": matrices[f"{attention}.c_proj"]}
            yield {f"{mlp}.{name}": matrices[f"{mlp}.{name}"] for name in ("c_fc", "c_proj")}

    def units(self) -> tuple[BlockUnits, ...]:
        """The heads and the MLP neurons of each block; units of the residual stream cannot be removed.

        One matrix holds queries, keys and values in this order, and each of the three holds head after head.

        >>> heads, neurons = Blocks(1, 2, 4, 3).units()
        >>> heads.incoming[0].indices[1], heads.outgoing[0].indices[1]
        ((2, 3, 6, 7, 10, 11), (2, 3))
        """
        width = self.width // self.heads
        fused = consecutive(self.heads, width, (0, self.width, 2 * self.width))
        heads, neurons = consecutive(self.heads, width), consecutive(self.mlp_width)
        layers = self.layers(1)
        units = []
        for first in range(0, len(layers), 4):
            attention, attention_output, mlp, mlp_output = layers[first : first + 4]
            units.append(units_between(attention, attention_output, "head", fused, heads))
            units.append(units_between(mlp, mlp_output, "neuron", neurons, neurons))
        return tuple(units)

    def narrowed(self, weights: int) -> Blocks:
        """The same number of blocks and heads, narrower, with as close as possible to `weights` prunable weights.

        Raises ValueError if heads of width 1 and MLPs of one unit already have more."""

        def blocks(widths: tuple[int, ...]) -> Blocks:
            return replace(self, width=self.heads * widths[0], mlp_width=widths[1])

        def size(widths: tuple[int, ...]) -> int:
            return sum(layer.size for layer in blocks(widths).layers(1))

        return blocks(narrowed((self.width // self.heads, self.mlp_width), size, weights))
