"""A process keeps the data set of its last trial for the next one."""

import gc
import weakref

import pytest
import torch

from orchestrator.execute.last_data import WITHOUT_EFFECT, LastData
from workloads.catalog import WORKLOADS
from workloads.run import run_trial
from workloads.tasks.workload import Workload
from workloads.trial import Trial

STEPS = {"training": {"steps": 4}, "measure": {"evaluate_every": 2}}


def workload(**settings) -> Workload:
    trial = {"workload": {"name": "digits_mlp", **STEPS, **settings}, "method": {"name": "dense"}, "seed": 0}
    return Trial.model_validate(trial).workload


def tensors(data) -> list[torch.Tensor]:
    splits = (data.train, *data.held_out.values())
    return [tensor for split in splits for tensor in vars(split).values() if isinstance(tensor, torch.Tensor)]


def test_what_no_data_set_depends_on_loads_nothing(embedded_sources):
    last = LastData()
    first = last.load(workload(), embedded_sources)
    assert last.load(workload(hidden=[8], training={"epochs": 1, "batch_size": 7}), embedded_sources) is first


def test_another_data_set_takes_the_place_of_the_last(embedded_sources):
    last = LastData()
    first = weakref.ref(last.load(workload(), embedded_sources))
    other = last.load(workload(validation_size=10), embedded_sources)
    gc.collect()
    assert first() is None and other.validation.count == 10
    elsewhere = last.load(workload(name="fashion_mnist_mlp", data="stand_in"), embedded_sources)
    assert elsewhere.train.inputs.shape[-1] == 28


def test_two_are_never_in_memory_at_once(embedded_sources, monkeypatch):
    last = LastData()
    first = weakref.ref(last.load(workload(), embedded_sources))
    load, alive = type(workload()).load, []

    def watched(self, sources):
        gc.collect()
        alive.append(first() is not None)
        return load(self, sources)

    monkeypatch.setattr(type(workload()), "load", watched)
    last.load(workload(validation_size=10), embedded_sources)
    assert alive == [False]


@pytest.mark.parametrize("name", [member.model_fields["name"].default for member in WORKLOADS.members])
def test_training_and_widths_have_no_effect_on_data_and_no_trial_changes_them(name, embedded_sources):
    given = {"data": "stand_in"} if name != "digits_mlp" else {}
    one, other = workload(name=name, **given), workload(name=name, **given, training={"steps": 2, "batch_size": 3})
    data, same = one.load(embedded_sources), other.load(embedded_sources)
    assert data.digest == same.digest
    assert all(torch.equal(a, b) for a, b in zip(tensors(data), tensors(same), strict=True))
    trial = Trial.model_validate({"workload": one, "method": {"name": "one_shot", "sparsity": 0.5}, "seed": 0})
    list(run_trial(trial, data))
    assert all(torch.equal(a, b) for a, b in zip(tensors(data), tensors(same), strict=True))
    assert {"training", "measure"} <= WITHOUT_EFFECT
