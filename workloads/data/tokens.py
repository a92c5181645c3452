"""Tokenizers: texts as sequences of numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy

from workloads.data import files
from workloads.data.declared import GPT2_BPE
from workloads.data.sources import Sources

# GPT-2 first cuts a text into contractions, words, numbers, punctuation and spaces, then joins bytes within each.
PIECES = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"""


@dataclass(frozen=True)
class Tokenizer:
    """Encodes a text as tokens, int64 from 0 to less than the vocabulary's size, and decodes them."""

    encode: Callable[[str], numpy.ndarray]
    decode: Callable[[list[int]], str]


def by_characters(text: str) -> Tokenizer:
    """A tokenizer with one token for each character of `text`, numbered by code point.

    >>> by_characters("hello").encode("hole").tolist(), by_characters("hello").decode([1, 3, 2, 0])
    ([1, 3, 2, 0], 'hole')
    """
    vocabulary = sorted(set(text))
    numbers = {character: number for number, character in enumerate(vocabulary)}
    return Tokenizer(
        lambda part: numpy.array([numbers[character] for character in part], numpy.int64),
        lambda tokens: "".join(vocabulary[token] for token in tokens),
    )


def by_gpt2(sources: Sources) -> Tokenizer:
    """GPT-2's byte-pair encoding (Radford et al. 2019) from tiktoken, with the vocabulary in the cache.

    Raises DataError."""
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
    """An empty variable stops tiktoken from copying the files that it reads into a folder of its own."""
    previous = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = ""
    try:
        yield
    finally:
        os.environ.pop("TIKTOKEN_CACHE_DIR")
        os.environ |= {} if previous is None else {"TIKTOKEN_CACHE_DIR": previous}
