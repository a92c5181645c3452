"""GPT-2 (Radford et al. 2019): the modules of transformers, initialised here."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear
from transformers import GPT2Config, GPT2Model
from transformers.pytorch_utils import Conv1D

from workloads.models.blocks import Blocks
from workloads.models.blockwise import NetworkBlock

DEVIATION = 0.02  # standard deviation of the initial weights
LAYERS = ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")  # prunable layers of a block, in order


class GPT2(nn.Module):
    """GPT2Model of transformers, with the output head of its GPT2LMHeadModel.

    The head reuses the token embedding and is no module of its own, so it is counted, saved and pruned only once.
    """

    def __init__(self, config: GPT2Config):
        super().__init__()
        with torch.random.fork_rng([]):  # GPT2Model draws from the global generator; `draw` replaces its weights
            self.transformer = GPT2Model(config)
        self.transformer.set_attn_implementation("sdpa")  # the default; `blocks` relies on its causal mask

    def forward(self, tokens: Tensor) -> Tensor:
        """(batch, context) -> (batch, context, vocabulary), before the softmax."""
        hidden = self.transformer(input_ids=tokens).last_hidden_state  # (batch, context, width)
        return linear(hidden, self.transformer.wte.weight)

    def blocks(self) -> tuple[NetworkBlock, ...]:
        """See Blockwise: the embeddings, each transformer block, and the final norm with the head.

        A transformer block without an explicit mask uses torch's causal attention."""
        inner = (
            NetworkBlock(tuple(f"transformer.h.{index}.{name}" for name in LAYERS), block)
            for index, block in enumerate(self.transformer.h)
        )
        return (NetworkBlock((), self._embed), *inner, NetworkBlock((), self._predict))

    def _embed(self, tokens: Tensor) -> Tensor:
        """(batch, context) -> (batch, context, width)"""
        positions = torch.arange(tokens.shape[1], device=tokens.device)
        return self.transformer.drop(self.transformer.wte(tokens) + self.transformer.wpe(positions))

    def _predict(self, hidden: Tensor) -> Tensor:
        """(batch, context, width) -> (batch, context, vocabulary)"""
        return linear(self.transformer.ln_f(hidden), self.transformer.wte.weight)


def gpt2(blocks: Blocks, context: int, vocabulary: int, dropout: float, generator: torch.Generator) -> GPT2:
    """A network on the CPU, initialised as GPT-2 is; see `draw`."""
    heads, rest = divmod(blocks.width, blocks.head_width)
    common = [1 if rest else heads, blocks.mlp_widths[0]]  # sizes for all blocks, as GPT2Config wants them
    model = GPT2(
        GPT2Config(
            vocab_size=vocabulary, n_positions=context, n_embd=blocks.width, n_layer=blocks.count,
            n_head=common[0], n_inner=common[1],
            resid_pdrop=dropout, embd_pdrop=dropout, attn_pdrop=dropout, use_cache=False,
            bos_token_id=None, eos_token_id=None,
            activation_function="gelu_pytorch_tanh",  # gelu_new in one kernel
        )
    )  # fmt: skip
    for block, *sizes in zip(model.transformer.h, blocks.heads, blocks.mlp_widths, strict=True):
        if rest or sizes != common:
            _resize(block, blocks.head_width, *sizes)
    draw(model, blocks.count, generator)
    return model


def _resize(block: Any, head_width: int, heads: int, mlp_width: int) -> None:
    """Give a block of transformers another width of its heads, number of heads and width of its MLP.

    GPT2Config knows one size for all blocks, and heads that divide the residual stream among them."""
    attention, mlp, inner = block.attn, block.mlp, heads * head_width
    width = attention.embed_dim
    attention.num_heads, attention.head_dim, attention.split_size = heads, head_width, inner
    attention.scaling = head_width**-0.5
    with torch.random.fork_rng([]):  # Conv1D draws from the global generator; `draw` replaces its weights
        attention.c_attn, attention.c_proj = Conv1D(3 * inner, width), Conv1D(width, inner)
        mlp.c_fc, mlp.c_proj = Conv1D(mlp_width, width), Conv1D(width, mlp_width)


@torch.no_grad()
def draw(model: GPT2, blocks: int, generator: torch.Generator) -> None:
    """Initialise the parameters in place: matrices normal with standard deviation 0.02, biases 0, norms 1.

    For matrices that write to the residual stream the deviation is divided by the square root of their number,
    2 `blocks`."""
    for name, parameter in model.named_parameters():
        if parameter.ndim > 1:
            writes = name.endswith("c_proj.weight")
            parameter.normal_(0, DEVIATION / (2 * blocks) ** 0.5 if writes else DEVIATION, generator=generator)
        else:
            parameter.fill_(1 if "ln_" in name and name.endswith("weight") else 0)
