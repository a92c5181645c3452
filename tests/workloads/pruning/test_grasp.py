"""GraSP's score: how much the squared norm of the gradient falls if a weight is removed."""

import pytest
import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn.functional import cross_entropy, mse_loss

from tests.workloads.pruning.small import in_float64, linear, perceptron, slope, some_weights
from tests.workloads.rows import WORKLOAD_ROWS
from workloads.data.probe import balanced_probe, probe
from workloads.data.splits import Split
from workloads.network.state import State
from workloads.pruning import grasp
from workloads.pruning.grasp import GraspCriterion, hessian_times_gradient
from workloads.pruning.ranking import scores
from workloads.pruning.scoring_copy import training_copy
from workloads.pruning.select import select

MLP, CNN, BATCH_NORM, GPT2 = (WORKLOAD_ROWS[index] for index in (0, 3, 4, -1))
ROWS = [[1.0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 2]]
EXAMPLES = Split(torch.tensor(ROWS, dtype=torch.float64), torch.zeros(4, 1, dtype=torch.float64))


def squared_norm(state: State, sample: Split) -> float:
    """Of the gradient of the kept weights, with logits divided by 200."""
    weights = state.weights
    logits = state.model(sample.inputs).flatten(0, -2)
    found = torch.autograd.grad(cross_entropy(logits / 200, sample.targets.flatten()), list(weights.values()))
    kept = [part * state.masks[name] for name, part in zip(weights, found, strict=True)]
    return sum(float(part.square().sum()) for part in kept)


def test_four_numbers():
    """The Hessian is 1/2 (1 1; 1 2) on the first two weights, 1/2 and 2 on the others; g = (0, -1/2, 1, 2), so
    Hg = (-1/4, -1/2, 1/2, 4), each times its weight."""
    state = linear([1.0, -1, 2, 1])
    assert scores(GraspCriterion(), state.weights, state, EXAMPLES, 0)["output"].tolist() == [[-0.25, 0.5, 1.0, 4.0]]


def test_the_sign_stays_and_the_highest_are_kept():
    """The trap: released codes store the score with either sign. Without the first weight the squared norm of the
    gradient grows from 5.25, without the last it falls; so the first goes and the last is kept."""
    state = linear([1.0, -1, 2, 1])
    found = scores(GraspCriterion(), state.weights, state, EXAMPLES, 0)
    assert select(found, 1, state.masks, 0)["output"].tolist() == [[False, False, False, True]]
    assert select(found, 3, state.masks, 0)["output"].tolist() == [[False, True, True, True]]

    def norm_without(index: int | None) -> float:
        one = linear([0.0 if place == index else weight for place, weight in enumerate([1.0, -1, 2, 1])])
        loss = mse_loss(one.model.output(EXAMPLES.inputs), EXAMPLES.targets)
        (gradient,) = torch.autograd.grad(loss, [one.model.output.weight])
        return float(gradient.square().sum())

    assert [norm_without(index) for index in (None, 0, 3)] == [5.25, 6.25, 1.25]


def test_of_a_quadratic_loss_it_is_the_square_of_its_matrix():
    """The loss is 1/2 w A w with A = 2 X'X / n, so g = A w and Hg = A A w."""
    drawn = torch.Generator().manual_seed(0)
    inputs = torch.randn(20, 6, generator=drawn, dtype=torch.float64)
    state = linear(torch.randn(6, generator=drawn, dtype=torch.float64).tolist())
    matrix, weights = 2 * inputs.T @ inputs / 20, state.weight("output").detach()[0]
    found = hessian_times_gradient(state, Split(inputs, torch.zeros(20, 1, dtype=torch.float64)))["output"][0]
    assert torch.allclose(found, matrix @ matrix @ weights, rtol=1e-12)


