"""Text samples of a language model."""

import torch

from workloads.data.splits import DataSet
from workloads.data.text import Windows
from workloads.network.state import State
from workloads.randomness import generator

TOKENS = 300  # per sample
TEMPERATURE = 0.8  # below 1, likely tokens become likelier; the default of nanoGPT


@torch.inference_mode()
def sample(state: State, data: DataSet, seed: int) -> str | None:
    """A text generated after a line break; None if the data are no text.

    All networks of a seed use the same random numbers."""
    if data.tokenizer is None or not isinstance(data.train, Windows):
        return None
    state.model.eval()
    rng = generator(seed, "sample")
    context = data.train.context
    tokens = torch.from_numpy(data.tokenizer.encode("\n"))
    for _ in range(TOKENS):
        logits = state.model(tokens[None, -context:].to(state.device))[0, -1].cpu()
        probabilities = torch.softmax(logits / TEMPERATURE, 0)
        tokens = torch.cat([tokens, torch.multinomial(probabilities, 1, generator=rng)])
    return data.tokenizer.decode(tokens[1:].tolist())
