"""The loop against steps written out, and against torch's own."""

import math
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.data.splits import Split
from workloads.errors import Diverged, RevivedWeights
from workloads.models.layer import Layer
from workloads.network.optimizer import optimizer
from workloads.network.state import State
from workloads.script.learning_rate import learning_rate
from workloads.script.phases import Train
from workloads.script.training import Training
from workloads.tasks.digits import DigitsMlp
from workloads.training.loop import learning_rates, pop_training_means, train


def linear_state(training: Training, mask: list[list[bool]]) -> State:
    model = nn.Sequential(nn.Linear(2, 2, bias=False)).double()
    model[0].weight.data = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64)
    workload = SimpleNamespace(
        layers=(Layer("0", (2, 2)),), training=training, loss="cross_entropy", outcome=DigitsMlp().outcome, unpruned=0
    )
    state = State(workload, model, optimizer(training.optimizer, model.parameters()), {}, init="")
    state.put_masks({"0": torch.tensor(mask)})
    return state


def go(state: State, split: Split, steps: int) -> None:
    train(state, split, Train(start=0, stop=steps), steps, 0)


def one_example(x: tuple[float, float] = (1.0, 1.0), target: int = 0) -> Split:
    return Split(torch.tensor([x], dtype=torch.float64), torch.tensor([target]))


def training(**given) -> Training:
    sgd = {"name": "sgd", "lr": 0.5, **given.pop("optimizer", {})}
    return Training.model_validate({"steps": 4, "batch_size": 1, "optimizer": sgd, "lr_schedule": "constant", **given})


def test_one_sgd_step_by_hand():
    """Logits 3 and 4 (one weight is removed), so p = softmax; the gradient of row i is (p_i - [i = 0]) x."""
    settings = training()
    state = linear_state(settings, [[True, True], [False, True]])
    go(state, one_example(), 1)
    p = math.exp(4) / (math.exp(3) + math.exp(4))
    expected = [[1 + 0.5 * p, 2 + 0.5 * p], [0, 4 - 0.5 * p]]
    assert state.model[0].weight.tolist() == [pytest.approx(row) for row in expected]
    assert pop_training_means(state) == {"train/loss": pytest.approx(-math.log(1 - p)), "train/accuracy": 0.0}
    assert (state.step, state.tally.flops) == (1, 3 * 2 * 3)
    assert pop_training_means(state) == {}


def test_clipping_sees_the_masked_gradient():
    settings = training(clip_norm=0.1)
    state = linear_state(settings, [[True, True], [False, True]])
    before = state.model[0].weight.detach().clone()
    go(state, one_example(), 1)
    assert float((state.model[0].weight.detach() - before).norm()) == pytest.approx(0.5 * 0.1, rel=1e-4)


def test_all_gradients_are_clipped_together(images_of):
    """At a learning rate of 1 a step is as long as the clipped gradient, over all parameters: biases, too, and layers
    with a mask or without."""
    sgd = {"optimizer": {"name": "sgd", "lr": 1.0}, "lr_schedule": "constant", "clip_norm": 0.01}
    trial = make(WORKLOAD_ROWS[0], {"name": "dense"}, **sgd)
    state = State.new(trial.workload, 0, torch.device("cpu"))
    state.put_masks(state.masks | {"output": torch.rand(10, 32, generator=torch.Generator().manual_seed(0)) > 0.5})
    before = [parameter.detach().clone() for parameter in state.model.parameters()]
    train(state, images_of(trial).train, Train(start=0, stop=1), 12, 0)
    moved = [parameter.detach() - old for parameter, old in zip(state.model.parameters(), before)]
    assert float(torch.cat([each.flatten() for each in moved]).norm()) == pytest.approx(0.01, rel=1e-3)


def test_losses_are_means_since_the_last_look():
    """Two steps on two examples, of which both rows of weights take the second class to be right."""
    state = linear_state(training(batch_size=2), [[True, True], [True, True]])
    split = Split(torch.eye(2, dtype=torch.float64), torch.tensor([0, 1]))
    losses = []
    for position in range(2):
        losses.append(nn.functional.cross_entropy(state.model(split.inputs), split.targets).item())
        train(state, split, Train(start=position, stop=position + 1), 4, 0)
    seen = pop_training_means(state)
    assert seen["train/loss"] == pytest.approx(sum(losses) / 2) and losses[0] != losses[1]
    assert seen["train/accuracy"] == 0.5
    assert state.tally.flops == 2 * 2 * 3 * 2 * 4  # steps, examples, forward and twice backward, weights used twice


