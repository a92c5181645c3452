"""Inputs of layers, held against hooks on the whole network's own forward pass."""

import gc
import weakref

import pytest
import torch
from torch import nn

from dashboards.schema import MACHINE_METRICS
from tests.workloads.rows import WORKLOAD_ROWS, make, named
from tests.workloads.smaller import UNIT_ROWS, scrambled
from workloads.data.probe import probe
from workloads.data.splits import Split
from workloads.network.layer_inputs import layer_inputs, rows
from workloads.network.state import State
from workloads.pruning import changes
from workloads.rules.gradual import GradualRule
from workloads.run import run_trial
from workloads.trial import Record

CPU = torch.device("cpu")
EXAMPLES = 9
every_network = pytest.mark.parametrize("row", [*WORKLOAD_ROWS, *UNIT_ROWS], ids=named)
mlp, cnn, normed, gpt2 = WORKLOAD_ROWS[0], WORKLOAD_ROWS[3], UNIT_ROWS[0], WORKLOAD_ROWS[-1]
four_networks = pytest.mark.parametrize("row", [mlp, cnn, normed, gpt2], ids=named)


@pytest.fixture
def drawn(row, images_of):
    """A network in train mode whose tensors are drawn at random, and its training split, in float64."""
    trial = make(row, {"name": "dense"})
    state, examples = State.new(trial.workload, 0, CPU), images_of(trial).train
    state.model = scrambled(trial.workload)
    state.model.train()
    return state, in_double(examples) if isinstance(examples, Split) else examples


def in_double(split: Split) -> Split:
    return Split(split.inputs.double(), split.targets)


def hooked(state: State, examples, count=EXAMPLES) -> dict[str, torch.Tensor]:
    """The oracle: what the layers get while the network itself is computed as a whole on the same examples."""
    seen, modes = {}, [(module, module.training) for module in state.model.modules()]
    hooks = [
        state.model.get_submodule(layer.name).register_forward_hook(
            lambda module, inputs, output, name=layer.name: seen.update({name: inputs[0].clone()})
        )
        for layer in state.layers
    ]
    with torch.no_grad():
        state.model.eval()(probe(examples, count, 0).inputs)
    for hook in hooks:
        hook.remove()
    for module, training in modes:
        module.training = training
    return seen


@torch.no_grad()
def halved(state: State, name: str) -> None:
    """Take half of a layer's weights away, as a phase does, and change the others, as a solver does."""
    mask = torch.rand(state.weight(name).shape, generator=torch.Generator().manual_seed(1)) < 0.5
    state.put_masks({name: mask})
    state.weight(name).mul_(1.5)


@every_network
def test_they_are_what_the_whole_network_shows_its_layers(drawn):
    """In one chunk the arithmetic is the same to the last bit."""
    state, examples = drawn
    expected, found = hooked(state, examples), {}
    for block in layer_inputs(state, examples, EXAMPLES, 0, chunk=10**6):
        assert len(list(block.chunks())) == 1
        found |= block.full_sample()
    assert list(found) == [layer.name for layer in state.layers]
    assert all(torch.equal(found[name], expected[name]) for name in expected)


