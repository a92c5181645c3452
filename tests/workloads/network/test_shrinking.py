"""Networks without their dead units: the same outputs, the same steps of training, and smaller tensors."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workloads.rows import WORKLOAD_ROWS, make, named
from tests.workloads.smaller import UNIT_ROWS, scrambled, without
from workloads.data.splits import Examples, Split
from workloads.network.rule_state import RuleState
from workloads.network.shrinking import shrunk
from workloads.network.snapshot import full_snapshot, remember, restored
from workloads.network.state import State
from workloads.pruning.unit_removal import mask_units
from workloads.script.phases import Train
from workloads.training.loop import train

CPU = torch.device("cpu")
ROWS = [row | ({"dropout": 0.0} if "heads" in row else {}) for row in (*WORKLOAD_ROWS, *UNIT_ROWS)]
MLP, CNN, LENET_5, GPT2 = ROWS[0], UNIT_ROWS[0], ROWS[6], ROWS[7]
OPTIMIZERS = [
    {"name": "sgd", "lr": 0.05, "momentum": 0.9, "weight_decay": 1e-2},
    {"name": "adam", "weight_decay": 1e-2},
    # Before a norm the gradients of biases are rounding errors, and a small eps would make whole steps of them.
    {"name": "adamw", "weight_decay": 1e-2, "eps": 1e-3},
]
every_network = pytest.mark.parametrize("row", ROWS, ids=named)


def network(row: dict, **training) -> State:
    """A state in float64 whose tensors are drawn at random: no norm, bias or statistic is at 0 or 1."""
    workload = make(row, {"name": "dense"}, **training).workload
    state = State.new(workload, 0, CPU)
    state.model.double()
    state.model.load_state_dict(scrambled(workload).state_dict())
    return state


def in_float64(examples: Examples) -> Examples:
    return replace(examples, inputs=examples.inputs.double()) if isinstance(examples, Split) else examples


def images(*shape: int) -> Split:
    return Split(torch.randn(4, *shape, dtype=torch.float64), torch.zeros(4, dtype=torch.int64))


@torch.no_grad()
def outputs(state: State, examples: Examples) -> torch.Tensor:
    return state.model.eval()(examples.take(torch.arange(min(6, examples.count))).inputs)


def same(one: torch.Tensor, other: torch.Tensor) -> bool:
    assert one.dtype == other.dtype == torch.float64
    return bool((one - other).abs().max() <= 1e-12 * max(1.0, float(other.abs().max())))


def some_units(state: State, seed: int = 0) -> dict[str, torch.Tensor]:
    """In each block about half of the units, at least one, at random."""
    drawn, kept = torch.Generator().manual_seed(seed), {}
    for block in state.workload.units():
        kept[block.layer] = torch.rand(block.count, generator=drawn) < 0.5
        kept[block.layer][int(torch.randint(block.count, (), generator=drawn))] = True
    return kept


def others(kept: dict[str, torch.Tensor]) -> dict[str, set[int]]:
    return {layer: set(torch.nonzero(~units).flatten().tolist()) for layer, units in kept.items()}


@every_network
def test_a_shrunk_network_computes_what_the_masked_one_computes(row, images_of):
    """The oracle cuts the units' entries out of the tensors, and knows nothing of dead units."""
    state = network(row)
    split, kept = in_float64(images_of(make(row, {"name": "dense"})).train), some_units(state)
    mask_units(state, kept)
    masked = outputs(state, split)
    small = shrunk(state, split, 0)
    assert same(outputs(small, split), masked) and torch.equal(outputs(state, split), masked)
    oracle = without(state.workload, state.model, others(kept))
    assert {name: tensor.shape for name, tensor in small.model.state_dict().items()} == {
        name: tensor.shape for name, tensor in oracle.state_dict().items()
    }
    assert all(torch.equal(small.model.state_dict()[name], tensor) for name, tensor in oracle.state_dict().items())
    assert [block.count for block in small.workload.units()] == [int(units.sum()) for units in kept.values()]
    assert all(bool(mask.all()) for mask in small.masks.values())
    assert small.workload.prunable == sum(weight.numel() for weight in small.weights.values())


