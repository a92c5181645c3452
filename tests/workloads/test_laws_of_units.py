"""Laws of units: what is listed as a unit's is all that makes the unit, and nothing else. Each row is a network."""

from collections import Counter

import pytest
import torch

from tests.workloads.rows import WORKLOAD_ROWS, make, named
from tests.workloads.smaller import UNIT_ROWS, scrambled, without, zeroed
from workloads.measure.dead import dead_neurons

ROWS = [*WORKLOAD_ROWS, *UNIT_ROWS]
every_network = pytest.mark.parametrize("row", ROWS, ids=named)


@pytest.fixture
def network(row, images_of):
    """A workload, a network of its kind with all tensors drawn at random, and a few examples, in float64."""
    trial = make(row, {"name": "dense"})
    shown = images_of(trial).train.take(torch.arange(0, 600, 100)).inputs
    return trial.workload, scrambled(trial.workload), shown.double() if shown.is_floating_point() else shown


@torch.no_grad()
def outputs(model, shown, tensors=None):
    """What the network gives, with other tensors than its own where they are given."""
    if tensors is None:
        return model(shown)
    return torch.func.functional_call(model, tensors, (shown,))


@every_network
def test_a_unit_that_nothing_leads_to_is_one_that_nobody_reads(network):
    """To the last bit: zeros are added in either case."""
    workload, model, shown = network
    whole = outputs(model, shown)
    for block in workload.units():
        seen = 0
        for unit in range(block.count):
            given, read = (
                outputs(model, shown, zeroed(model, one, {unit})) for one in (block.incoming, block.outgoing)
            )
            assert torch.equal(given, read), (block.layer, unit)
            seen += not torch.equal(read, whole)
        assert seen > block.count / 3  # else it would be a law about units that do nothing


@every_network
@pytest.mark.parametrize("left", ["all but one", "one", "half"])
def test_a_smaller_network_gives_what_the_whole_one_does_without_reading_the_units(network, left):
    """All blocks at once, other units in each; the outputs differ by rounding alone."""
    workload, model, shown = network
    removed = {}
    for number, block in enumerate(workload.units()):
        order = torch.randperm(block.count, generator=torch.Generator().manual_seed(number)).tolist()
        gone = {"all but one": 1, "one": block.count - 1, "half": block.count // 2}[left]
        removed[block.layer] = set(order[:gone])
    smaller = without(workload, model, removed)
    unread = dict(model.state_dict())
    for block in workload.units():
        for one in block.outgoing:
            unread[one.tensor] = zeroed(model, (one,), removed[block.layer])[one.tensor]
    expected, found = outputs(model, shown, unread), outputs(smaller, shown)
    assert found.dtype == torch.float64
    assert (found - expected).abs().max() <= 1e-12 * expected.abs().max()
    sizes = [sum(one.numel() for one in each.parameters()) for each in (smaller, model)]
    assert sizes[0] < sizes[1] or not removed


@every_network
def test_units_can_go_from_one_block_alone(network):
    workload, model, shown = network
    for block in workload.units():
        smaller = without(workload, model, {block.layer: {0}})
        expected = outputs(model, shown, zeroed(model, block.outgoing, {0}))
        assert (outputs(smaller, shown) - expected).abs().max() <= 1e-12 * expected.abs().max()


@every_network
def test_the_units_of_a_block_share_each_axis_out_among_them(network):
    workload, model, _ = network
    tensors = model.state_dict()
    for block in workload.units():
        for one in block.entries:
            assert len(one.indices) == block.count and len({len(each) for each in one.indices}) == 1
            assert sorted(sum(one.indices, ())) == list(range(tensors[one.tensor].shape[one.axis]))


@every_network
def test_every_prunable_weight_leads_to_a_unit_or_from_one(network):
    """In a chain weights of the first layer lead to one, of the last from one, of all others both; in GPT-2 those that
    read the residual stream lead to one, and those that write it from one. No block lists anything twice."""
    workload, _, _ = network
    units = workload.units()
    into, out = (Counter(one.tensor for block in units for one in getattr(block, role)) for role in
                 ("incoming", "outgoing"))  # fmt: skip
    statistics = Counter(one.tensor for block in units for one in block.statistics)
    assert not {name: times for each in (into, out, statistics) for name, times in each.items() if times > 1}
    names = [layer.name for layer in workload.layers]
    leading, read = ({name for name in names if f"{name}.weight" in one} for one in (into, out))
    if workload.is_chain:
        assert (leading, read) == ({*names[:-1]}, {*names[1:]})
    else:
        assert leading == {name for name in names if name.endswith(("c_attn", "c_fc"))} and read == {*names} - leading


@every_network
def test_what_belongs_to_no_unit_is_known(network):
    """Inputs, outputs, what writes into the residual stream, and what counts batches."""
    workload, model, _ = network
    belonging = {one.tensor for block in workload.units() for one in block.entries}
    others = {name for name in model.state_dict() if name not in belonging}
    if workload.is_chain:
        alone = set() if workload.units() else {"output.weight"}
        batches = {name for name in others if name.endswith("num_batches_tracked")}
        assert others == {"output.bias"} | alone | batches
    else:
        assert all(name.split(".")[-2] in ("wte", "wpe", "ln_1", "ln_2", "ln_f") or name.endswith("c_proj.bias")
                   for name in others)  # fmt: skip


@every_network
def test_a_unit_without_entries_is_a_dead_one(network):
    """The oracle follows weights from layer to layer on its own and counts units without a weight in, or out."""
    workload, model, _ = network
    for block in workload.units():
        for entries in (block.incoming, block.outgoing):
            tensors = zeroed(model, entries, {block.count - 1})
            matrices = {layer.name: layer.matrix(tensors[f"{layer.name}.weight"]) for layer in workload.layers}
            dead = dead_neurons(*workload.chains(matrices))
            assert dead.pop(f"dead_neurons/{block.layer}") == pytest.approx(1 / block.count)
            dead.pop("dead_neurons/overall")
            assert not any(dead.values())
