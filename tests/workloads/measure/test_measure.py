"""Measurements against networks small enough to see through."""

from types import SimpleNamespace

import pytest
import torch

from workloads.cost.operations import forward_flops, training_flops
from workloads.data.splits import Split
from workloads.measure.dead import dead_functional, dead_neurons, dead_structural
from workloads.measure.gradients import gradients
from workloads.measure.sparsity import sparsity
from workloads.measure.summary import best, final
from workloads.models.layer import Layer
from workloads.models.mlp import mlp
from workloads.models.widths import mlp_layers
from workloads.network.optimizer import optimizer
from workloads.network.state import Look, State
from workloads.randomness import generator
from workloads.script.training import Adam
from workloads.training.evaluation import evaluate


@pytest.fixture
def state() -> State:
    """A perceptron 3-4-2 in double precision with two weights masked in the first layer and one in the last."""
    model = mlp(3, (4,), 2, generator(0, "weights")).double()
    outcome = SimpleNamespace(metric="accuracy")
    workload = SimpleNamespace(layers=mlp_layers(3, (4,), 2), loss="cross_entropy", outcome=outcome)
    made = State(workload, model, optimizer(Adam(), model.parameters()), {}, init="")
    masks = {name: torch.ones_like(weight, dtype=torch.bool) for name, weight in made.weights.items()}
    masks["hidden.0"][0, 0] = masks["hidden.0"][2, 1] = masks["output"][1, 3] = False
    made.put_masks(masks)
    return made


@pytest.fixture
def probe() -> Split:
    return Split(
        torch.randn(6, 3, generator=generator(0, "probe"), dtype=torch.float64), torch.tensor([0, 1, 1, 0, 1, 0])
    )


def test_gradients_are_finite_differences(state, probe):
    """Perturb each weight, the removed ones too, and see how the loss moves."""
    slope: dict[str, torch.Tensor] = {}
    for name, weight in state.weights.items():
        slope[name] = torch.zeros_like(weight)
        for index in range(weight.numel()):
            ends = []
            for nudge in (1e-5, -1e-5):
                weight.data.view(-1)[index] += nudge
                ends.append(evaluate(state.model, probe)[0])
                weight.data.view(-1)[index] -= nudge
            slope[name].view(-1)[index] = (ends[0] - ends[1]) / 2e-5
    kept = torch.cat([slope[name][mask] for name, mask in state.masks.items()])
    gone = torch.cat([slope[name][~mask] for name, mask in state.masks.items()])
    state.put_masks(state.masks)  # nudging there and back may leave a rounding error where a zero was
    seen = gradients(state, probe)
    assert (kept.numel(), gone.numel()) == (17, 3)
    assert seen["gradient_norm/overall"] == pytest.approx(float(kept.norm()), rel=1e-6)
    assert seen["gradient_rms/overall"] == pytest.approx(float(kept.norm()) / 17**0.5, rel=1e-6)
    assert seen["zero_grad_norm/overall"] == pytest.approx(float(gone.norm()), rel=1e-6)
    assert seen["zero_grad_rms/overall"] == pytest.approx(float(gone.square().mean().sqrt()), rel=1e-6)
    assert seen["zero_grad_norm/output"] == pytest.approx(abs(float(slope["output"][1, 3])), rel=1e-6)
    assert seen["gradient_norm/hidden.0"] == pytest.approx(
        float(slope["hidden.0"][state.masks["hidden.0"]].norm()), rel=1e-6
    )


def test_a_dense_network_has_no_gradient_at_zeros(state, probe):
    state.put_masks({name: torch.ones_like(mask) for name, mask in state.masks.items()})
    for weight in state.weights.values():
        weight.data[weight == 0] = 0.5
    assert not [name for name in gradients(state, probe) if name.startswith("zero_grad")]


def test_sparsities_refer_to_the_full_network(state):
    assert sparsity(state, prunable=20) == {
        "pruning/sparsity": pytest.approx(3 / 20),
        "sparsity/overall": pytest.approx(3 / 20),
        "layer_sparsity/hidden.0": pytest.approx(2 / 12),
        "layer_sparsity/output": pytest.approx(1 / 8),
    }
    assert sparsity(state, prunable=40)["pruning/sparsity"] == pytest.approx(1 - 17 / 40)


# Five hidden units, then four: 0 has no input; 1 feeds nothing; 2 feeds only unit 0 of the next layer, which feeds
# nothing; 3 and 4 are well; unit 1 of the second layer hears only the dead unit 0.
FIRST = torch.tensor([[0.0, 0], [1, 0], [1, 1], [0, 1], [1, 0]])
SECOND = torch.tensor([[0.0, 0, 1, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]])
OUTPUT = torch.tensor([[0.0, 1, 1, 0], [0, 0, 0, 1]])
WEIGHTS = {"hidden.0": FIRST, "hidden.1": SECOND, "output": OUTPUT}


