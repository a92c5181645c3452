"""How texts become numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy

from workloads.data import files
from workloads.data.declared import GPT2_BPE
from workloads.data.sources import Sources

# How GPT-2 cuts a text before it joins bytes: contractions, words, numbers, signs, spaces.
PIECES = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"""


@dataclass(frozen=True)
class Tokenizer:
    """A text to its tokens, int64, each less than the vocabulary, and back."""

    encode: Callable[[str], numpy.ndarray]
    decode: Callable[[list[int]], str]


def by_characters(text: str) -> Tokenizer:
    """Every character of `text` is a token, numbered in the order of their code points.

    >>> by_characters("hello").encode("hole").tolist(), by_characters("hello").decode([1, 3, 2, 0])
    ([1, 3, 2, 0], 'hole')
    """
    known = sorted(set(text))
    numbers = {one: number for number, one in enumerate(known)}
    return Tokenizer(
        lambda part: numpy.array([numbers[one] for one in part], numpy.int64),
        lambda tokens: "".join(known[token] for token in tokens),
    )


def by_gpt2(sources: Sources) -> Tokenizer:
    """GPT-2's byte pairs (Radford et al. 2019), by tiktoken with the vocabulary from the cache. Raises DataError."""
    import tiktoken
    from tiktoken.load import data_gym_to_mergeable_bpe_ranks

    files.read(GPT2_BPE, sources)
    folder = files.folder(GPT2_BPE, sources)
    with _without_copies():
        ranks = data_gym_to_mergeable_bpe_ranks(str(folder / "vocab.bpe"), str(folder / "encoder.json"))
    encoding = tiktoken.Encoding("gpt2", pat_str=PIECES, mergeable_ranks=ranks, special_tokens={})
    return Tokenizer(lambda part: numpy.array(encoding.encode_ordinary(part), numpy.int64), encoding.decode)


@contextmanager
def _without_copies() -> Iterator[None]:
    """tiktoken keeps copies of the files that it reads in a folder of its own, unless this variable is empty."""
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = ""
    try:
        yield
    finally:
        os.environ.pop("TIKTOKEN_CACHE_DIR")
        os.environ |= {} if before is None else {"TIKTOKEN_CACHE_DIR": before}