@pytest.mark.parametrize("workload", [MLP, CNN, BATCH_NORM, GPT2], ids=["mlp", "cnn", "batch_norm", "gpt2"])
@pytest.mark.parametrize("kept", [1.0, 0.5])
def test_scores_are_half_the_fall_of_the_squared_norm_with_a_gate(workload, kept, images_of):
    """With half of the weights gone it is the gradient of the others that counts."""
    state, examples = in_float64(workload, images_of)
    drawn = torch.Generator().manual_seed(2)
    state.put_masks({name: torch.rand(mask.shape, generator=drawn) < kept for name, mask in state.masks.items()})
    of_text = workload is GPT2
    sample = probe(examples, 4, 0) if of_text else balanced_probe(examples, 3, 0)
    found = scores(GraspCriterion(per_class=3, examples=4), state.weights, state, examples, 0)
    trained = training_copy(state)
    largest = max(float(score.abs().max()) for score in found.values())
    for name, place in some_weights(state, 8 if of_text else 20):
        rise = slope(lambda: squared_norm(trained, sample), trained, name, place, 1e-7)
        assert float(found[name][place]) == pytest.approx(rise / 2, rel=1e-5, abs=1e-7 * largest)


def test_linear_weights_are_not_drawn_anew_for_scoring():
    """The trap: released code draws the weights of Linear layers anew on the copy that it scores. The oracle is the
    whole Hessian of the network's own weights."""
    first, last = [[1.0, -2, 0.5], [0.3, 0.1, -1]], [[1.0, 2], [-1, 0.7]]
    state = perceptron(first, last)
    inputs = torch.tensor([[1.0, 2, 3], [0.5, -1, 1], [2, 0, 1]], dtype=torch.float64)
    sample = Split(inputs, torch.tensor([0, 1, 1]))
    shapes = [weight.shape for weight in state.weights.values()]

    def loss(flat: Tensor) -> Tensor:
        parts = flat.split([shape.numel() for shape in shapes])
        weights = {f"{name}.weight": part.view(shape)
                   for name, part, shape in zip(state.weights, parts, shapes, strict=True)}  # fmt: skip
        return cross_entropy(functional_call(state.model, weights, sample.inputs) / 200, sample.targets)

    flat = torch.cat([weight.detach().flatten() for weight in state.weights.values()])
    hessian = torch.autograd.functional.hessian(loss, flat)
    (gradient,) = torch.autograd.grad(loss(flat.requires_grad_()), [flat])
    found = torch.cat([part.flatten() for part in hessian_times_gradient(state, sample).values()])
    assert torch.allclose(found, hessian @ gradient, rtol=1e-10, atol=1e-20)


def test_as_many_of_each_class_and_others_for_another_seed(images_of):
    _, examples = in_float64(MLP, images_of)
    sample, other = (balanced_probe(examples, 25, seed) for seed in (0, 1))
    assert sample.targets.bincount().tolist() == [25] * 10
    assert not torch.equal(sample.inputs, other.inputs)
    assert torch.equal(balanced_probe(examples, 3, 0).inputs.flatten(1).sum(1).sort().values,
                       _first_of_each(examples, 3).flatten(1).sum(1).sort().values)  # fmt: skip


def _first_of_each(examples: Split, count: int) -> Tensor:
    """By hand: those that come first in the order of the probe."""
    whole = probe(examples, examples.count, 0)
    return torch.cat([whole.inputs[whole.targets == target][:count] for target in range(10)])


def test_a_class_with_fewer_examples_gives_all_of_them():
    split = Split(torch.arange(6.0)[:, None], torch.tensor([0, 0, 0, 0, 2, 2]))
    assert balanced_probe(split, 3, 0).targets.sort().values.tolist() == [0, 0, 0, 2, 2]


def test_scoring_in_chunks_equals_scoring_whole(images_of, monkeypatch):
    state, examples = in_float64(MLP, images_of)
    sample = balanced_probe(examples, 5, 0)
    whole = hessian_times_gradient(state, sample)
    monkeypatch.setattr(grasp, "CHUNK", 7)
    for name, part in hessian_times_gradient(state, sample).items():
        assert torch.allclose(part, whole[name], rtol=1e-9, atol=1e-18)
