"""The blocks of GPT-2 as arithmetic: their layers, and the hidden units within them. Needs no torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workloads.models.layer import Layer
from workloads.models.units import BlockUnits, between, in_turn
from workloads.models.widths import narrowed

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Blocks:
    """Blocks of attention and MLP around one residual stream."""

    count: int
    heads: int  # of attention, in each block
    width: int  # of the residual stream, divisible by heads
    mlp_width: int  # hidden units of each MLP

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
        """Between which layers the hidden units lie: the heads' values, and the MLP's.

        Queries and keys meet in a product and have no weights behind them; the residual stream is never hidden."""
        for block in range(self.count):
            attention, mlp = f"transformer.h.{block}.attn", f"transformer.h.{block}.mlp"
            values = matrices[f"{attention}.c_attn"][2 * self.width :]  # (width, width)
            yield {f"{attention}.c_attn": values, f"{attention}.c_proj": matrices[f"{attention}.c_proj"]}
            yield {f"{mlp}.{name}": matrices[f"{mlp}.{name}"] for name in ("c_fc", "c_proj")}

    def units(self) -> tuple[BlockUnits, ...]:
        """The heads and the MLP's neurons of each block; the residual stream has no units that could go.

        Queries, keys and values lie side by side in one matrix, and in each of the three, head after head.

        >>> heads, neurons = Blocks(1, 2, 4, 3).units()
        >>> heads.incoming[0].indices[1], heads.outgoing[0].indices[1]
        ((2, 3, 6, 7, 10, 11), (2, 3))
        """
        width = self.width // self.heads
        fused, heads = in_turn(self.heads, width, (0, self.width, 2 * self.width)), in_turn(self.heads, width)
        neurons, layers = in_turn(self.mlp_width), self.layers(1)
        found = []
        for first in range(0, len(layers), 4):
            attention, output, into, out = layers[first : first + 4]
            found.append(between(attention, output, "head", fused, heads))
            found.append(between(into, out, "neuron", neurons, neurons))
        return tuple(found)

    def narrowed(self, weights: int) -> Blocks:
        """As many blocks and heads, narrower, with as nearly as possible `weights` prunable weights.

        Raises ValueError where heads of width 1 and an MLP of one unit are more."""

        def blocks(widths: tuple[int, ...]) -> Blocks:
            return replace(self, width=self.heads * widths[0], mlp_width=widths[1])

        def size(widths: tuple[int, ...]) -> int:
            return sum(layer.size for layer in blocks(widths).layers(1))

        return blocks(narrowed((self.width // self.heads, self.mlp_width), size, weights))