@every_network
@pytest.mark.parametrize("chunk", [1, 4, 100], ids=str)
def test_in_chunks_they_are_the_same(drawn, chunk):
    """A chunk of 4 predictions leaves a last one of one example; of GPT-2 one example is 32 predictions."""
    state, examples = drawn
    expected = hooked(state, examples)
    size = max(1, chunk // (32 if not state.workload.is_chain else 1))
    for block in layer_inputs(state, examples, EXAMPLES, 0, chunk):
        parts = list(block.chunks())
        sizes = [len(part[block.layers[0]]) for part in parts]
        assert sum(sizes) == EXAMPLES and all(each == size for each in sizes[:-1])
        for name, inputs in block.full_sample().items():
            assert inputs.shape == expected[name].shape
            assert torch.allclose(inputs, expected[name], rtol=1e-12, atol=1e-12)


@four_networks
def test_changes_of_a_block_are_seen_by_the_next(drawn):
    """The oracle is computed anew at every block, with all weights that have been changed by then."""
    state, examples = drawn
    before = hooked(state, examples)
    for number, block in enumerate(layer_inputs(state, examples, EXAMPLES, 0, chunk=10**6)):
        now, found = hooked(state, examples), block.full_sample()
        for name, inputs in found.items():
            assert torch.equal(inputs, now[name])
            assert torch.equal(inputs, before[name]) == (number == 0)
        for name in block.layers:
            halved(state, name)
    state.check_zeros()


def test_changes_of_a_block_that_is_at_hand_are_seen_when_asked_again(images_of):
    """GPT-2's block: what `c_proj` reads hangs on `c_attn`, of the same block."""
    trial = make(gpt2, {"name": "dense"})
    state, examples = State.new(trial.workload, 0, CPU), images_of(trial).train
    state.model = scrambled(trial.workload)
    block = next(layer_inputs(state, examples, EXAMPLES, 0))
    attention, output = block.layers[:2]
    first = block.full_sample()
    halved(state, attention)
    again = block.full_sample()
    assert torch.equal(first[attention], again[attention]) and not torch.equal(first[output], again[output])


@every_network
def test_rows_times_the_weights_are_what_a_layer_gives(drawn):
    """Whatever the layer, and however it stores its weights; each row is one place of one example."""
    state, examples = drawn
    for block in layer_inputs(state, examples, EXAMPLES, 0):
        for name, inputs in block.full_sample().items():
            layer, flat = state.model.get_submodule(name), rows(state.model.get_submodule(name), inputs)
            given = (flat @ state.matrices[name].flatten(1).T + layer.bias).detach()
            with torch.no_grad():
                expected = layer(inputs)
            if expected.ndim == 4:  # channels come second
                expected = expected.permute(0, 2, 3, 1)
            assert torch.allclose(given, expected.flatten(0, -2), rtol=1e-10, atol=1e-10)
            positions = next(one.positions for one in state.layers if one.name == name)
            assert len(flat) == EXAMPLES * positions


def test_patches_by_hand():
    """A picture of 1 to 9 and windows of 2 x 2: four places, from left to right and down. Two channels, the second ten
    times the first, stand one after the other."""
    picture = torch.arange(1.0, 10).view(1, 1, 3, 3)
    patches = [[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]]
    assert rows(nn.Conv2d(1, 1, 2), picture).tolist() == patches
    both = [[*patch, *(10 * value for value in patch)] for patch in patches]
    assert rows(nn.Conv2d(2, 1, 2), torch.cat([picture, 10 * picture], 1)).tolist() == both
    assert rows(nn.Conv2d(1, 1, 3, padding=1), picture)[0].tolist() == [0, 0, 0, 0, 1, 2, 0, 4, 5]
    assert rows(nn.Linear(2, 1), torch.tensor([[[1.0, 2], [3, 4]]])).tolist() == [[1, 2], [3, 4]]


@four_networks
def test_nothing_else_changes(drawn):
    """Not while the caller has its turn, nor when it breaks off, within a block or within a chunk."""
    state, examples = drawn
    list(state.model.modules())[1].eval()  # modes that differ come back one by one
    modes = [module.training for module in state.model.modules()]
    tensors = {name: tensor.clone() for name, tensor in state.model.state_dict().items()}
    torch.manual_seed(3)
    stream = torch.get_rng_state()

    def unchanged() -> None:
        assert [module.training for module in state.model.modules()] == modes
        assert not any(module._forward_pre_hooks or module._forward_hooks for module in state.model.modules())
        assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
        assert torch.equal(torch.get_rng_state(), stream)
        assert all(torch.equal(tensor, tensors[name]) for name, tensor in state.model.state_dict().items())
        assert all(parameter.grad is None and parameter.requires_grad for parameter in state.model.parameters())

    for block in layer_inputs(state, examples, EXAMPLES, 0, chunk=4):
        unchanged()
        for chunk in block.chunks():
            unchanged()
            assert not any(inputs.requires_grad for inputs in chunk.values())
    unchanged()
    for block in layer_inputs(state, examples, EXAMPLES, 0, chunk=4):
        next(block.chunks())
        break
    unchanged()


def test_a_block_that_fails_leaves_no_hooks(images_of):
    trial = make(mlp, {"name": "dense"})
    state = State.new(trial.workload, 0, CPU)
    blocks = layer_inputs(state, images_of(trial).train, EXAMPLES, 0)
    block = next(blocks)
    state.model.hidden[0] = nn.Linear(3, 3)  # takes no pictures of 64 numbers
    failing = next(layer_inputs(state, images_of(trial).train, EXAMPLES, 0))
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        failing.full_sample()
    assert not state.model.hidden[0]._forward_pre_hooks and state.model.training
    assert block.layers == ("hidden.0",)


@every_network
def test_what_the_block_before_got_is_let_go(drawn):
    """Nothing of a block outlives the next but what the caller keeps, and the caller is told."""
    state, examples = drawn
    known = None
    for block in layer_inputs(state, examples, EXAMPLES, 0, chunk=4):
        if known is not None:
            gc.collect()
            assert not [one for one in known[1] if one() is not None]
            with pytest.raises(ValueError, match=f"inputs of {known[0].layers[0]}.* later block .* before you go on"):
                known[0].full_sample()
        known = block, [weakref.ref(part) for part in block.inputs]


def test_they_are_of_the_examples_that_scores_are_measured_on(images_of):
    """The first ones of a larger sample are a smaller one, and another seed has others."""
    trial = make(mlp, {"name": "dense"})
    state, train = State.new(trial.workload, 0, CPU), images_of(trial).train
    shown = probe(train, 20, 5).inputs.flatten(1)
    few, many, others, all_of_them = (
        next(layer_inputs(state, train, count, seed)).full_sample()["hidden.0"]
        for count, seed in ((8, 5), (20, 5), (20, 6), (10**6, 5))
    )
    assert torch.equal(many, shown) and torch.equal(few, shown[:8]) and not torch.equal(others, shown)
    assert len(all_of_them) == train.count


def asked_for(block) -> tuple[tuple[str, ...], dict[str, int]]:
    """A block's layers, and how many examples flow into each."""
    return block.layers, {one: len(each) for one, each in block.full_sample().items()}


@four_networks
@pytest.mark.parametrize("method", ["static_random", "one_shot"], ids=["at init", "after training"])
def test_a_phase_can_ask_and_changes_no_figure(row, method, images_of, monkeypatch):
    """What it is given is enough; a trial that asks goes on as one that does not, dropout and BatchNorm included."""
    trial = make(row, {"name": method, "sparsity": 0.7})
    data = images_of(trial)
    expected, asked, prune = figures(trial, data), [], changes.CHANGES["prune"]

    def asking(phase, state, trial, data):
        asked.extend(asked_for(block) for block in layer_inputs(state, data.train, 20, trial.seed))
        return prune(phase, state, trial, data)

    monkeypatch.setitem(changes.CHANGES, "prune", asking)
    assert figures(trial, data) == expected
    assert {name for layers, _ in asked for name in layers} == {layer.name for layer in trial.workload.layers}
    assert all(count == 20 for _, counts in asked for count in counts.values())


@four_networks
def test_so_can_a_rule(row, images_of, monkeypatch):
    trial = make(row, {"name": "gradual", "sparsity": 0.7, "every": 4})
    data = images_of(trial)
    expected, asked, act = figures(trial, data), [], GradualRule.act

    def asking(rule, context):
        asked.extend(asked_for(block) for block in layer_inputs(context.state, context.data.train, 20, context.seed))
        return act(rule, context)

    monkeypatch.setattr(GradualRule, "act", asking)
    assert figures(trial, data) == expected
    assert {name for layers, _ in asked for name in layers} == {layer.name for layer in trial.workload.layers}
    assert all(count == 20 for _, counts in asked for count in counts.values())


def figures(trial, data) -> list[tuple]:
    records = [event for event in run_trial(trial, data) if isinstance(event, Record)]
    return [(one.label, one.step, one.name, one.value) for one in records if one.name not in MACHINE_METRICS]
