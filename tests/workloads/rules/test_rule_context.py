"""What a rule is handed: dense gradients of the last steps, every step, chance of its own."""

from typing import Literal

import pytest
import torch

from tests.workloads.batches import batches
from tests.workloads.rows import WORKLOAD_ROWS, make
from tests.workloads.rules.scripted import Scripted
from workloads.catalog import METHODS, RULES
from workloads.network.loss import loss_of
from workloads.network.rule_context import EachStep, RuleContext
from workloads.network.rule_state import RuleState
from workloads.network.state import State
from workloads.run import run_trial
from workloads.script.phases import Train
from workloads.script.rules import Rule
from workloads.training.loop import train

DIGITS = WORKLOAD_ROWS[0]


class SumRule(Rule):
    """Takes down the gradients that it is handed at two positions."""

    name: Literal["sum"] = "sum"
    of: int

    @property
    def positions(self):
        return (5, 12)

    @property
    def gradients(self):
        return self.of

    def act(self, context: RuleContext) -> RuleState:
        return RuleState(self.name, summary={
            f"made_up/{name}-{context.position}": float(total.norm()) for name, total in context.gradients.items()
        } | context.memory.summary)  # fmt: skip


class StillRule(Rule):
    """Takes every gradient away, and writes noise into the weights of the input layer."""

    name: Literal["still"] = "still"
    noise: bool = False

    @property
    def positions(self):
        return ()

    def act(self, context: RuleContext) -> RuleState:
        raise AssertionError("it has no positions")

    def each_step(self, context: RuleContext) -> EachStep:
        parameters = list(context.state.model.parameters())

        def nothing(position: int) -> None:
            for parameter in parameters:
                parameter.grad.zero_()

        def one(position: int) -> None:
            for weight in context.state.weights.values():
                weight.data.fill_(1.0 + position)

        return EachStep(nothing, one if self.noise else None)


@pytest.fixture(autouse=True)
def members():
    METHODS.join(Scripted)
    RULES.join(SumRule, StillRule)
    yield
    METHODS.leave(Scripted)
    RULES.leave(SumRule, StillRule)


def scripted(rule: dict, every=100, **fields):
    return make(DIGITS, {"name": "scripted", "rule": rule}, steps=12, every=every,
                optimizer={"name": "sgd", "lr": 0.1}, **fields)  # fmt: skip


@pytest.mark.parametrize("kernels", ["masked", "sparse"])
@pytest.mark.parametrize("every", [100, 4])
@pytest.mark.parametrize(("of", "steps"), [(1, {5: [4], 12: [11]}), (3, {5: [2, 3, 4], 12: [9, 10, 11]}),
                                            (9, {5: [0, 1, 2, 3, 4], 12: [5, 6, 7, 8, 9, 10, 11]})])  # fmt: skip
def test_gradients_are_dense_and_summed_over_the_last_steps_alone(of, steps, every, kernels, images_of):
    """Whatever looks come between, and never from before the rule acted last; by hand with autograd."""
    trial = scripted({"name": "sum", "of": of}, every)
    images = images_of(trial)
    *_, measured = run_trial(trial, images, kernels=kernels)
    state = State.new(trial.workload, 0, torch.device("cpu"))
    *_, plain = run_trial(trial.model_copy(update={"method": trial.method.twin()}), images)
    state.put_masks(plain.state.masks)
    found = {}
    for position, (inputs, targets) in enumerate(batches(images.train, 32, 0, 0, 12)):
        weights = list(state.weights.values())
        dense = torch.autograd.grad(loss_of(state.model(inputs), targets), weights)
        found[position] = dict(zip(state.weights, dense, strict=True))
        train(state, images.train, Train(start=position, stop=position + 1), 12, 0)
    for at, of_steps in steps.items():
        for name in state.weights:
            total = sum(found[step][name] for step in of_steps)
            assert measured.state.rule.summary[f"made_up/{name}-{at}"] == pytest.approx(float(total.norm()), rel=1e-5)
            assert bool((total[~state.masks[name]] != 0).any())  # removed weights have gradients too
    assert measured.state.rule.tensors == {}  # what was added up is forgotten


def test_a_rule_may_edit_every_gradient(images_of):
    trial = scripted({"name": "still"})
    first = trial.workload.model(0).state_dict()
    *_, measured = run_trial(trial, images_of(trial), kernels="sparse")
    for name, value in measured.state.model.state_dict().items():
        layer = name.removesuffix(".weight")
        assert torch.equal(value, first[name] * measured.state.masks.get(layer, 1))


def test_a_rule_may_edit_every_weight_and_removed_ones_stay_zero(images_of):
    """After the last of twelve steps, of position 11, all kept weights are 12."""
    trial = scripted({"name": "still", "noise": True}, every=1)
    *_, measured = run_trial(trial, images_of(trial), kernels="sparse")
    for name, weight in measured.state.weights.items():
        assert torch.equal(weight.detach(), 12.0 * measured.state.masks[name])


def test_chance_of_a_position_is_its_own():
    def drawn(use, position, seed=0):
        return float(torch.rand(1, generator=RuleContext(position, None, RuleState(), None, seed).generator(use)))

    found = {drawn("grow", 1), drawn("grow", 2), drawn("noise", 1), drawn("grow", 1, seed=1)}
    assert len(found) == 4 and drawn("grow", 1) in found