def test_parameters_by_formula():
    """784-20-30-10 becomes 784-5-6-10; of a GPT-2 of width 8, heads of width 4 and an MLP of 32 half of each go."""
    state = network(ROWS[1])
    mask_units(state, {"hidden.0": torch.arange(20) < 5, "hidden.1": torch.arange(30) < 6})
    small = shrunk(state, images(784), 0)
    assert sum(each.numel() for each in small.model.parameters()) == 785 * 5 + 6 * 6 + 7 * 10
    gpt2 = network(GPT2)
    mask_units(gpt2, {block.layer: torch.arange(block.count) < block.count // 2 for block in gpt2.workload.units()})
    small = shrunk(gpt2, Split(torch.zeros(1, 32, dtype=torch.int64), torch.zeros(1, 32, dtype=torch.int64)), 0)
    inner = (8 + 1) * 3 * 4 + (4 + 1) * 8 + (8 + 1) * 16 + (16 + 1) * 8 + 2 * 2 * 8  # qkv, output, MLP, norms
    vocabulary = small.model.transformer.wte.weight.shape[0]
    assert sum(each.numel() for each in small.model.parameters()) == 2 * inner + 2 * 8 + 8 * (32 + vocabulary)


@every_network
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda row: row["name"])
def test_steps_after_shrinking_are_those_of_the_masked_network(row, optimizer, images_of):
    state = network(row, optimizer=optimizer, clip_norm=1.0)
    split, kept = in_float64(images_of(make(row, {"name": "dense"})).train), some_units(state)
    train(state, split, Train(start=0, stop=2), 12, 0)  # the optimizer's buffers fill
    mask_units(state, kept)
    small = shrunk(state, split, 0)
    steps = {id(value["step"]): float(value["step"]) for value in small.optimizer.state.values() if "step" in value}
    assert set(steps.values()) <= {2.0}
    for each in (state, small):
        train(each, split, Train(start=2, stop=5), 12, 0)
    oracle = without(state.workload, state.model, others(kept)).state_dict()
    for name, tensor in small.model.state_dict().items():
        assert not tensor.is_floating_point() or same(tensor, oracle[name]), name
    assert same(torch.tensor(small.since_look.loss).double(), torch.tensor(state.since_look.loss).double())


def test_a_constant_is_moved_into_the_next_bias():
    """A neuron without inputs emits relu(2) = 2, and is read with 3 and with -1; one that emits relu(-5) moves 0."""
    state = network({"name": "digits_mlp", "hidden": [3]})
    weight, bias = state.weight("hidden.0").data, state.bias("hidden.0").data
    weight[:2], bias[:2] = 0.0, torch.tensor([2.0, -5.0])
    state.weight("output").data[:2, 0] = torch.tensor([3.0, -1.0])
    before = state.bias("output").data.clone()
    split = images(64)
    whole, small = outputs(state, split), shrunk(state, split, 0)
    assert small.workload.hidden == (1,) and torch.equal(small.weight("hidden.0"), weight[2:])
    assert (small.bias("output").data - before)[:2].tolist() == pytest.approx([6.0, -2.0])
    assert same(outputs(small, split), whole) and torch.equal(state.bias("output").data, before)


def channels(row: dict, block: int, shift: float) -> tuple[State, Split]:
    """A network whose channel 1 in one block emits a constant, with this bias or shift of the norm."""
    state = network(row)
    state.weight(f"convs.{block}").data[1] = 0.0
    if (norm := state.model.norms[block]) and isinstance(norm, torch.nn.BatchNorm2d):
        norm.weight.data[1], norm.bias.data[1] = 0.0, shift
    else:
        state.bias(f"convs.{block}").data[1] = shift
    return state, images(1, 28, 28)


@pytest.mark.parametrize(
    ("row", "block", "shift", "left"),
    [
        (CNN, 0, 1.5, (4, 3, 5)),  # at the border of the next convolution fewer weights see the constant
        (CNN, 0, -1.5, (3, 3, 5)),  # ReLU makes it 0
        (CNN, 2, 1.5, (4, 3, 4)),  # a flatten has no border
        (LENET_5, 0, 1.5, (3, 5)),  # nor has a convolution without padding
    ],
    ids=["padded", "relu", "flatten", "unpadded"],
)
def test_constants_of_channels(row, block, shift, left):
    state, split = channels(row, block, shift)
    whole, small = outputs(state, split), shrunk(state, split, 0)
    assert tuple(conv.out_channels for conv in small.model.convs) == left
    assert same(outputs(small, split), whole)


def test_a_head_without_values_emits_their_bias(images_of):
    """Whatever queries and keys do: the mean of equal values is that value."""
    row = UNIT_ROWS[3]
    state = network(row)
    split = images_of(make(row, {"name": "dense"})).train
    name = "transformer.h.0.attn.c_attn"
    state.weight(name).data[:, 24 + 4 : 24 + 8] = 0.0  # of three heads of width 4 the values of the second
    small = shrunk(state, split, 0)
    assert small.workload.heads == 2 and small.workload.mlp_width == (6, 9)
    assert same(outputs(small, split), outputs(state, split))
    state.weight(name).data[:, :8] = 0.0  # queries of two heads: they attend evenly, and are alive
    assert shrunk(state, split, 0).workload.heads == 2


def test_a_removed_unit_may_have_been_the_only_reader():
    """Of 3 and 2 neurons, the first of the second block is read by nobody; only it reads the first block's first."""
    state = network({"name": "digits_mlp", "hidden": [3, 2]})
    state.weight("output").data[:, 0] = 0.0
    state.weight("hidden.1").data[1, 0] = 0.0
    split = images(64)
    small = shrunk(state, split, 0)
    assert small.workload.hidden == (2, 1) and same(outputs(small, split), outputs(state, split))


@every_network
def test_each_block_keeps_a_unit(row, images_of):
    """Even where no weight is left; the outputs are then constant."""
    state = network(row)
    state.put_masks({name: torch.zeros_like(mask) for name, mask in state.masks.items()})
    split = in_float64(images_of(make(row, {"name": "dense"})).train)
    small = shrunk(state, split, 0)
    padded = [conv for conv in getattr(small.model, "convs", ()) if conv.padding != (0, 0)][1:]  # hold constants
    assert padded or {block.count for block in small.workload.units()} <= {1}
    assert same(outputs(small, split), outputs(state, split))


@settings(max_examples=60, deadline=None)
@given(row=st.sampled_from(ROWS), sparsity=st.floats(0.5, 0.99), seed=st.integers(0, 2**32))
def test_law_any_zeros_shrink_to_the_same_outputs(images_of, row, sparsity, seed):
    """Unstructured masks, over the weights at random and over whole rows and columns of some."""
    state, drawn = network(row), torch.Generator().manual_seed(seed)
    masks = {}
    for name, mask in state.masks.items():
        rows, columns = (torch.rand(size, generator=drawn) > 0.3 for size in mask.shape[:2])
        masks[name] = torch.rand(mask.shape, generator=drawn) > sparsity
        masks[name] &= (rows[:, None] & columns).view(*mask.shape[:2], *[1] * (mask.ndim - 2))
    state.put_masks(masks)
    split = in_float64(images_of(make(row, {"name": "dense"})).train)
    small = shrunk(state, split, 0)
    assert same(outputs(small, split), outputs(state, split))
    assert small.workload.prunable <= state.workload.prunable
    for name, mask in small.masks.items():
        assert int(small.weights[name].detach()[~mask].count_nonzero()) == 0
    assert shrunk(small, split, 0) is small


def test_what_a_state_carries_shrinks_with_it(images_of):
    """Zeros of the last look, and a rule's tensors, are cut as the weights are; looks and totals stay."""
    state = network(MLP)
    split = in_float64(images_of(make(MLP, {"name": "dense"})).train)
    remember(state, "before")
    train(state, split, Train(start=0, stop=3), 12, 0)
    kept = some_units(state)
    mask_units(state, kept)
    train(state, split, Train(start=3, stop=5), 12, 0)
    state.zeros = {name: weight.detach() == 0 for name, weight in state.weights.items()}
    before = {f"recent/0/{name}": weight.detach().clone() for name, weight in state.weights.items()}
    state.rule = RuleState("any", before | {"total": torch.ones(3)}, {"count": 7})
    small = shrunk(state, split, 0)
    assert not any(bool(zeros.any()) for zeros in small.zeros.values())
    assert all(torch.equal(small.rule.tensors[f"recent/0/{name}"], weight) for name, weight in small.weights.items())
    assert small.rule.tensors["total"].tolist() == [1, 1, 1] and small.rule.facts == {"count": 7}
    assert (small.tally.steps_total, small.tally.mask_step, small.step, small.init) == (5, 5, 5, state.init)
    assert small.tally.seconds_since_mask == 0.0 < small.tally.path_seconds
    assert small.model.training and state.model.training
    assert restored(small.remembered["before"], CPU).workload == state.workload


@pytest.mark.parametrize("row", [MLP, CNN, LENET_5, GPT2, UNIT_ROWS[3]], ids=named)
def test_saved_and_restored_it_goes_on_to_the_same_bits(row, images_of):
    trial = make(row, {"name": "dense"}, optimizer={"name": "adamw"})
    state, split = State.new(trial.workload, 0, CPU), images_of(trial).train
    train(state, split, Train(start=0, stop=2), 12, 0)
    mask_units(state, some_units(state))
    small = shrunk(state, split, 0)
    assert small.workload != trial.workload
    again = restored(full_snapshot(small), CPU)
    assert again.workload == small.workload and torch.equal(outputs(again, split), outputs(small, split))
    for each in (small, again):
        train(each, split, Train(start=2, stop=6), 12, 0)
    assert all(torch.equal(tensor, again.model.state_dict()[name]) for name, tensor in small.model.state_dict().items())


def test_convolutions_stay_channels_last(images_of):
    state = State.new(make(CNN, {"name": "dense"}).workload, 0, CPU)
    split = images_of(make(CNN, {"name": "dense"})).train
    train(state, split, Train(start=0, stop=1), 12, 0)
    mask_units(state, some_units(state))
    small = shrunk(state, split, 0)
    for conv in small.model.convs:
        tensors = (conv.weight, *small.buffers(conv.weight))
        assert len(tensors) == 3 and all(one.is_contiguous(memory_format=torch.channels_last) for one in tensors)
