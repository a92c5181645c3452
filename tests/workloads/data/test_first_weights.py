"""Networks that begin with the weights of a file."""

import json

import pytest
import torch
from pydantic import ValidationError
from torch import nn

from orchestrator.store import networks
from tests.workloads.rows import WORKLOAD_ROWS, make, named
from workloads.data.first_weights import DeclaredWeights, begin_with
from workloads.data.sources import Sources, cached_files, fetch
from workloads.errors import DataError
from workloads.run import run_trial
from workloads.trial import Measured, Record, Trial

MLP = {"name": "digits_mlp", "hidden": [8, 6]}


def trained(method: dict | None = None) -> nn.Sequential:
    """A network as others write it: a Sequential of the same shapes."""
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 10))


def trial(file, steps=0, method=None, **workload) -> Trial:
    settings = {"workload": MLP | {"start": str(file), "training": {"steps": steps}} | workload,
                "method": method or "dense", "seed": 0}  # fmt: skip
    return Trial.model_validate(settings)


def run(trial: Trial, sources) -> tuple[dict[str, float], Measured]:
    events = list(run_trial(trial, trial.workload.load_files(sources)))
    (measured,) = [event for event in events if isinstance(event, Measured)]
    return {event.name: event.value for event in events if isinstance(event, Record)}, measured


@pytest.fixture
def plain(tmp_path):
    """The state dict of a plain network, with an optimizer beside it."""
    model = trained()
    torch.save({"epoch": 3, "model": model.state_dict(), "optimizer": {"state": {0: {"step": torch.ones(1)}}}},
               tmp_path / "plain.pt")  # fmt: skip
    return tmp_path / "plain.pt"


@pytest.mark.parametrize("seed", [0, 5])
def test_a_plain_networks_weights_are_measured_as_they_are(plain, embedded_sources, seed):
    """No step is taken, so every seed measures the same network: the figures are those of the plain one."""
    one = trial(plain).model_copy(update={"seed": seed})
    figures, measured = run(one, embedded_sources)
    pairs = zip(measured.state.model.state_dict().values(), trained().state_dict().values(), strict=True)
    assert all(torch.equal(mine, theirs) for mine, theirs in pairs)
    test = one.workload.load(embedded_sources).test
    right = (trained()(test.inputs.flatten(1)).argmax(1) == test.targets).float().mean()
    assert figures["final/test_accuracy"] == pytest.approx(float(right)) and figures["cost/steps_total"] == 0


@pytest.mark.parametrize(
    "method",
    [
        {"name": "wanda", "sparsity": 0.5},
        {"name": "sparsegpt", "pattern": {"n": 1, "m": 2}, "reconstruct": True},
        {"name": "one_shot", "sparsity": 0.5, "fine_tune": {"steps": 20, "lr": 0.01}},
    ],
    ids=named,
)
def test_methods_prune_it_without_training_it_first(plain, embedded_sources, method):
    figures, measured = run(trial(plain, method=method), embedded_sources)
    assert figures["final/sparsity"] == 0.5 and figures["cost/steps_total"] == method.get("fine_tune", {}).get(
        "steps", 0
    )
    twin = trial(plain, method=method).twin()
    assert run(twin, embedded_sources)[0]["final/sparsity"] == 0


def test_training_goes_on_from_it(plain, embedded_sources):
    drawn = Trial.model_validate({"workload": MLP | {"training": {"steps": 30}}, "method": "dense", "seed": 0})
    (one, first), (_, other) = (run(each, embedded_sources) for each in (trial(plain, steps=30), drawn))
    assert one["cost/steps_total"] == 30 and not torch.equal(first.state.weight("output"), other.state.weight("output"))


