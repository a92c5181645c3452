"""Texts as tensors: split, tokenised and cut into windows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.functional import pad

from workloads.data.splits import UNSCORED, DataSet, Examples, Split
from workloads.data.tokens import Tokenizer


@dataclass(frozen=True)
class Windows(Examples):
    """A text to train on: every window of `context` tokens is an example, and windows overlap.

    The targets of a window are its tokens shifted by one. An epoch draws as many tokens as the text has."""

    tokens: Tensor  # int64 (n,), n > context
    context: int

    @property
    def count(self) -> int:
        """See Examples."""
        return len(self.tokens) - self.context

    @property
    def device(self) -> torch.device:
        """See Examples."""
        return self.tokens.device

    def batches(self, size: int) -> int:
        """See Examples."""
        return len(self.tokens) // (size * self.context)

    def take(self, indices: Tensor) -> Split:
        """See Examples."""
        offsets = indices[:, None] + torch.arange(self.context, device=self.device)  # (batch, context)
        return Split(self.tokens[offsets], self.tokens[offsets + 1])

    def to(self, device: torch.device | str) -> Windows:
        """See Examples."""
        return replace(self, tokens=self.tokens.to(device))


def split(text: str, tokenizer: Tokenizer, parts: tuple[int, ...], context: int) -> DataSet:
    """A text split into consecutive parts: training, validation and, if there are three, test.

    `parts` are lengths in characters. Each part is tokenised separately, so that no token spans two parts.
    """
    boundaries = [sum(parts[:number]) for number in range(len(parts) + 1)]
    tokens = [torch.from_numpy(tokenizer.encode(text[start:stop])) for start, stop in pairwise(boundaries)]
    held_out = [
        disjoint_windows(part, int(previous[-1]), context, characters)
        for (previous, part), characters in zip(pairwise(tokens), parts[1:], strict=True)
    ]
    validation, test = (*held_out, None)[:2]
    digest = hashlib.sha256(text.encode()).hexdigest()
    return DataSet(Windows(tokens[0], context), validation, test, digest, tokenizer)


def disjoint_windows(tokens: Tensor, previous: int, context: int, characters: int) -> Split:
    """A text to measure on, in windows that do not overlap: each token is predicted once.

    `previous` is the token before the text, from which the first token is predicted. The last window is padded, with
    UNSCORED targets.

    >>> disjoint_windows(torch.tensor([5, 6, 7]), previous=4, context=2, characters=3).inputs.tolist()
    [[4, 5], [6, 0]]
    """
    padding = (0, -len(tokens) % context)
    inputs = torch.cat([torch.tensor([previous]), tokens[:-1]])
    return Split(
        pad(inputs, padding).view(-1, context), pad(tokens, padding, value=UNSCORED).view(-1, context), characters
    )
