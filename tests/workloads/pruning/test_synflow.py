"""SynFlow's score: what flows through each weight."""

import pytest
import torch

from tests.workloads.pruning.small import in_float64, perceptron
from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.data.splits import Split
from workloads.network.state import State
from workloads.pruning.changes import prune
from workloads.pruning.ranking import scores
from workloads.pruning.synflow import SynflowCriterion
from workloads.script.removals import Prune
from workloads.trial import Trial

MLP, CNN, BATCH_NORM, GPT2 = (WORKLOAD_ROWS[index] for index in (0, 3, 4, -1))
CPU = torch.device("cpu")
DEEP = MLP | {"hidden": [30] * 6}


def scored(state: State, examples: Split, seed: int = 0) -> dict[str, torch.Tensor]:
    return scores(SynflowCriterion(), state.weights, state, examples, seed)


def with_biases(state: State) -> State:
    """Everything that layers add is drawn, also what they add at first is zero."""
    drawn = torch.Generator().manual_seed(3)
    for name, tensor in state.model.state_dict().items():
        if name.endswith(("bias", "running_mean")):
            tensor.copy_(torch.randn(tensor.shape, generator=drawn))
    return state


def test_numbers_by_hand():
    """Into the two hidden units flow 3 and 3, out of them 2 and 1 times as much. Signs and biases play no part."""
    state = perceptron([[1.0, -2], [3, 0]], [[2.0, -1]])
    found = scored(state, Split(torch.zeros(5, 2, dtype=torch.float64), torch.zeros(5, dtype=torch.int64)))
    assert found["hidden.0"].tolist() == [[2.0, 4.0], [3.0, 0.0]]
    assert found["output"].tolist() == [[6.0, 3.0]]


@pytest.mark.parametrize("workload", [MLP, DEEP, CNN, BATCH_NORM], ids=["mlp", "deep", "cnn", "batch_norm"])
def test_what_flows_is_the_same_in_every_layer(workload, images_of):
    state, examples = in_float64(workload, images_of)
    sums = torch.stack([score.sum() for score in scored(with_biases(state), examples).values()])
    assert float(sums[0]) > 0 and torch.allclose(sums, sums[0], rtol=1e-12)


def test_what_flows_into_a_hidden_unit_flows_out_of_it(images_of):
    state, examples = in_float64(DEEP, images_of)
    found = list(scored(with_biases(state), examples).values())
    for before, after in zip(found, found[1:]):
        assert torch.allclose(before.sum(1), after.sum(0), rtol=1e-12)


def test_what_flows_into_a_channel_flows_out_of_it(images_of):
    """Through pooling; the columns of the first Linear belong to channels in equal parts."""
    state, examples = in_float64(CNN, images_of)
    first, second, third, _ = scored(with_biases(state), examples).values()
    assert torch.allclose(first.sum((1, 2, 3)), second.sum((0, 2, 3)), rtol=1e-12)
    assert torch.allclose(second.sum((1, 2, 3)), third.view(len(third), len(second), -1).sum((0, 2)), rtol=1e-12)


def test_closed_form_of_a_network_of_matrices(images_of):
    state, examples = in_float64(DEEP, images_of)
    found, matrices = scored(with_biases(state), examples), [one.detach().abs() for one in state.weights.values()]
    for index, (name, matrix) in enumerate(zip(found, matrices, strict=True)):
        before, after = torch.ones(64, dtype=torch.float64), torch.ones(10, dtype=torch.float64)  # inputs and outputs
        for earlier in matrices[:index]:
            before = earlier @ before
        for later in reversed(matrices[index + 1 :]):
            after = after @ later
        expected = after[:, None] * matrix * before
        assert torch.allclose(found[name], expected, rtol=1e-12)


def test_no_data_and_no_seed_play_a_part(images_of):
    state, examples = in_float64(MLP, images_of)
    one, other = scored(state, examples), scored(state, Split(examples.inputs * 7 - 3, examples.targets), seed=5)
    assert all(torch.equal(score, other[name]) for name, score in one.items())


