"""Streams are pinned: if these numbers move, every figure ever published with this project moves."""

import hashlib
from itertools import combinations

import pytest
import torch

from workloads.data.splits import Split
from workloads.pruning.criteria import Random
from workloads.pruning.ranking import scores
from workloads.randomness import USES, generator, stream
from workloads.training.loop import batches

GOLDEN = {  # SHA-256("4/purpose/index"), index by index as figures have had them from the first
    ("weights", 0): "4/init/0", ("weights", 2): "4/init/2", ("batches", 9): "4/order/9", ("dropout", 7): "4/dropout/7",
    ("scores", 0): "4/mask/0", ("ties", 0): "4/mask/1", ("shuffle", 0): "4/mask/2", ("shuffle", 3): "4/mask/5",
    ("probe", 0): "4/probe/0", ("chance_masks", 0): "4/probe/1", ("sample", 0): "4/probe/2",
}  # fmt: skip


def test_golden_streams():
    for (use, number), text in GOLDEN.items():
        assert stream(4, use, number) == int(hashlib.sha256(text.encode()).hexdigest()[:16], 16)
    assert {use for use, _ in GOLDEN} == set(USES)
    assert stream(0, "weights") == 15231391084146172454 and stream(4, "batches", 9) == 2230469880955196739


def test_no_two_uses_share_a_stream():
    for one, other in combinations(USES.values(), 2):
        if one.purpose == other.purpose:
            first, then = sorted((one, other), key=lambda streams: streams.first)
            assert first.count is not None and first.first + first.count <= then.first


def test_a_stream_that_a_use_does_not_have_is_refused():
    for use, number in (("ties", 1), ("weights", -1)):
        with pytest.raises(ValueError, match=f"{use} has no stream {number}; it has"):
            stream(0, use, number)


def test_streams_are_apart():
    drawn = [torch.rand(5, generator=generator(0, use)) for use in USES]
    assert not any(torch.equal(one, other) for one, other in combinations(drawn, 2))


def test_random_masks_of_one_seed_nest():
    weight = {"a": torch.zeros(20, 30), "b": torch.zeros(5, 6)}
    first, again = (scores(Random(), weight, None, None, seed=3) for _ in range(2))
    assert all(torch.equal(first[name], again[name]) for name in weight)
    assert not torch.equal(first["a"], scores(Random(), weight, None, None, seed=4)["a"])


def test_batches_are_a_function_of_the_position():
    split = Split(torch.arange(10.0).view(10, 1), torch.arange(10))
    whole = [targets.tolist() for _, targets in batches(split, 3, 0, 0, 7)]
    tail = [targets.tolist() for _, targets in batches(split, 3, 0, 4, 7)]
    assert whole[4:] == tail
    first_epoch = sum(whole[:3], [])
    assert len(set(first_epoch)) == 9  # each example at most once; the last partial batch is dropped
    assert first_epoch != sum(whole[3:6], [])


@pytest.mark.parametrize("seed", [0, 1])
def test_seeds_order_batches_differently(seed):
    split = Split(torch.arange(100.0).view(100, 1), torch.arange(100))
    mine, other = (next(iter(batches(split, 50, one, 0, 1)))[1].tolist() for one in (seed, seed + 1))
    assert mine != other
