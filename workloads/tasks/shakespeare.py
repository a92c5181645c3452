"""Tiny Shakespeare (Karpathy 2015), 1.1 million characters of plays, and a GPT-2 that predicts the next token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from workloads.bibliography import KARPATHY_2015, RADFORD_2019, SRIVASTAVA_2014
from workloads.data import topics
from workloads.data.declared import GPT2_BPE, TINY_SHAKESPEARE, Declared, DeclaredText
from workloads.models.blocks import Blocks
from workloads.models.layer import Layer
from workloads.models.units import BlockUnits
from workloads.references import Cites, Reference
from workloads.script.training import MeasureSettings, Training
from workloads.tasks.gpt2_presets import PRESETS
from workloads.tasks.outcome import Outcome
from workloads.tasks.workload import Workload, of_class

if TYPE_CHECKING:
    from torch import Tensor, nn

    from workloads.data.sources import Sources
    from workloads.data.splits import DataSet

GPT2_TOKENS = (301_966, 36_059)  # in the first nine tenths of Tiny Shakespeare, and in the rest


class ShakespeareGpt2(Workload):
    """GPT-2 on Tiny Shakespeare, from random weights.

    The network predicts each token from those before it. The matrices of the blocks are prunable: queries, keys and
    values, the attention's output, and the two of the MLP. The norms and the embeddings are not; the token embedding is
    also the output layer.
    """

    references: ClassVar[tuple[Reference, ...]] = (KARPATHY_2015, RADFORD_2019)

    gpu_share: ClassVar[float] = 0.5
    is_chain: ClassVar[bool] = False
    has_prunable_output: ClassVar[bool] = False
    computes_with: ClassVar[tuple[Literal["transformers"], ...]] = ("transformers",)

    name: Literal["shakespeare_gpt2"] = "shakespeare_gpt2"
    training: Training = PRESETS["tiny"].training
    measure: MeasureSettings = MeasureSettings(probe=32)
    preset: Literal["tiny", "baby", "small"] = "tiny"
    """The name of a set of sizes and training settings; other settings replace parts of it. Tiny trains on a CPU, baby
    is nanoGPT's character model, small has the sizes of GPT-2."""
    blocks: PositiveInt | None = None
    """The number of transformer blocks. None means the preset's."""
    heads: PositiveInt | tuple[PositiveInt, ...] | None = None
    """The number of attention heads in each block; a list has one number per block. None means the preset's."""
    width: PositiveInt | None = None
    """The width of the residual stream, in units; divisible by `heads` without `head_width`. None means the preset's.
    """
    mlp_width: PositiveInt | tuple[PositiveInt, ...] | None = None
    """The number of hidden units in each block's MLP; a list has one number per block. None means four times `width`,
    as in GPT-2."""
    head_width: PositiveInt | None = None
    """The width of each head, in units. None means `width` divided by `heads`."""
    context: Annotated[int, Field(ge=2)] | None = None
    """The number of tokens that the network sees at once. None means the preset's."""
    dropout: Annotated[Annotated[float, Field(ge=0, lt=1)] | None, Cites((SRIVASTAVA_2014,))] = None
    """The fraction of activations that dropout sets to zero during training. None means the preset's."""
    tokenizer: Literal["characters", "gpt2"] = "characters"
    """The unit of text: characters, or the byte pairs of GPT-2."""
    split: Literal["held_out", "nanogpt"] = "held_out"
    """The use of the last tenth of the text: half validation and half test (held_out), or all validation (nanogpt)."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        self._check_blocks()
        context, batch = self._context, self.training.batch_size
        if self.tokenizer == "gpt2" and self.data == "stand_in":
            raise ValueError("tokenizer gpt2 needs a download of its vocabulary, and data: stand_in needs no download; "
                             "use tokenizer: characters or data: real")  # fmt: skip
        tokens = self._tokens[0]
        if tokens <= context:
            raise ValueError(f"context {context} is not less than the {tokens:,} training tokens; make it smaller")
        if batch * context > tokens:
            raise ValueError(f"training.batch_size {batch} times context {context} is more than the {tokens:,} "
                             "training tokens; make one of them smaller")  # fmt: skip
        return self

    def _check_blocks(self) -> None:
        preset = PRESETS[self.preset]
        count, width, heads = self.blocks or preset.blocks, self.width or preset.width, self.heads or preset.heads
        for name, sizes in (("heads", self.heads), ("mlp_width", self.mlp_width)):
            if isinstance(sizes, tuple) and len(sizes) != count:
                raise ValueError(f"{name} {list(sizes)} has {len(sizes)} numbers for {count} blocks; give one for each")
        if self.head_width is None and isinstance(heads, tuple):
            raise ValueError(f"heads {list(heads)} differ between blocks, so their width does not follow from the "
                             "width of the residual stream; add head_width")  # fmt: skip
        if self.head_width is None and isinstance(heads, int) and width % heads:
            raise ValueError(
                f"width {width} is not divisible by heads {heads}, and each head has its "
                f"equal part; use e.g. width: {heads * max(1, round(width / heads))}, or add head_width"
            )

    @classmethod
    def defaults(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """See Workload."""
        name = given.get("preset")
        preset = PRESETS[name if isinstance(name, str) and name in PRESETS else "tiny"]
        return of_class(cls) | {"training": preset.training.model_dump(mode="json")}

    @classmethod
    def declared(cls, data: str) -> DeclaredText:
        """See Workload."""
        return topics.declared() if data == "stand_in" else TINY_SHAKESPEARE

    @property
    def needs(self) -> tuple[Declared, ...]:
        """See Workload."""
        vocabulary = (GPT2_BPE,) if self.tokenizer == "gpt2" else ()
        return vocabulary if self.data == "stand_in" else (TINY_SHAKESPEARE, *vocabulary)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """See Workload."""
        return self._blocks.layers(self._context)

    def units(self) -> tuple[BlockUnits, ...]:
        """See Workload."""
        return self._blocks.units()

    def with_units(self, counts: Sequence[int]) -> Self:
        """See Workload: the numbers of heads and of MLP units, block by block."""
        sizes = {"heads": _one_or_all(counts[::2]), "mlp_width": _one_or_all(counts[1::2])}
        return self.model_copy(update={**sizes, "head_width": self._blocks.head_width})

    def narrowed(self, weights: int) -> Self:
        """See Workload: narrower heads, as many as before, and a narrower residual stream."""
        narrow = self._blocks.narrowed(weights)
        sizes = {"width": narrow.width, "mlp_width": _one_or_all(narrow.mlp_widths)}
        return self.model_copy(update={**sizes, "head_width": self.head_width and narrow.head_width})

    def model(self, seed: int, draw: int = 0) -> nn.Module:
        """See Workload."""
        from workloads.models.gpt2 import gpt2
        from workloads.randomness import generator

        dropout = PRESETS[self.preset].dropout if self.dropout is None else self.dropout
        return gpt2(self._blocks, self._context, self._vocabulary, dropout, generator(seed, "weights", draw))

    def chains(self, matrices: dict[str, Tensor]) -> tuple[dict[str, Tensor], ...]:
        """See Workload."""
        return tuple(self._blocks.chains(matrices))

    def load(self, sources: Sources) -> DataSet:
        """See Workload."""
        from workloads.data import files, tokens
        from workloads.data.text import split

        if self.data == "stand_in":
            text = topics.text()
        else:
            text = files.read(TINY_SHAKESPEARE, sources)["input.txt"].decode()
        tokenizer = tokens.by_characters(text) if self.tokenizer == "characters" else tokens.by_gpt2(sources)
        return split(text, tokenizer, self._parts, self._context)

    @property
    def unpruned(self) -> int:
        """See Workload: queries by keys and weights by values for all pairs of positions, and the output layer."""
        blocks, context = self._blocks, self._context
        return 2 * context**2 * sum(blocks.attention_widths) + context * blocks.width * self._vocabulary

    @property
    def steps_per_epoch(self) -> int:
        """See Workload."""
        return self._tokens[0] // (self.training.batch_size * self._context)

    @property
    def measured_size(self) -> int:
        """See Workload."""
        return sum(-(-tokens // self._context) for tokens in self._tokens[1:])

    @property
    def outcome(self) -> Outcome:
        """See Workload."""
        return Outcome(
            metric="bits_per_character", title="bits per character", unit="bits", direction="down", margin=0.02,
            loss="nats per token",
        )  # fmt: skip

    @property
    def _blocks(self) -> Blocks:
        preset = PRESETS[self.preset]
        count, width = self.blocks or preset.blocks, self.width or preset.width
        heads = _all(self.heads or preset.heads, count)
        mlp_widths = _all(4 * width if self.mlp_width is None else self.mlp_width, count)
        return Blocks(heads, self.head_width or width // heads[0], width, mlp_widths)

    @property
    def _context(self) -> int:
        return self.context or PRESETS[self.preset].context

    @property
    def _vocabulary(self) -> int:
        return (self.declared(self.data) if self.tokenizer == "characters" else GPT2_BPE).vocabulary

    @property
    def _parts(self) -> tuple[int, ...]:
        """The characters of the training and validation splits, and of the test split if there is one."""
        characters = self.declared(self.data).characters
        training = characters * 9 // 10
        rest = characters - training
        return (training, rest) if self.split == "nanogpt" else (training, rest // 2, rest - rest // 2)

    @property
    def _tokens(self) -> tuple[int, ...]:
        """The tokens of each split; validation and test together where only loading the text tells them apart."""
        return self._parts if self.tokenizer == "characters" else GPT2_TOKENS


def _all(size: int | tuple[int, ...], count: int) -> tuple[int, ...]:
    """The size of each block, from one for all or one for each."""
    return (size,) * count if isinstance(size, int) else size


def _one_or_all(sizes: Sequence[int]) -> int | tuple[int, ...]:
    """One size for all blocks where they are alike, else one for each."""
    return sizes[0] if len(set(sizes)) == 1 else tuple(sizes)
