"""Which entries belong to which unit, written out by hand for small networks. The laws stand in test_laws_of_units."""

import torch

from tests.workloads.smaller import without, zeroed
from workloads.models.blocks import Blocks
from workloads.models.layer import Layer
from workloads.models.mlp import MLP
from workloads.models.units import chain_units
from workloads.models.widths import cnn_layers
from workloads.tasks.digits import DigitsMlp


def listed(units):
    """Each block's entries: (role, tensor, axis) -> indices of its units."""
    return {
        (role, one.tensor, one.axis): one.indices
        for role in ("incoming", "outgoing", "statistics")
        for one in getattr(units, role)
    }


def test_four_numbers():
    """Two inputs, one of two neurons goes: of rows (1, 2) and (3, 4) the second, of biases 5 and 6 and of columns 7
    and 8 too. What is left maps (1, 1) to 7 relu(1 + 2 + 5) + 9 = 65; both neurons would make it 65 + 8 x 13."""
    model = MLP(2, (2,), 1)
    values = {
        "hidden.0.weight": [[1.0, 2], [3, 4]],
        "hidden.0.bias": [5.0, 6],
        "output.weight": [[7.0, 8]],
        "output.bias": [9.0],
    }
    model.load_state_dict({name: torch.tensor(value) for name, value in values.items()})
    shown = torch.ones(1, 2)
    assert model(shown).item() == 169
    (hidden,) = chain_units((Layer("hidden.0", (2, 2)), Layer("output", (1, 2))))
    assert (hidden.layer, hidden.kind, hidden.count) == ("hidden.0", "neuron", 2)
    incoming, outgoing = (zeroed(model, entries, {1}) for entries in (hidden.incoming, hidden.outgoing))
    assert {name: incoming[name].tolist() for name in values} == values | {
        "hidden.0.weight": [[1, 2], [0, 0]], "hidden.0.bias": [5, 0]}  # fmt: skip
    assert {name: outgoing[name].tolist() for name in values} == values | {"output.weight": [[7, 0]]}
    for tensors in (incoming, outgoing):
        model.load_state_dict(tensors)
        assert model(shown).item() == 65


def test_channels_by_hand():
    """Pictures of 8 x 8 are pooled to 4 x 4 and to 2 x 2: a channel has four columns of the layer after the flatten."""
    first, second, hidden = chain_units(cnn_layers(64, (2, 3), 3, 2, (2,), 10), batch_norm=True)
    each, three = ((0,), (1,)), ((0,), (1,), (2,))
    assert [(block.kind, block.count) for block in (first, second, hidden)] == [
        ("channel", 2), ("channel", 3), ("neuron", 2)]  # fmt: skip
    assert listed(first) == {
        ("incoming", "convs.0.weight", 0): each, ("incoming", "convs.0.bias", 0): each,
        ("incoming", "norms.0.weight", 0): each, ("incoming", "norms.0.bias", 0): each,
        ("outgoing", "convs.1.weight", 1): each,
        ("statistics", "norms.0.running_mean", 0): each, ("statistics", "norms.0.running_var", 0): each,
    }  # fmt: skip
    assert listed(second) == {
        ("incoming", "convs.1.weight", 0): three, ("incoming", "convs.1.bias", 0): three,
        ("incoming", "norms.1.weight", 0): three, ("incoming", "norms.1.bias", 0): three,
        ("outgoing", "hidden.0.weight", 1): ((0, 1, 2, 3), (4, 5, 6, 7), (8, 9, 10, 11)),
        ("statistics", "norms.1.running_mean", 0): three, ("statistics", "norms.1.running_var", 0): three,
    }  # fmt: skip
    assert listed(hidden) == {
        ("incoming", "hidden.0.weight", 0): each, ("incoming", "hidden.0.bias", 0): each,
        ("outgoing", "output.weight", 1): each,
    }  # fmt: skip
    plain, *_ = chain_units(cnn_layers(64, (2, 3), 3, 2, (2,), 10))
    assert [one.tensor for one in plain.entries] == ["convs.0.weight", "convs.0.bias", "convs.1.weight"]


def test_heads_and_neurons_by_hand():
    """Width 6, three heads of 2: queries are columns 0 to 5 of the stored matrix, keys 6 to 11, values 12 to 17."""
    *_, heads, neurons = Blocks.alike(count=2, heads=3, width=6, mlp_width=2).units()
    rows = ((0, 1, 6, 7, 12, 13), (2, 3, 8, 9, 14, 15), (4, 5, 10, 11, 16, 17))
    attention, mlp = "transformer.h.1.attn", "transformer.h.1.mlp"
    assert (heads.layer, heads.kind, heads.count) == (f"{attention}.c_attn", "head", 3)
    assert listed(heads) == {
        ("incoming", f"{attention}.c_attn.weight", 1): rows, ("incoming", f"{attention}.c_attn.bias", 0): rows,
        ("outgoing", f"{attention}.c_proj.weight", 0): ((0, 1), (2, 3), (4, 5)),
    }  # fmt: skip
    assert (neurons.layer, neurons.kind, neurons.count) == (f"{mlp}.c_fc", "neuron", 2)
    assert listed(neurons) == {
        ("incoming", f"{mlp}.c_fc.weight", 1): ((0,), (1,)), ("incoming", f"{mlp}.c_fc.bias", 0): ((0,), (1,)),
        ("outgoing", f"{mlp}.c_proj.weight", 0): ((0,), (1,)),
    }  # fmt: skip


def test_a_network_without_hidden_layers_has_no_units():
    workload = DigitsMlp(hidden=())
    assert workload.units() == ()
    model = workload.model(0).double()
    assert torch.equal(without(workload, model, {}).output.weight, model.output.weight)