def test_flows_beyond_float32_are_counted(images_of):
    state = State.new(make(DEEP, {"name": "dense"}).workload, 0, CPU)
    for weight in state.weights.values():
        weight.data.mul_(1e8)
    examples = images_of(make(DEEP, {"name": "dense"})).train
    sums = torch.stack([score.sum() for score in scored(state, examples).values()])
    assert float(sums[0]) > torch.finfo(torch.float32).max and torch.allclose(sums, sums[0], rtol=1e-6)


def kept_after_each(trial: Trial, phase: Prune, images, monkeypatch) -> list[dict[str, int]]:
    """The numbers of weights that each iteration leaves."""
    seen, put = [], State.put_masks

    def watched(state: State, masks: dict[str, torch.Tensor]) -> None:
        put(state, masks)
        seen.append(state.kept_counts)

    monkeypatch.setattr(State, "put_masks", watched)
    prune(phase, State.new(trial.workload, 0, CPU), trial, images)
    return seen


def removal(sparsity: float, iterations: int | None, allocation: str = "global") -> Prune:
    return Prune(criterion=SynflowCriterion(), to=sparsity, allocation=allocation, iterations=iterations)


def test_iterations_leave_the_same_fraction_each(images_of, monkeypatch):
    """Of 6,464 weights, at densities 0.01^(k/5)."""
    trial = make(MLP, {"name": "dense"})
    seen = kept_after_each(trial, removal(0.99, 5), images_of(trial), monkeypatch)
    densities = [1 - level for level in removal(0.99, 5).levels]
    assert densities == pytest.approx([0.398107, 0.158489, 0.063096, 0.025119, 0.01], abs=5e-7)
    assert [sum(one.values()) for one in seen] == [2573, 1024, 408, 162, 65]


@pytest.mark.parametrize("allocation", ["uniform", "erk"])
def test_iterations_within_layers_end_at_the_same_counts(allocation, images_of, monkeypatch):
    trial = make(MLP, {"name": "dense"})
    seen = kept_after_each(trial, removal(0.97, 7, allocation), images_of(trial), monkeypatch)
    (once,) = kept_after_each(trial, removal(0.97, None, allocation), images_of(trial), monkeypatch)[-1:]
    assert len(seen) >= 7 and seen[6] == once
    assert all(after[name] <= before[name] for before, after in zip(seen[:7], seen[1:7]) for name in after)


def test_a_network_that_has_fewer_weights_loses_none_until_its_turn(images_of, monkeypatch):
    trial = make(MLP, {"name": "dense"})
    state, seen, put = State.new(trial.workload, 0, CPU), [], State.put_masks
    state = prune(removal(0.9, None), state, trial, images_of(trial))
    monkeypatch.setattr(State, "put_masks", lambda state, masks: (put(state, masks), seen.append(state.kept_counts)))
    prune(removal(0.99, 4), state, trial, images_of(trial))
    assert [sum(one.values()) for one in seen] == [646, 646, 204, 65]


def test_one_scoring_loses_layers_and_a_hundred_lose_none(images_of, monkeypatch):
    """The trap: with a single scoring SynFlow empties layers."""
    trial = make(DEEP, {"name": "dense"})
    once = kept_after_each(trial, removal(0.99, 1), images_of(trial), monkeypatch)[-1]
    often = kept_after_each(trial, removal(0.99, 100), images_of(trial), monkeypatch)[-1]
    assert min(once.values()) == 0 < min(often.values())
    assert sum(once.values()) == sum(often.values())


def test_iterations_without_an_end_are_refused():
    with pytest.raises(
        ValueError, match="iterations of a pruning share out the sparsity `to`; give it instead of rate"
    ):
        Prune(criterion=SynflowCriterion(), rate=0.2, allocation="global", iterations=3)


@pytest.mark.parametrize("method", [{"name": "synflow", "sparsity": 0.5},
                                    {"name": "gradual", "sparsity": 0.5, "criterion": "synflow"}],
                         ids=lambda method: method["name"])  # fmt: skip
def test_a_network_without_proportions_is_refused_before_it_starts(method):
    with pytest.raises(
        ValueError, match="criterion synflow needs a network whose outputs grow in proportion .* use snip"
    ):
        make(GPT2, method).phases  # noqa: B018 (the phases are worked out when asked for)
