"""Networks in the runtimes of formats: what they compute, and what is measured of them."""

import sys
from dataclasses import replace

import pytest
import torch

from tests.workloads.deploy.networks import pruned
from tests.workloads.rows import WORKLOAD_ROWS, make, named
from workloads.deploy import latency
from workloads.deploy.deployment import compressed, deployment
from workloads.deploy.export import outputs
from workloads.deploy.int8 import Int8
from workloads.deploy.latency import interleaved
from workloads.deploy.names import FormatName
from workloads.deploy.probe import random_examples
from workloads.deploy.runtimes import LAYERS, TIMED, Int8Linear, runtime
from workloads.deploy.tensor_file import content, prepared
from workloads.digests import short
from workloads.models.layer import Layer
from workloads.training.evaluation import evaluate


@pytest.mark.parametrize("row", WORKLOAD_ROWS, ids=named)
@pytest.mark.parametrize("name", TIMED)
def test_runtimes_compute_what_the_network_does(row, name):
    state = pruned(row)
    before, examples = short(state.model.state_dict()), random_examples(state.workload)
    model, expected = runtime(state, name, examples), outputs(state.model, examples.inputs)
    found = outputs(model, examples.inputs)
    if name is FormatName.INT8:
        assert 0 < (found - expected).abs().max() < 0.1 * expected.abs().max()
    else:
        assert (found - expected).abs().max() <= 1e-6 * max(1, expected.abs().max())
    assert short(state.model.state_dict()) == before and not model.training


@pytest.mark.parametrize("name", [FormatName.CSR, FormatName.INT8])
def test_layers_without_biases_have_runtimes_too(name):
    model, layer = torch.nn.Sequential(torch.nn.Linear(3, 2, bias=False)), Layer("0", (2, 3))
    model[0].weight.data = torch.tensor([[127.0, 0, 1], [0, 127, 0]])
    LAYERS[name](model, layer)
    assert outputs(model, torch.tensor([[1.0, 0, 127]])).tolist() == [[254, 0]]


def test_integers_by_hand():
    """Inputs up to 127 in steps of 1, weights in steps of 0.5: nothing is rounded. Each example has its own step."""
    layer = Int8Linear(torch.tensor([[127, -2], [0, 3]], dtype=torch.int8), torch.tensor([0.5, 2]), torch.ones(2))
    inputs = torch.tensor([[127.0, 10], [254, 0], [0, 0]])
    assert layer(inputs).tolist() == [[127 * 63.5 - 10 + 1, 61], [254 * 63.5 + 1, 1], [1, 1]]
    assert layer(inputs[None]).tolist() == [layer(inputs).tolist()]


def test_int8_layers_stay_within_the_bound_of_both_steps():
    """Half a step of the inputs times the absolute weights, and half a step of the weights times the inputs."""
    random = torch.Generator().manual_seed(0)
    weight, inputs = torch.randn(20, 30, generator=random), torch.randn(40, 30, generator=random)
    parts = Int8().encode(Layer("linear", (20, 30)), weight)
    rounded = parts["values"] * parts["scales"][:, None]
    steps = inputs.abs().amax(1, keepdim=True) / 127
    bound = steps / 2 * rounded.abs().sum(1) + inputs.abs().sum(1, keepdim=True) * parts["scales"] / 2
    error = (Int8Linear(**parts, bias=torch.zeros(20))(inputs) - inputs @ weight.T).abs()
    assert (error <= bound * 1.001).all()


@pytest.mark.parametrize("row", [WORKLOAD_ROWS[0], WORKLOAD_ROWS[3], WORKLOAD_ROWS[-1]], ids=named)
@pytest.mark.parametrize("name", TIMED)
def test_what_is_measured(row, name, images_of):
    state = pruned(row)
    data = images_of(make(row, {"name": "dense"}))
    found = deployment(state, name, data, batches=(1, 3), calls=3, warm_up=1)
    examples = random_examples(state.workload)
    assert found.bytes == len(content(prepared(state, name, examples), name))
    assert found.threads == torch.get_num_threads()
    assert [*found.latency] == [*found.dense_latency] == [1, 3]
    for each in (*found.latency.values(), *found.dense_latency.values()):
        assert 0 < each.lower <= each.median <= each.upper
    loss, accuracy = evaluate(state.model, data.test)
    metric = state.workload.outcome.metric
    assert found.test["loss"] == pytest.approx(loss, abs=0.05) and set(found.test) == {"loss", metric}
    if metric == "accuracy":
        assert found.test[metric] == pytest.approx(accuracy, abs=0.02)
    else:
        bits = loss * data.test.predictions / data.test.characters / torch.tensor(2.0).log()
        assert found.test[metric] == pytest.approx(float(bits), abs=0.05)
    assert (found.largest_difference > 1e-6) == (name is FormatName.INT8)


def test_without_a_test_split_there_is_no_outcome(images_of):
    state = pruned(WORKLOAD_ROWS[0])
    data = replace(images_of(make(WORKLOAD_ROWS[0], {"name": "dense"})), test=None)
    assert deployment(state, FormatName.CSR, data, batches=(2,), calls=1, warm_up=0).test == {}


def test_formats_without_a_runtime_are_refused():
    state = pruned(WORKLOAD_ROWS[0])
    with pytest.raises(ValueError, match="bitmask has no runtime here; there are dense, csr, shrunk, int8"):
        runtime(state, FormatName.BITMASK, random_examples(state.workload))


def test_networks_take_turns_and_warm_up_calls_do_not_count(monkeypatch):
    """A clock that jumps by 1 in each first network, by 10 in each second one; in the first two calls by 100 more."""
    now, order = [0.0], []

    class Slow(torch.nn.Module):
        def __init__(self, name, seconds):
            super().__init__()
            self.name, self.seconds = name, seconds

        def forward(self, inputs):
            now[0] += self.seconds + (100 if len(order) < 4 else 0)
            order.append(self.name)

    monkeypatch.setattr(latency.time, "perf_counter", lambda: now[0])
    found = interleaved([Slow("a", 1), Slow("b", 10)], torch.ones(1), calls=5, warm_up=2)
    assert "".join(order) == "ab" * 7
    assert [(each.lower, each.median, each.upper) for each in found] == [(1, 1, 1), (10, 10, 10)]


def test_where_nothing_compresses_there_is_no_figure(monkeypatch):
    for module in ("compression.zstd", "zstandard"):
        monkeypatch.setitem(sys.modules, module, None)
    assert compressed(b"a" * 1000) is None


def test_zeros_compress():
    pytest.importorskip("zstandard")
    assert compressed(bytes(100_000)) < 100