def test_dead_neurons_count_degrees():
    """Dead: 0 and 1 of the first layer; 0 of the second."""
    assert dead_neurons(WEIGHTS) == {
        "dead_neurons/overall": pytest.approx(3 / 9),
        "dead_neurons/hidden.0": pytest.approx(2 / 5),
        "dead_neurons/hidden.1": pytest.approx(1 / 4),
    }


def test_dead_structural_follows_paths():
    """Dead as well: 2 of the first layer, whose only listener is dead; 1 of the second, which hears only the dead."""
    assert dead_structural(WEIGHTS) == {
        "dead_structural/overall": pytest.approx(5 / 9),
        "dead_structural/hidden.0": pytest.approx(3 / 5),
        "dead_structural/hidden.1": pytest.approx(2 / 4),
    }


def test_an_empty_layer_kills_all():
    severed = WEIGHTS | {"hidden.1": torch.zeros(4, 5)}
    assert dead_structural(severed)["dead_structural/overall"] == 1
    assert dead_neurons({"output": OUTPUT}) == {}


def test_dead_functional_needs_every_example():
    model = mlp(2, (3,), 2, generator(0, "weights"))
    model.hidden[0].weight.data = torch.tensor([[1.0, 0], [-1, 0], [0, 1]])
    model.hidden[0].bias.data = torch.tensor([0.0, 0, -5])
    positive = Split(torch.tensor([[1.0, 1], [2, 1]]), torch.tensor([0, 1]))
    assert dead_functional(model, ["hidden.0"], positive)["dead_functional/hidden.0"] == pytest.approx(2 / 3)
    both = Split(torch.tensor([[1.0, 1], [-2, 1]]), torch.tensor([0, 1]))
    assert dead_functional(model, ["hidden.0"], both)["dead_functional/overall"] == pytest.approx(1 / 3)


def test_flops_of_known_networks():
    lenet = mlp_layers(784, (300, 100), 10)
    assert forward_flops(lenet, {layer.name: layer.size for layer in lenet}) == 2 * 266_200
    caffe = (
        Layer("conv1", (20, 1, 5, 5), 24**2),
        Layer("conv2", (50, 20, 5, 5), 8**2),
        Layer("fc1", (500, 800)),
        Layer("fc2", (10, 500)),
    )
    assert forward_flops(caffe, {layer.name: layer.size for layer in caffe}) == 2 * 2_293_000
    assert training_flops(lenet, {"hidden.0": 10, "hidden.1": 5, "output": 1}) == 3 * 2 * 16


def test_evaluation_is_over_the_whole_split():
    model = mlp(2, (), 2, generator(0, "weights"))
    model.output.weight.data = torch.eye(2)
    model.output.bias.data.zero_()
    inputs = torch.tensor([[1.0, 0]]).repeat(2_500, 1)  # more than a chunk, and not a multiple of one
    targets = (torch.arange(2_500) < 500).long()
    loss, accuracy = evaluate(model, Split(inputs, targets))
    right, wrong = torch.nn.functional.softplus(torch.tensor([-1.0, 1.0])).tolist()
    assert accuracy == 0.8
    assert loss == pytest.approx(0.8 * right + 0.2 * wrong)


@pytest.mark.parametrize("training", [True, False])
def test_evaluation_leaves_the_mode_alone(training):
    model = mlp(2, (), 2, generator(0, "weights")).train(training)
    evaluate(model, Split(torch.zeros(1, 2), torch.zeros(1, dtype=torch.long)))
    assert model.training is training


def looks(*rows: tuple[float, float, float]) -> list[Look]:
    return [
        Look(10 * i, {"val/loss": val, "test/accuracy": test, "test/loss": 1 - test, "pruning/sparsity": sparse})
        for i, (val, test, sparse) in enumerate(rows, 1)
    ]


def test_best_is_by_validation_at_the_final_sparsity():
    seen = best(looks((0.1, 0.9, 0.0), (0.5, 0.6, 0.8), (0.3, 0.7, 0.8), (0.4, 0.8, 0.8)), "accuracy")
    assert (seen["best/step"], seen["best/val_loss"], seen["best/test_accuracy"]) == (30, 0.3, 0.7)
    assert seen["convergence/early_stop_step"] == 30


def test_without_validation_nothing_is_best():
    only = [Look(1, {"test/loss": 0.5, "test/accuracy": 0.5, "pruning/sparsity": 0.0})]
    assert best(only, "accuracy") == {}
    assert final(only, "accuracy") == {"final/test_loss": 0.5, "final/test_accuracy": 0.5}