def test_the_key_is_that_of_the_content(plain, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    copy = tmp_path / "elsewhere" / "copy.pt"
    copy.write_bytes(plain.read_bytes())
    one, same = trial(plain), trial(copy)
    assert one.key == same.key and "plain" not in json.dumps(one.settings())
    assert Trial.model_validate_json(one.model_dump_json()).key == one.key
    copy.write_bytes(plain.read_bytes() + b" ")
    assert trial(copy).key != one.key
    without = Trial.model_validate({"workload": MLP, "method": "dense", "seed": 0})
    assert "start" not in without.settings()["workload"]


def test_a_node_reads_it_from_its_cache(plain, tmp_path, embedded_sources):
    """What travels has the digest alone; the file was copied into the cache before."""
    sources, one = Sources(tmp_path / "cache", embedded_sources.mirror), trial(plain)
    declared = DeclaredWeights.of(one.workload.start)
    path = fetch(declared, sources)
    assert path.read_bytes() == plain.read_bytes() and path == sources.cache / cached_files(declared)[0]
    plain.unlink()
    travelled = Trial.model_validate_json(one.model_dump_json())
    assert travelled.workload.start.file is None
    assert run(travelled, sources)[1].state.step == 0
    path.unlink()
    with pytest.raises(DataError, match="neither in .*weights nor in a file that is named; name their file"):
        travelled.workload.load_files(sources)


@pytest.mark.parametrize("workload", WORKLOAD_ROWS, ids=named)
def test_what_a_run_wrote_begins_another(workload, tmp_path, images_of, embedded_sources):
    done = make(workload, {"name": "one_shot", "sparsity": 0.5, "fine_tune": {"steps": 0}})
    (measured,) = [event for event in run_trial(done, images_of(done)) if isinstance(event, Measured)]
    networks.save(tmp_path / "run.safetensors", measured.state)
    start = {"start": str(tmp_path / "run.safetensors")}
    again = Trial.model_validate(done.model_dump(mode="json") | {
        "workload": {**done.workload.model_dump(mode="json"), **start, "training": {"steps": 0, "batch_size": 32}},
        "method": "dense"})  # fmt: skip
    (found,) = [event for event in run_trial(again, again.workload.load_files(embedded_sources))
                if isinstance(event, Measured)]  # fmt: skip
    assert all(torch.equal(tensor, measured.state.model.state_dict()[name])
               for name, tensor in found.state.model.state_dict().items())  # fmt: skip


def test_a_tied_output_may_be_there_besides_and_nothing_else(tmp_path):
    model = trained()
    weights = dict(model.state_dict())
    begin_with(model, weights | {"head.weight": weights["4.weight"].clone()})
    with pytest.raises(DataError, match=r"tensor 7 of 6 is nothing, and the file has head\.weight \(10, 6\), of 7"):
        begin_with(model, weights | {"head.weight": weights["4.weight"] + 1})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda weights: weights.pop("4.bias"), r"tensor 6 of 6 is 4\.bias \(10,\), and the file has nothing, of 5"),
        (
            lambda weights: weights.update({"2.bias": torch.zeros(7)}),
            r"tensor 4 of 6 is 2\.bias \(6,\), and the file has 2\.bias \(7,\), of 6; set the workload's sizes",
        ),
    ],
)
def test_weights_that_do_not_fit_are_refused_with_the_first_difference(change, told):
    model = trained()
    weights = dict(model.state_dict())
    change(weights)
    with pytest.raises(DataError, match=told):
        begin_with(model, weights)


@pytest.mark.parametrize(
    ("start", "told"),
    [
        ({"file": "nowhere.pt"}, "cannot read the weights .*nowhere.pt: No such file"),
        ({"digest": "xyz"}, "digest"),
    ],
)
def test_a_file_that_is_not_there_is_refused_when_it_is_named(start, told):
    with pytest.raises(ValidationError, match=told):
        Trial.model_validate({"workload": MLP | {"start": start}, "method": "dense", "seed": 0})


def test_another_digest_than_the_one_given_is_refused(plain):
    with pytest.raises(ValidationError, match=r"have the digest [0-9a-f]{16}, not 0123456789abcdef; correct one"):
        trial(plain, start={"file": str(plain), "digest": "0123456789abcdef"})


def test_no_steps_without_weights_are_refused():
    with pytest.raises(
        ValidationError, match=r"training\.steps 0 leaves the first weights as they are drawn; add start"
    ):
        Trial.model_validate({"workload": MLP | {"training": {"steps": 0}}, "method": "dense", "seed": 0})
