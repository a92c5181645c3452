"""Laws of chance: what is drawn differs between two seeds, and between two draws or positions of one seed."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from tests.workloads.rows import METHOD_ROWS, WORKLOAD_ROWS, make, named
from workloads.data.probe import probe
from workloads.data.splits import DataSet, Split
from workloads.network.state import State
from workloads.pruning.changes import reinitialize, shuffle
from workloads.pruning.criteria import Activation, Gradient, Saliency
from workloads.pruning.grasp import GraspCriterion
from workloads.pruning.ranking import scores
from workloads.pruning.snip import SnipCriterion
from workloads.run import run_trial
from workloads.script.phases import Reinitialize, Shuffle, Train
from workloads.training.loop import train
from workloads.trial import Measured, Trial

CPU = torch.device("cpu")
every_method = pytest.mark.parametrize("method", METHOD_ROWS, ids=named)
every_workload = pytest.mark.parametrize("workload", WORKLOAD_ROWS, ids=named)
TICKETS = {"name": "lottery_ticket", "levels": [0.5, 0.8], "controls": ["reinit", "shuffled", "random"],
           "control_draws": 2}  # fmt: skip


def new(workload: dict, seed: int = 0) -> State:
    trial = make(workload, {"name": "dense"})
    return State.new(trial.workload, seed, CPU)


def matrices(state: State) -> list[Tensor]:
    return [weight.detach().clone() for weight in state.weights.values()]


def measured(trial: Trial, images: DataSet) -> dict[str, Measured]:
    return {event.label: event for event in run_trial(trial, images) if isinstance(event, Measured)}


def all_differ(*drawn: list[Tensor]) -> bool:
    """Whether each tensor differs from the one in its place in every other list."""
    pairs = [(one, other) for index, one in enumerate(drawn) for other in drawn[index + 1 :]]
    return all(not torch.equal(a, b) for one, other in pairs for a, b in zip(one, other, strict=True))


@every_workload
def test_first_weights_differ_between_seeds(workload):
    assert all_differ(*(matrices(new(workload, seed)) for seed in (0, 1, 2)))


@every_method
def test_every_run_begins_with_weights_of_its_seed(method, images_of):
    """As the trial itself says: the digest of the weights that training began with, masks left aside."""
    one, other = (make(WORKLOAD_ROWS[0], method, seed) for seed in (0, 1))
    begun, elsewhere = (measured(trial, images_of(trial)) for trial in (one, other))
    assert begun.keys() == elsewhere.keys()
    assert all(begun[label].init != elsewhere[label].init for label in begun)


@every_workload
def test_new_weights_differ_between_seeds_and_draws(workload):
    def drawn(seed: int, draw: int) -> list[Tensor]:
        trial = make(workload, {"name": "dense"}, seed)
        return matrices(reinitialize(Reinitialize(draw=draw), new(workload, seed), trial, None))

    assert all_differ(matrices(new(workload)), drawn(0, 1), drawn(0, 2), drawn(1, 1), drawn(1, 2))


def halved(workload: dict) -> State:
    """A network whose layers keep every other weight."""
    state = new(workload)
    state.put_masks({name: torch.arange(mask.numel()).view_as(mask) % 2 == 0 for name, mask in state.masks.items()})
    return state


@every_workload
def test_shuffles_differ_between_seeds_and_draws(workload):
    def shuffled(seed: int, draw: int) -> list[Tensor]:
        trial = make(workload, {"name": "dense"}, seed)
        return list(shuffle(Shuffle(draw=draw), halved(workload), trial, None).masks.values())

    assert all_differ(list(halved(workload).masks.values()), shuffled(0, 1), shuffled(0, 2), shuffled(1, 1))


def test_controls_of_one_ticket_differ_from_draw_to_draw(images_of):
    trial = make(WORKLOAD_ROWS[0], TICKETS)
    runs = measured(trial, images_of(trial))
    for rung in ("r01", "r02"):
        masks = [runs[label].masks for label in (rung, f"{rung}-shuffled-1", f"{rung}-shuffled-2")]
        weights = [runs[label].init for label in (rung, f"{rung}-reinit-1", f"{rung}-reinit-2")]
        assert len(set(masks)) == len(set(weights)) == 3
        assert [runs[f"{rung}-random-{draw}"].masks for draw in (1, 2)] == masks[1:]
        assert [runs[f"{rung}-random-{draw}"].init for draw in (1, 2)] == weights[1:]
        assert {runs[f"{rung}-reinit-{draw}"].masks for draw in (1, 2)} == {masks[0]}
        assert {runs[f"{rung}-shuffled-{draw}"].init for draw in (1, 2)} == {weights[0]}


def after_a_step(workload: dict, data: DataSet, seed: int, position: int) -> tuple[list[Tensor], float]:
    """Weights after one step from the first weights of seed 0, and the loss of that step."""
    state = new(workload)
    train(state, data.train, Train(start=position, stop=position + 1, lr=0.1), 10_000, seed)
    return matrices(state), state.since_look.loss


@every_workload
def test_batches_differ_between_seeds_positions_and_epochs(workload, images_of):
    still = workload | ({"dropout": 0.0} if "dropout" in workload else {})  # order alone tells steps apart
    trial = make(still, {"name": "dense"})
    data, epoch = images_of(trial), trial.workload.steps_per_epoch
    steps = [after_a_step(still, data, *place)[0] for place in ((0, 0), (1, 0), (0, 1), (0, epoch))]
    assert all_differ(*steps)
    again, _ = after_a_step(still, data, 0, 0)
    assert all(map(torch.equal, steps[0], again))


def test_dropout_differs_between_seeds_and_positions(images_of):
    """With examples that are all alike, a first step's loss depends on nothing but what is dropped."""
    dropping = WORKLOAD_ROWS[-1] | {"dropout": 0.5}
    data = images_of(make(dropping, {"name": "dense"}))
    alike = data.train.take(torch.zeros(64, dtype=torch.int64))
    data = replace(data, train=Split(alike.inputs, alike.targets))
    losses = [after_a_step(dropping, data, seed, position)[1] for seed, position in ((0, 0), (0, 1), (1, 0), (1, 1))]
    assert len(set(losses)) == 4
    assert after_a_step(dropping, data, 0, 0)[1] == losses[0]
    quiet = [after_a_step(dropping | {"dropout": 0.0}, data, seed, 0)[1] for seed in (0, 1)]
    assert quiet[0] == quiet[1]  # the examples are alike indeed


def test_probes_differ_between_seeds(images_of):
    data = images_of(make(WORKLOAD_ROWS[0], {"name": "dense"}))
    one, other = (probe(data.train, 50, seed) for seed in (0, 1))
    assert not torch.equal(one.inputs, other.inputs)


@pytest.mark.parametrize("criterion", [Gradient(examples=50), Saliency(examples=50), Activation(examples=50),
                                       SnipCriterion(examples=50), GraspCriterion(per_class=5)],
                         ids=lambda one: one.name)  # fmt: skip
def test_scores_are_of_examples_that_differ_between_seeds(criterion, images_of):
    state, data = new(WORKLOAD_ROWS[0]), images_of(make(WORKLOAD_ROWS[0], {"name": "dense"}))
    one, other = (list(scores(criterion, state.weights, state, data.train, seed).values()) for seed in (0, 1))
    assert all_differ(one, other)
