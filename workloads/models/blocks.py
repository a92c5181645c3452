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
    """Transformer blocks, each attention and an MLP, on one residual stream. Blocks may differ in size."""

    heads: tuple[int, ...]  # attention heads of each block
    head_width: int  # of each head's queries, keys and values
    width: int  # of the residual stream
    mlp_widths: tuple[int, ...]  # hidden units of each block's MLP

    @classmethod
    def alike(cls, count: int, heads: int, width: int, mlp_width: int) -> Blocks:
        """Blocks of equal size, whose heads divide the width among them."""
        return cls((heads,) * count, width // heads, width, (mlp_width,) * count)

    @property
    def count(self) -> int:
        """Number of blocks."""
        return len(self.heads)

    @property
    def attention_widths(self) -> tuple[int, ...]:
        """The width of all heads together, in each block."""
        return tuple(heads * self.head_width for heads in self.heads)

    def layers(self, context: int) -> tuple[Layer, ...]:
        """The prunable layers of `models.gpt2.GPT2`, from input to output.

        >>> [(each.name.removeprefix("transformer.h.0."), each.shape) for each in Blocks.alike(1, 2, 4, 16).layers(8)]
        [('attn.c_attn', (4, 12)), ('attn.c_proj', (4, 4)), ('mlp.c_fc', (4, 16)), ('mlp.c_proj', (16, 4))]
        """
        layers = []
        for block, (attention, mlp) in enumerate(zip(self.attention_widths, self.mlp_widths, strict=True)):
            shapes = {
                "attn.c_attn": (self.width, 3 * attention), "attn.c_proj": (attention, self.width),  # qkv; output
                "mlp.c_fc": (self.width, mlp), "mlp.c_proj": (mlp, self.width),
            }  # fmt: skip
            layers += [
                Layer(f"transformer.h.{block}.{name}", shape, positions=context, inputs_first=True)
                for name, shape in shapes.items()
            ]
        return tuple(layers)

    def chains(self, matrices: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
        """Pairs of matrices with hidden units between them: the heads' values and output, the MLP's two layers.

        Queries and keys only multiply each other and feed no weights. The residual stream has no hidden units, since
        every block reads and writes it."""
        for block, width in enumerate(self.attention_widths):
            attention, mlp = f"transformer.h.{block}.attn", f"transformer.h.{block}.mlp"
            values = matrices[f"{attention}.c_attn"][2 * width :]  # (width of all heads, width)
            yield {f"{attention}.c_attn": values, f"{attention}.c_proj": matrices[f"{attention}.c_proj"]}
            yield {f"{mlp}.{name}": matrices[f"{mlp}.{name}"] for name in ("c_fc", "c_proj")}

    def units(self) -> tuple[BlockUnits, ...]:
        """The heads and the MLP neurons of each block; units of the residual stream cannot be removed.

        One matrix holds queries, keys and values in this order, and each of the three holds head after head.

        >>> heads, neurons = Blocks.alike(1, 2, 4, 3).units()
        >>> heads.incoming[0].indices[1], heads.outgoing[0].indices[1]
        ((2, 3, 6, 7, 10, 11), (2, 3))
        """
        layers, units = self.layers(1), []
        for block, width in enumerate(self.attention_widths):
            attention, attention_output, mlp, mlp_output = layers[4 * block : 4 * block + 4]
            fused = consecutive(self.heads[block], self.head_width, (0, width, 2 * width))
            heads, neurons = consecutive(self.heads[block], self.head_width), consecutive(self.mlp_widths[block])
            units.append(units_between(attention, attention_output, "head", fused, heads))
            units.append(units_between(mlp, mlp_output, "neuron", neurons, neurons))
        return tuple(units)

    def narrowed(self, weights: int) -> Blocks:
        """The same number of blocks and heads, narrower, with as close as possible to `weights` prunable weights.

        MLPs of equal width stay equal. Raises ValueError if heads of width 1 and MLPs of one unit already have more."""
        distinct = sorted(set(self.mlp_widths))

        def blocks(widths: tuple[int, ...]) -> Blocks:
            head_width, *mlp_widths = widths
            narrow = dict(zip(distinct, mlp_widths, strict=True))
            return replace(
                self,
                head_width=head_width,
                width=max(1, round(self.width * head_width / self.head_width)),
                mlp_widths=tuple(narrow[width] for width in self.mlp_widths),
            )

        def size(widths: tuple[int, ...]) -> int:
            return sum(layer.size for layer in blocks(widths).layers(1))

        return blocks(narrowed((self.head_width, *distinct), size, weights))
