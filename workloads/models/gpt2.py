"""GPT-2 (Radford et al. 2019), as transformers has it, with weights of our own."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import linear
from transformers import GPT2Config, GPT2Model

from workloads.models.blocks import Blocks
from workloads.models.blockwise import NetworkBlock

SPREAD = 0.02  # standard deviation of the first weights
LAYERS = ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")  # prunable ones of a block, as it computes them


class GPT2(nn.Module):
    """transformers' GPT2Model under the head of its GPT2LMHeadModel.

    The head is the token embedding once more, and no module: so nobody counts, saves or prunes it twice.
    """

    def __init__(self, config: GPT2Config):
        super().__init__()
        with torch.random.fork_rng([]):  # it draws weights from torch's global generator; `gpt2` draws its own
            self.transformer = GPT2Model(config)
        self.transformer.set_attn_implementation("sdpa")  # torch's own, the default: `blocks` counts on it

    def forward(self, tokens: Tensor) -> Tensor:
        """(batch, context) -> (batch, context, vocabulary), before the softmax."""
        flowing = self.transformer(input_ids=tokens).last_hidden_state  # (batch, context, width)
        return linear(flowing, self.transformer.wte.weight)

    def blocks(self) -> tuple[NetworkBlock, ...]:
        """See Blockwise: the embeddings, each block of attention and MLP, and the head with its norm.

        Torch's own attention, where it is given no mask, hides from each token those that come later."""
        inner = (
            NetworkBlock(tuple(f"transformer.h.{index}.{name}" for name in LAYERS), block)
            for index, block in enumerate(self.transformer.h)
        )
        return (NetworkBlock((), self._embedded), *inner, NetworkBlock((), self._predicted))

    def _embedded(self, tokens: Tensor) -> Tensor:
        """(batch, context) -> (batch, context, width)"""
        places = torch.arange(tokens.shape[1], device=tokens.device)
        return self.transformer.drop(self.transformer.wte(tokens) + self.transformer.wpe(places))

    def _predicted(self, flowing: Tensor) -> Tensor:
        """(batch, context, width) -> (batch, context, vocabulary)"""
        return linear(self.transformer.ln_f(flowing), self.transformer.wte.weight)


def gpt2(blocks: Blocks, context: int, vocabulary: int, dropout: float, generator: torch.Generator) -> GPT2:
    """A network on the CPU, its weights drawn as GPT-2's were: see `draw`."""
    model = GPT2(
        GPT2Config(
            vocab_size=vocabulary, n_positions=context, n_embd=blocks.width, n_layer=blocks.count,
            n_head=blocks.heads, n_inner=blocks.mlp_width, resid_pdrop=dropout, embd_pdrop=dropout,
            attn_pdrop=dropout, use_cache=False, bos_token_id=None, eos_token_id=None,
            activation_function="gelu_pytorch_tanh",  # gelu_new in one kernel
        )
    )  # fmt: skip
    draw(model, blocks.count, generator)
    return model


@torch.no_grad()
def draw(model: GPT2, blocks: int, generator: torch.Generator) -> None:
    """Matrices normal, those that write into the residual stream narrower the more of them do; biases 0, norms 1."""
    for name, parameter in model.named_parameters():
        if parameter.ndim > 1:
            writes = name.endswith("c_proj.weight")
            parameter.normal_(0, SPREAD / (2 * blocks) ** 0.5 if writes else SPREAD, generator=generator)
        else:
            parameter.fill_(1 if "ln_" in name and name.endswith("weight") else 0)
