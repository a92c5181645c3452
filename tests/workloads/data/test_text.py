"""Texts: what is fetched, how it is split, and that every token is scored once."""

import os
import platform
from pathlib import Path

import pytest
import torch

from tests.conftest import fetched
from tests.workloads.batches import batches
from workloads.data import files, tokens, topics
from workloads.data.declared import GPT2_BPE, TINY_SHAKESPEARE
from workloads.data.sources import Sources, fetch, verify
from workloads.data.splits import UNSCORED
from workloads.data.text import Windows, disjoint_windows, split
from workloads.errors import DataError
from workloads.tasks.shakespeare import GPT2_TOKENS, ShakespeareGpt2


@pytest.fixture(scope="module")
def bard(sources_of_the_environment) -> Sources:
    """Sources with Tiny Shakespeare; skips where neither cache, mirror nor network has it."""
    return fetched(TINY_SHAKESPEARE, sources_of_the_environment)


@pytest.fixture(scope="module")
def with_vocabulary(bard) -> Sources:
    """The same with GPT-2's vocabulary."""
    return fetched(GPT2_BPE, bard)


def workload(**given) -> ShakespeareGpt2:
    return ShakespeareGpt2.model_validate(given)


def sizes(data) -> list[int]:
    return [len(data.train.tokens), *(part.predictions for part in data.held_out.values())]


def test_characters_are_as_published(bard):
    """1,115,394 characters, 65 of them different; nanoGPT's split has 1,003,854 and 111,540."""
    data = workload(split="nanogpt").load(bard)
    assert sizes(data) == [1_003_854, 111_540] and data.test is None
    assert data.train.tokens.unique().tolist() == list(range(65))
    halves = workload().load(bard)
    assert sizes(halves) == [1_003_854, 55_770, 55_770]
    assert [part.characters for part in halves.held_out.values()] == [55_770, 55_770]
    whole = torch.cat([part.targets.flatten()[: part.predictions] for part in halves.held_out.values()])
    assert torch.equal(whole, data.validation.targets.flatten()[:111_540])


def test_gpt2s_tokens_are_as_published(with_vocabulary):
    data = workload(split="nanogpt", tokenizer="gpt2").load(with_vocabulary)
    assert sizes(data) == [301_966, 36_059] == list(GPT2_TOKENS)
    assert data.validation.characters == 111_540
    encode = tokens.by_gpt2(with_vocabulary).encode
    assert encode("First Citizen:\nBefore we proceed").tolist() == [5962, 22307, 25, 198, 8421, 356, 5120]


def test_the_stand_in_bears_pythons_version():
    declared = topics.declared()
    assert declared.identity == f"pydoc-topics-{platform.python_version()}@1"
    assert (declared.characters, declared.vocabulary) == (len(topics.text()), len(set(topics.text())))
    data = workload(data="stand_in").load(Sources(Path("/nowhere")))
    train, validation, test = sizes(data)
    assert train + validation + test == declared.characters
    assert train == declared.characters * 9 // 10 and 0 <= test - validation <= 1


def test_every_token_is_scored_once_and_sees_those_before_it():
    """Seven tokens after a 9, in windows of three: the last has one token and two that do not count."""
    part = disjoint_windows(torch.arange(7), previous=9, context=3, characters=7)
    assert part.inputs.tolist() == [[9, 0, 1], [2, 3, 4], [5, 0, 0]]
    assert part.targets.tolist() == [[0, 1, 2], [3, 4, 5], [6, UNSCORED, UNSCORED]]
    assert part.predictions == 7
    assert [chunk.count for chunk in part.chunks(6)] == [2, 1] and [one.count for one in part.chunks(1)] == [1] * 3


def test_a_split_by_hand():
    data = split("abcabcabcdcba", tokens.by_characters("abcabcabcdcba"), (9, 2, 2), 3)
    assert data.train.tokens.tolist() == [0, 1, 2] * 3
    assert (data.validation.inputs.tolist(), data.validation.targets.tolist()) == ([[2, 3, 0]], [[3, 2, UNSCORED]])
    assert (data.test.inputs.tolist(), data.test.targets.tolist()) == ([[2, 1, 0]], [[1, 0, UNSCORED]])


def test_batches_are_windows_of_the_text_and_hang_on_seed_and_position_alone():
    examples = Windows(torch.arange(100) * 2, 8)
    assert (examples.count, examples.batches(3)) == (92, 4)
    drawn = list(batches(examples, 3, 0, 0, 9))
    for inputs, targets in drawn:
        assert inputs.shape == targets.shape == (3, 8)
        assert torch.equal(inputs, inputs[:, :1] + 2 * torch.arange(8)) and torch.equal(targets, inputs + 2)
    torch.manual_seed(7)  # the global stream must not matter
    for (inputs, _), (again, _) in zip(drawn[5:], batches(examples, 3, 0, 5, 9), strict=True):
        assert torch.equal(inputs, again)
    (other, _), *_ = batches(examples, 3, 1, 0, 1)
    assert not torch.equal(drawn[0][0], other) and not torch.equal(drawn[0][0], drawn[4][0])
    last = examples.take(torch.tensor([examples.count - 1]))
    assert last.targets[0, -1] == 198


@pytest.mark.parametrize("declared", [TINY_SHAKESPEARE, GPT2_BPE], ids=lambda declared: declared.name)
def test_files_come_from_the_mirror_and_are_vouched_for(declared, with_vocabulary, tmp_path):
    mirrored = Sources(tmp_path / "new", with_vocabulary.cache.as_uri())
    folder = fetch(declared, mirrored)
    assert verify(declared, mirrored) == ()
    (path, *_) = sorted(folder.glob("[a-z]*"))
    path.write_bytes(b"damaged")
    (problem,) = verify(declared, mirrored)
    assert str(path) in problem and f"`sparsity data fetch {declared.name}` downloads it again" in problem
    fetch(declared, mirrored)
    assert verify(declared, mirrored) == ()


def test_where_the_vocabulary_cannot_be_had_the_error_says_what_to_do(tmp_path, monkeypatch):
    empty = tmp_path / "mirror"
    empty.mkdir()
    lost = tuple(files.PublishedFile(one.name, empty.as_uri(), one.algorithm, one.checksum)
                 for one in files.FOLDERS[GPT2_BPE.identity][1])  # fmt: skip
    monkeypatch.setitem(files.FOLDERS, GPT2_BPE.identity, ("gpt2-bpe", lost))
    with pytest.raises(DataError) as told:
        tokens.by_gpt2(Sources(tmp_path / "cache", empty.as_uri()))
    text = str(told.value)
    assert text.startswith("gpt2-bpe could not be fetched. Tried:\n  ") and text.count("No such file") == 2
    assert "Put encoder.json (sha256 19613966" in text and str(tmp_path / "cache" / "gpt2-bpe") in text
    assert "SPARSITY_DATA_MIRROR" in text and "tokenizer: characters" in text
    assert not any(name.startswith("TIKTOKEN") for name in os.environ)