def test_put_masks_forgets_what_the_optimizer_knew():
    settings = training(optimizer={"momentum": 0.9})
    state = linear_state(settings, [[True, True], [True, True]])
    go(state, one_example(), 2)
    state.put_masks({"0": torch.tensor([[False, True], [True, True]])})
    momentum = state.optimizer.state[state.model[0].weight]["momentum_buffer"]
    assert momentum[0, 0] == 0 and momentum.count_nonzero() == 3
    assert state.tally.mask_step == 2


def test_seconds_since_the_last_mask_are_those_of_the_steps_after_it(monkeypatch):
    """Each call of the loop takes one second by this clock: two before the masks change, three after."""
    state = linear_state(training(), [[True, True], [True, True]])
    monkeypatch.setattr("workloads.training.loop.time.perf_counter", iter(range(100)).__next__)
    for calls in (2, 3):
        state.put_masks(state.masks)
        for _ in range(calls):
            go(state, one_example(), 1)
        assert state.tally.seconds_since_mask == calls
    assert state.tally.path_seconds == 5


def test_check_zeros_finds_a_revived_weight():
    state = linear_state(training(), [[False, True], [True, True]])
    state.check_zeros()
    state.model[0].weight.data[0, 0] = 1e-30
    with pytest.raises(RevivedWeights, match="1 removed weights of 0 are not zero"):
        state.check_zeros()


def test_a_loss_that_is_no_number_stops_the_trial():
    settings = training(optimizer={"lr": 1e300})
    state = linear_state(settings, [[True, True], [True, True]])
    with pytest.raises(Diverged, match="at step 4; try a lower learning rate or clip_norm"):
        go(state, one_example((1e300, -1e300)), 4)


@pytest.mark.parametrize(
    "schedule, positions",
    [
        ("constant", {0: 0.5, 99: 0.5}),
        ({"name": "constant", "warmup": 4}, {0: 0.125, 1: 0.25, 3: 0.5, 50: 0.5}),
        ({"name": "step", "at": [0.5, 0.75], "factor": 0.1}, {0: 0.5, 49: 0.5, 50: 0.05, 74: 0.05, 75: 0.005}),
        ("cosine", {0: 0.5, 50: 0.25, 75: 0.25 * (1 - math.sqrt(0.5))}),
        ({"name": "cosine", "floor": 0.1}, {0: 0.5, 50: 0.275}),
        ({"name": "cosine", "warmup": 20}, {9: 0.25, 20: 0.5, 60: 0.25}),
        ({"name": "cosine", "warmup": 200}, {99: 0.25}),
    ],
)
def test_learning_rates_by_hand(schedule, positions):
    settings = training(lr_schedule=schedule)
    for position, expected in positions.items():
        assert learning_rate(settings, 100, position) == pytest.approx(expected)


def test_a_phase_may_set_its_own_learning_rate():
    settings = training(lr_schedule={"name": "cosine", "floor": 0.1})
    assert learning_rates(Train(start=0, stop=100), settings, 100)(50) == pytest.approx(0.275)
    assert learning_rates(Train(start=100, stop=120, lr=0.01), settings, 100)(110) == 0.01
    last = learning_rates(Train(start=100, stop=120, lr="last"), settings, 100)
    assert last(100) == last(119) == learning_rate(settings, 100, 99) == pytest.approx(0.0501, rel=1e-2)


@pytest.mark.parametrize(
    "settings, reference",
    [
        ({"name": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
         lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01, fused=False)),
        ({"name": "adam", "lr": 0.01, "betas": [0.8, 0.99]},
         lambda p: torch.optim.Adam(p, 0.01, (0.8, 0.99), fused=False)),
        ({"name": "adam", "lr": 0.01, "weight_decay": 0.1},
         lambda p: torch.optim.Adam(p, 0.01, weight_decay=0.1, fused=False)),
        ({"name": "adamw", "lr": 0.01, "weight_decay": 0.1},
         lambda p: torch.optim.AdamW(p, 0.01, weight_decay=0.1, fused=False)),
    ],
)  # fmt: skip
def test_optimizers_do_what_torch_unfused_does(settings, reference):
    split = Split(
        torch.randn(8, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64), torch.arange(8) % 2
    )
    ours = Training.model_validate({"steps": 6, "batch_size": 8, "optimizer": settings, "lr_schedule": "constant"})
    state = linear_state(ours, [[True, True], [True, True]])
    theirs = nn.Linear(2, 2, bias=False).double()
    theirs.weight.data = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64)
    stepping = reference(theirs.parameters())
    for _ in range(6):
        stepping.zero_grad()
        nn.functional.cross_entropy(theirs(split.inputs), split.targets).backward()
        stepping.step()
    go(state, split, 6)
    assert torch.allclose(state.model[0].weight, theirs.weight, rtol=1e-9)
