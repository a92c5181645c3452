"""Streams are pinned: if these numbers move, every figure ever published with this project moves."""

import hashlib

import pytest
import torch

from workloads.data.splits import Split
from workloads.pruning.criteria import scores
from workloads.pruning.importance import Random
from workloads.randomness import generator, stream
from workloads.training.loop import batches


def test_golden_streams():
    assert stream(0, "init") == 15231391084146172454 == int(hashlib.sha256(b"0/init/0").hexdigest()[:16], 16)
    assert stream(4, "order", 9) == 2230469880955196739 == int(hashlib.sha256(b"4/order/9").hexdigest()[:16], 16)


def test_streams_are_apart():
    keys = [
        (seed, purpose, index) for seed in (0, 1) for purpose in ("init", "order", "mask", "probe") for index in (0, 1)
    ]
    assert len({stream(*key) for key in keys}) == len(keys)
    assert not torch.equal(torch.rand(5, generator=generator(0, "init")), torch.rand(5, generator=generator(0, "mask")))


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
