"""Texts as tensors: split, turned into tokens, cut into windows."""

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
    """A text to train on. Each stretch of `context` tokens is an example, wherever it begins; its targets are the
    tokens that come next. An epoch has as many batches as would hold the text once."""

    tokens: Tensor  # int64 (n,), n above context
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

    def take(self, chosen: Tensor) -> Split:
        """See Examples."""
        places = chosen[:, None] + torch.arange(self.context, device=self.device)  # (batch, context)
        return Split(self.tokens[places], self.tokens[places + 1])

    def to(self, device: torch.device | str) -> Windows:
        """See Examples."""
        return replace(self, tokens=self.tokens.to(device))


def split(text: str, tokenizer: Tokenizer, parts: tuple[int, ...], context: int) -> DataSet:
    """A text in parts of so many characters: training, validation and, if there are three, test.

    The parts are turned into tokens one by one, so that each has its own characters and no others.
    """
    places = [sum(parts[:number]) for number in range(len(parts) + 1)]
    tokens = [torch.from_numpy(tokenizer.encode(text[start:stop])) for start, stop in pairwise(places)]
    held_out = [
        scored(now, int(before[-1]), context, characters)
        for (before, now), characters in zip(pairwise(tokens), parts[1:], strict=True)
    ]
    validation, test = (*held_out, None)[:2]
    digest = hashlib.sha256(text.encode()).hexdigest()
    return DataSet(Windows(tokens[0], context), validation, test, digest, tokenizer)


def scored(tokens: Tensor, before: int, context: int, characters: int) -> Split:
    """A text to be measured on, in windows that do not overlap: each token is scored once, the first one after the
    token `before`. The last window is filled up with what is not scored.

    >>> scored(torch.tensor([5, 6, 7]), before=4, context=2, characters=3).inputs.tolist()
    [[4, 5], [6, 0]]
    """
    short = -len(tokens) % context
    inputs = torch.cat([torch.tensor([before]), tokens[:-1]])
    return Split(
        pad(inputs, (0, short)).view(-1, context), pad(tokens, (0, short), value=UNSCORED).view(-1, context), characters
    )
