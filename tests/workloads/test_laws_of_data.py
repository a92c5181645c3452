"""Laws of data: what is held out decides nothing, and how examples are cut into chunks decides nothing either."""

from dataclasses import replace
from itertools import product

import pytest
import torch
from torch import Tensor

from dashboards.schema import MACHINE_METRICS
from tests.workloads.rows import FIRST_ROWS, METHOD_ROWS, WORKLOAD_ROWS, every, make, named, refused
from workloads.data.splits import UNSCORED, DataSet, Split
from workloads.network import gradient
from workloads.network.state import State
from workloads.run import run_trial
from workloads.training import evaluation
from workloads.trial import Measured, Record, Trial

PROBED = ("gradient_norm/", "gradient_rms/", "zero_grad_norm/", "zero_grad_rms/")  # measured on training examples
OF_TEST = ("test/", "final/test_", "best/test_", "pruned/test_")
# All rows on a perceptron; the first of each method where there is BatchNorm, and on a text.
ALL = [*product(WORKLOAD_ROWS[:1], METHOD_ROWS), *product((WORKLOAD_ROWS[4], WORKLOAD_ROWS[-1]), FIRST_ROWS)]
PAIRS = [(workload, method) for workload, method in ALL if not refused(workload, method)]
every_pair = every(PAIRS)
every_workload = pytest.mark.parametrize("workload", WORKLOAD_ROWS, ids=named)


def noise(split: Split) -> Split:
    """As many examples of the same form that tell nothing: numbers from a normal, tokens and answers dealt anew."""
    drawn = torch.Generator().manual_seed(7)

    def dealt(values: Tensor) -> Tensor:
        return values[torch.randperm(len(values), generator=drawn)]

    inputs, targets = split.inputs, split.targets.clone()
    inputs = (torch.randn(inputs.shape, generator=drawn) if inputs.is_floating_point()
              else dealt(inputs.flatten()).view_as(inputs))  # fmt: skip
    targets[targets != UNSCORED] = dealt(targets[targets != UNSCORED])
    return replace(split, inputs=inputs, targets=targets)


def figures(trial: Trial, data: DataSet) -> tuple[list[tuple], dict[str, Tensor]]:
    """All that the machine has no part in: records, and the weights and masks at the end of every run."""
    records, tensors = [], {}
    for event in run_trial(trial, data):
        if isinstance(event, Record) and event.name not in MACHINE_METRICS:
            records.append((event.label, event.step, event.name, event.value))
        if isinstance(event, Measured):
            networks = {"weights": event.state.model.state_dict(), "masks": event.state.masks}
            tensors |= {f"{event.label}/{kind}/{name}": tensor.clone()
                        for kind, network in networks.items() for name, tensor in network.items()}  # fmt: skip
    return records, tensors


def some(records: list[tuple], names: tuple[str, ...]) -> list[tuple]:
    return [record for record in records if record[2].startswith(names)]


@every_pair
def test_what_is_held_out_changes_no_weight_no_mask_and_no_probe(workload, method, images_of):
    trial = make(workload, method)
    data = images_of(trial)
    told, networks = figures(trial, data)
    blind, same_networks = figures(trial, replace(data, validation=noise(data.validation), test=noise(data.test)))
    assert networks.keys() == same_networks.keys()
    assert all(torch.equal(tensor, same_networks[name]) for name, tensor in networks.items())
    assert some(told, PROBED) == some(blind, PROBED) != []
    assert some(told, OF_TEST) != some(blind, OF_TEST)
    assert some(told, ("val/",)) != some(blind, ("val/",))


@every_workload
def test_the_test_set_changes_its_own_figures_alone(workload, images_of):
    trial = make(workload, {"name": "one_shot", "sparsity": 0.9})  # measured right after pruning too
    data = images_of(trial)
    told, _ = figures(trial, data)
    blind, _ = figures(trial, replace(data, test=noise(data.test)))
    assert [one for one in told if one not in some(told, OF_TEST)] == [
        one for one in blind if one not in some(blind, OF_TEST)
    ]
    assert [one[:3] for one in told] == [one[:3] for one in blind]  # nor does it say when it is measured


@every_workload
def test_scoring_in_chunks_equals_scoring_whole(workload, images_of, monkeypatch):
    """Whatever the chunks: the last is smaller than the others, and of a text some predictions do not count."""
    trial = make(workload, {"name": "dense"})
    state, split = State.new(trial.workload, 0, torch.device("cpu")), images_of(trial).validation
    split = Split(split.inputs[-50:], split.targets[-50:])
    state.model.double()
    split = replace(split, inputs=split.inputs.double()) if split.inputs.is_floating_point() else split
    seen = {}
    for size in (10**9, 17 * split.targets[0].numel(), 1):
        monkeypatch.setattr(gradient, "CHUNK", size)
        monkeypatch.setattr(evaluation, "CHUNK", size)
        slopes = gradient.mean_gradient(state.model, state.weights, split)
        seen[size] = [*slopes.values(), torch.tensor(evaluation.evaluate(state.model, split))]
    whole, *parts = seen.values()
    for part in parts:
        assert all(torch.allclose(one, other, rtol=1e-9, atol=1e-12) for one, other in zip(part, whole, strict=True))


def test_the_rows_have_a_criterion_that_reads_data_for_whatever_prunes():
    """Else the law above would say nothing of where it reads them."""
    reading = {row["name"] for row in METHOD_ROWS if row.get("criterion") is not None}
    assert reading == {"one_shot", "iterative", "gradual", "early_bird", "adaptive", "ac_dc", "structured"}
