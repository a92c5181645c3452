"""Streams are pinned: if these numbers move, every figure ever published with this project moves."""

import hashlib
from itertools import combinations

import pytest
import torch

from tests.workloads.batches import batches
from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.data.probe import probe
from workloads.data.splits import Split
from workloads.network.state import State
from workloads.pruning.changes import shuffle
from workloads.pruning.criteria import Random
from workloads.pruning.ranking import scores
from workloads.pruning.select import select
from workloads.randomness import USES, generator, stream
from workloads.script.phases import Shuffle

GOLDEN = {  # SHA-256("4/purpose/index"), index by index as figures have had them from the first
    ("weights", 0): "4/init/0", ("weights", 2): "4/init/2", ("batches", 9): "4/order/9", ("dropout", 7): "4/dropout/7",
    ("scores", 0): "4/mask/0", ("ties", 0): "4/mask/1", ("shuffle", 0): "4/mask/2", ("shuffle", 3): "4/mask/5",
    ("probe", 0): "4/probe/0", ("chance_masks", 0): "4/probe/1", ("sample", 0): "4/probe/2",
    ("inputs", 0): "4/probe/3",
    ("grow", 100): "4/grow/100", ("noise", 3): "4/noise/3",
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


def test_each_use_draws_from_its_own_stream():
    """What is drawn at seed 3, written out: no use takes the numbers of another, none those of another seed."""

    def beginning(text: str) -> torch.Generator:
        return torch.Generator().manual_seed(int(hashlib.sha256(text.encode()).hexdigest()[:16], 16))

    def order(text: str, count: int = 100) -> torch.Tensor:
        return torch.randperm(count, generator=beginning(text))

    trial = make(WORKLOAD_ROWS[0], {"name": "dense"}, seed=3)
    first = torch.empty(64, 64).uniform_(-1 / 8, 1 / 8, generator=beginning("3/init/2"))  # 64 inputs
    assert torch.equal(trial.workload.model(3, draw=2).hidden[0].weight, first)

    split = Split(torch.arange(100.0).view(100, 1), torch.arange(100))
    ((_, batch),) = batches(split, 50, 3, 2, 3)  # of two an epoch the third
    assert torch.equal(batch, order("3/order/1")[:50])
    assert torch.equal(probe(split, 10, 3).targets, order("3/probe/0")[:10])

    weights = {"a": torch.zeros(4, 25)}
    random = torch.rand(4, 25, generator=beginning("3/mask/0"))
    assert torch.equal(scores(Random(), weights, None, None, 3)["a"], random)
    tied = select(weights, {"a": 40}, {"a": torch.ones(4, 25, dtype=torch.bool)}, 3)["a"]
    assert torch.equal(tied.flatten().nonzero().flatten(), order("3/mask/1")[:40].sort().values)

    state = State.new(trial.workload, 3, torch.device("cpu"))
    before = torch.arange(64 * 64).view(64, 64) % 2 == 0
    state.put_masks(state.masks | {"hidden.0": before})
    after = shuffle(Shuffle(draw=2), state, trial, None).masks["hidden.0"]
    assert torch.equal(after.flatten(), before.flatten()[order("3/mask/3", before.numel())])
