"""What a language model writes when it is let go on by itself."""

import torch

from workloads.data.splits import DataSet
from workloads.data.text import Windows
from workloads.network.state import State
from workloads.randomness import generator

TOKENS = 300  # that are drawn
TEMPERATURE = 0.8  # below 1 the likely becomes likelier; that of nanoGPT's samples


@torch.inference_mode()
def sample(state: State, data: DataSet, seed: int) -> str | None:
    """A text that begins with a line break, the same draws for all networks of a seed; None where data are no text."""
    if data.tokenizer is None or not isinstance(data.train, Windows):
        return None
    state.model.eval()
    draws = generator(seed, "sample")
    context = data.train.context
    written = torch.from_numpy(data.tokenizer.encode("\n"))
    for _ in range(TOKENS):
        logits = state.model(written[None, -context:].to(state.device))[0, -1].cpu()
        chances = torch.softmax(logits / TEMPERATURE, 0)
        written = torch.cat([written, torch.multinomial(chances, 1, generator=draws)])
    return data.tokenizer.decode(written[1:].tolist())
