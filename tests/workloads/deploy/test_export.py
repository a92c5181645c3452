"""Laws of exported files: every workload in every format."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from tests.workloads.deploy.networks import pruned
from tests.workloads.rows import WORKLOAD_ROWS, named
from workloads.data.sources import Sources
from workloads.deploy import tensor_file
from workloads.deploy.export import export, load, outputs
from workloads.deploy.names import FormatName
from workloads.deploy.probe import Probe, of_data, probe, random_examples
from workloads.deploy.tensor_file import ENCODINGS, prepared
from workloads.errors import UsageError

TENSOR_FORMATS = [*ENCODINGS]
every_workload = pytest.mark.parametrize("row", WORKLOAD_ROWS, ids=named)
every_format = pytest.mark.parametrize("name", TENSOR_FORMATS)


def random_probe(state) -> Probe:
    return Probe(random_examples(state.workload), "random inputs")


@every_workload
@every_format
def test_a_file_loads_alone_and_computes_the_same(row, name, tmp_path):
    state = pruned(row)
    inputs = random_probe(state)
    report = export(state, name, tmp_path / "file", inputs)
    expected, found = outputs(state.model, inputs.examples.inputs), load(tmp_path / "file")
    difference = (expected - outputs(found.model, inputs.examples.inputs)).abs().max()
    assert report.difference == difference and report.largest_output == expected.abs().max()
    if name is FormatName.INT8:
        assert 0 < difference < 0.05 * expected.abs().max()
    else:
        assert difference <= 1e-6 * max(1, expected.abs().max())
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    smaller = sum(block.count for block in found.facts.workload.units()) < sum(
        block.count for block in state.workload.units()
    )
    assert smaller == (name is FormatName.SHRUNK)
    assert smaller == any("dead of" in words for words in report.left_out)
    assert found.facts.format is name and found.facts.left_out == report.left_out


@every_workload
@every_format
def test_a_file_is_as_large_as_the_arithmetic_says_and_its_header(row, name, tmp_path):
    """The header is a length of 8 bytes and so many bytes of JSON."""
    report = export(pruned(row), name, tmp_path / "file", random_probe(pruned(row)))
    written = (tmp_path / "file").read_bytes()
    assert report.bytes == len(written)
    assert report.arithmetic == len(written) - 8 - int.from_bytes(written[:8], "little")


@every_workload
def test_int8_keeps_zeros_and_stays_within_half_a_step_of_each_weight(row, tmp_path):
    state = pruned(row)
    export(state, FormatName.INT8, tmp_path / "file", random_probe(state))
    model, tensors = load(tmp_path / "file").model, load_file(tmp_path / "file")
    for layer in state.layers:
        before = layer.matrix(state.weight(layer.name).detach()).flatten(1)
        after = layer.matrix(model.get_submodule(layer.name).weight.detach()).flatten(1)
        assert (after[before == 0] == 0).all()
        assert ((after - before).abs() <= 0.5001 * tensors[f"{layer.name}.weight.scales"][:, None]).all()


@pytest.mark.parametrize("density", [0.2, 1.0])
def test_int8_outputs_of_a_perceptron_stay_within_the_bound_of_its_steps(tmp_path, density):
    """A layer adds at most half a step times the sum of its inputs, and passes on errors by its absolute weights."""
    state = pruned(WORKLOAD_ROWS[0], density)
    inputs = random_probe(state).examples.inputs
    report = export(state, FormatName.INT8, tmp_path / "file", random_probe(state))
    model, tensors = load(tmp_path / "file").model, load_file(tmp_path / "file")
    error = torch.zeros_like(inputs.flatten(1))
    with torch.no_grad():
        signals = state.model.activations(inputs)
    for layer, signal in zip(state.layers, signals):
        step, weight = tensors[f"{layer.name}.weight.scales"], model.get_submodule(layer.name).weight.detach()
        error = error @ weight.abs().T + signal.abs().sum(1, keepdim=True) * step / 2
    assert 0 < report.difference <= float(error.max())


def test_a_shrunk_file_holds_the_smaller_workload(tmp_path):
    state = pruned({"name": "digits_mlp", "hidden": [6, 4]}, density=1.0)
    state.weight("hidden.0").data[[1, 4]] = 0
    state.weight("output").data[:, 3] = 0
    report = export(state, FormatName.SHRUNK, tmp_path / "file", random_probe(state))
    assert load(tmp_path / "file").facts.workload.hidden == (4, 3)
    assert report.left_out == ("the optimizer and the masks", "3 dead of 10 hidden units")
    assert report.arithmetic == 4 * (64 * 4 + 4 + 4 * 3 + 3 + 3 * 10 + 10)
    assert report.dense == 4 * (64 * 6 + 6 + 6 * 4 + 4 + 4 * 10 + 10)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("bitmask", ("the network has no zeros", "bitmask is larger than dense here, since too few weights are zero")),
        ("csr", ("the network has no zeros", "csr is larger than dense here, since too few weights are zero")),
        ("shrunk", ("no hidden unit is dead, so the file holds the whole network",)),
        ("dense", ()),
    ],
)
def test_what_a_format_brings_nothing_for_is_told(tmp_path, name, told):
    state = pruned({"name": "digits_mlp", "hidden": [6]}, density=1.1)
    assert export(state, FormatName(name), tmp_path / "file", random_probe(state)).notes == told


def test_weights_that_int8_rounds_to_zero_are_counted(tmp_path):
    """Of a step of 1/127 of the largest weight, less than half."""
    state = pruned({"name": "digits_mlp", "hidden": [6]})
    state.weight("output").data[0] = torch.tensor([1, 0.003, -0.003, 0.005, 0, 0])
    state.weight("hidden.0").data.fill_(1)
    state.weight("output").data[1:] = 1
    report = export(state, FormatName.INT8, tmp_path / "file", random_probe(state))
    assert report.notes == ("2 weights that are not zero round to zero",)


def test_dense_is_the_state_dict(tmp_path):
    state = pruned(WORKLOAD_ROWS[4])
    export(state, FormatName.DENSE, tmp_path / "file", random_probe(state))
    tensors = load_file(tmp_path / "file")
    assert tensors.keys() == state.model.state_dict().keys()
    assert all(torch.equal(tensor, tensors[name]) for name, tensor in state.model.state_dict().items())


def test_the_metadata_say_what_the_file_is(tmp_path):
    state = pruned(WORKLOAD_ROWS[2])
    export(state, FormatName.CSR, tmp_path / "file", random_probe(state))
    with safe_open(tmp_path / "file", framework="pt") as file:
        facts = file.metadata()
    assert (facts["sparsity.format"], facts["sparsity.version"]) == ("csr", "1")
    assert json.loads(facts["sparsity.workload"])["hidden"] == [16]
    assert json.loads(facts["sparsity.left_out"]) == ["the optimizer and the masks"]


def changed(path, tensors=None, **facts):
    """The file with other tensors or facts, and a digest that fits them."""
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    kept = load_file(path) | (tensors or {})
    kept = {name: tensor for name, tensor in kept.items() if tensor is not None}
    digest = {"sparsity.sha256": tensor_file.sha256(kept)}
    save_file(kept, path, metadata=metadata | digest | {f"sparsity.{key}": value for key, value in facts.items()})


def cut(path):
    path.write_bytes(path.read_bytes()[:-10])


def flipped(path):
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda path: path.unlink(), "cannot read .*: No such file"),
        (cut, "is damaged: .*"),
        (flipped, "is damaged: its tensors are not those that were written"),
        (lambda path: path.write_bytes(b"GIF89a"), "is no safetensors file|neither safetensors nor ONNX"),
        (lambda path: save_file({"a": torch.ones(2)}, path), r"is not an exported network: its metadata have no spars"),
        (lambda path: changed(path, version="2"), r"is of version 2 of the exported formats, .* reads version 1"),
        (lambda path: changed(path, format="zip"), "is in the format 'zip'; known are dense, bitmask, csr, shrunk"),
        (lambda path: changed(path, format="onnx"), "says that it is onnx, which is no safetensors file"),
        (lambda path: changed(path, workload='{"name": "nowhere"}'), "does not describe its network in settings"),
        (lambda path: changed(path, workload="{"), "does not describe its network in settings"),
        (lambda path: changed(path, {"output.bias": torch.ones(3)}), "do not make a network of digits_mlp .*size mism"),
        (lambda path: changed(path, {"output.weight.values": None}), "do not make a network of digits_mlp .*values"),
        (lambda path: changed(path, {"output.weight.values": torch.ones(1)}), "rows with .* entries do not fit"),
        (lambda path: changed(path, {"more": torch.ones(1)}), "do not make a network of digits_mlp .*more"),
        (lambda path: changed(path, {"output.weight.columns": load_file(path)["output.weight.columns"] + 99}),
         "do not make a network of digits_mlp .*out of bounds"),
    ],
)  # fmt: skip
def test_a_damaged_or_foreign_file_is_refused(tmp_path, damage, told):
    state = pruned(WORKLOAD_ROWS[2])
    export(state, FormatName.CSR, tmp_path / "file", random_probe(state))
    damage(tmp_path / "file")
    with pytest.raises(UsageError, match=told):
        load(tmp_path / "file")


def test_nothing_is_left_behind_where_the_format_cannot_hold_the_network(tmp_path):
    state = pruned(WORKLOAD_ROWS[2])
    state.weight("output").data[0, 0] = torch.nan
    with pytest.raises(UsageError, match="output has 1 weights that are infinite or no numbers"):
        export(state, FormatName.INT8, tmp_path / "file", random_probe(state))
    assert not [*tmp_path.iterdir()]
    report = export(state, FormatName.DENSE, tmp_path / "file", random_probe(state))
    assert report.difference == 0  # the same outputs are no numbers


@every_workload
def test_the_probe_is_of_the_data_where_it_is_there(row, images_of, embedded_sources, tmp_path):
    state = pruned(row)
    found = probe(state.workload, embedded_sources)
    test = state.workload.load(embedded_sources).test
    assert torch.equal(found.examples.inputs, test.inputs[: found.examples.count])
    assert found.source == f"the first {found.examples.count} examples of the test split"
    real = state.workload.model_copy(update={"data": "real"})
    if real.name != "digits_mlp":  # whose data are embedded
        made_up = probe(real, Sources(tmp_path))
        assert made_up.source == "random inputs, since the data set is not in the cache" and not [*tmp_path.iterdir()]
        assert made_up.examples.inputs.shape[1:] == test.inputs.shape[1:]
        assert made_up.examples.inputs.dtype == test.inputs.dtype


def test_without_a_test_split_the_probe_is_of_another(embedded_sources):
    data = pruned(WORKLOAD_ROWS[0]).workload.load(embedded_sources)
    assert of_data(replace(data, test=None)).source.endswith("of the val split")
    assert of_data(replace(data, test=None, validation=None)).source == "the first 256 examples of the train split"


def test_no_unit_of_a_prepared_network_is_lost_but_in_shrunk():
    state = pruned(WORKLOAD_ROWS[0])
    examples = random_examples(state.workload)
    assert [name for name in ENCODINGS if prepared(state, name, examples) is not state] == [FormatName.SHRUNK]


def test_the_model_is_an_ordinary_module(tmp_path):
    state = pruned(WORKLOAD_ROWS[0])
    export(state, FormatName.BITMASK, tmp_path / "file", random_probe(state))
    model = load(tmp_path / "file").model
    assert isinstance(model, nn.Module) and not model.training
