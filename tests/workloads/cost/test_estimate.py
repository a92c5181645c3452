"""What a trial takes: hand-counted operations, and an estimate that stays near what was measured."""

import pytest

from workloads.catalog import METHODS
from workloads.cost.estimate import EFFECTS, cost
from workloads.script.paths import changing
from workloads.trial import Trial

LENET = 784 * 300 + 300 * 100 + 100 * 10  # 266,200 weights, each multiplied once per example


def trial(workload, method):
    return Trial.model_validate({"workload": workload, "method": method, "seed": 0})


def lenet(batch_size, steps, method="dense"):
    training = {"batch_size": batch_size, "steps": steps}
    return trial({"name": "fashion_mnist_mlp", "training": training}, method)


def test_a_dense_step_is_six_operations_per_weight_and_example():
    done = cost(lenet(64, 10))
    assert (done.steps, done.training_flops) == (10, 6 * LENET * 64 * 10)


def test_an_epoch_leaves_out_the_last_partial_batch():
    # 55,000 training examples make 429 whole batches of 128
    assert cost(trial("fashion_mnist_mlp", "dense")).steps == 10 * 429


@pytest.mark.parametrize("allocation", ["uniform", "erk"])
def test_removed_weights_are_not_counted(allocation):
    method = {"name": "static_random", "sparsity": 0.9, "allocation": allocation}
    assert cost(lenet(64, 10, method)).training_flops == 6 * (LENET // 10) * 64 * 10


def test_removed_weights_save_no_time_but_a_narrow_network_does():
    sparse = cost(lenet(64, 10_000, {"name": "static_random", "sparsity": 0.9}))
    narrow = cost(lenet(64, 10_000, {"name": "small_dense", "sparsity": 0.9}))
    assert sparse.estimated_seconds == cost(lenet(64, 10_000)).estimated_seconds > narrow.estimated_seconds
    # 26,620 weights are kept of the sparse one; of the narrow one, the widths decide which number near it there can be
    assert narrow.training_flops == pytest.approx(sparse.training_flops, rel=0.01)


def test_the_estimate_is_near_what_was_measured():
    """1.4 and 1.9 ms a step of LeNet-300-100 at batches of 64 and 128, 45 ms to evaluate 10,000 examples."""
    for batch_size, per_step in ((64, 1.4e-3), (128, 1.9e-3)):
        more, fewer = (cost(lenet(batch_size, steps)).estimated_seconds for steps in (100_001, 1))
        looks = 500 * (15_000 + 3 * 1_000) / 10_000 * 45e-3
        assert more - fewer - looks == pytest.approx(100_000 * per_step, rel=0.05)


def test_looks_that_a_rule_asks_for_are_counted():
    """Ten applications: as many looks as 2,000 steps have by themselves."""
    method = {"name": "adaptive", "sparsity": 0.9}
    more, fewer = (cost(lenet(64, 2_000, method | {"applications": count})).estimated_seconds for count in (10, 1))
    none, dense = (cost(lenet(64, steps)).estimated_seconds for steps in (1, 2_001))
    of_a_look = cost(lenet(64, 401)).estimated_seconds - cost(lenet(64, 400)).estimated_seconds
    assert more - fewer == pytest.approx(9 * of_a_look, rel=0.05) and none < fewer < dense + 2 * of_a_look


def test_what_cannot_be_carried_out_is_an_error():
    with pytest.raises(ValueError, match="fewer than the 795"):
        cost(lenet(64, 10, {"name": "small_dense", "sparsity": 0.999}))


@pytest.mark.parametrize("method", METHODS.members)
def test_law_every_phase_that_changes_a_network_has_a_cost(method):
    settings = {"sparsity": 0.5} if "sparsity" in method.model_fields else {}
    settings |= {"rounds": 2} if "rounds" in method.model_fields else {}
    phases = changing(method(**settings).phases(1200, 40)).phases
    assert {phase.name for phase in phases} <= EFFECTS.keys()
    steps = sum(phase.stop - phase.start for phase in phases if phase.name == "train")
    assert cost(trial("digits_mlp", {"name": method.model_fields["name"].default, **settings})).steps == steps >= 1200


def test_a_ticket_is_planned_as_if_it_came_at_the_last_moment():
    """Masks every 15 steps of 100: 90 dense steps at 6 x 266,200 operations an example, and ten at half of that."""
    ticket = {"name": "early_bird", "sparsity": 0.5, "every": 15, "allocation": "uniform"}
    planned = cost(lenet(10, 100, ticket))
    assert (planned.steps, planned.training_flops) == (100, 6 * 10 * (90 * LENET + 10 * LENET // 2))


def test_operations_of_a_ladder_by_hand():
    """784-300-100-10: 100 dense steps at 6 x 266,200 operations an example; then rounds of 25 steps, in which a fifth
    of 235,200, of 30,000 and of 1,000 weights is gone, then a fifth of what is left."""
    ladder = {"name": "iterative", "rounds": 2, "rate": 0.2, "allocation": "uniform"}
    planned = cost(lenet(10, 100, ladder))
    second, third = 188_160 + 24_000 + 800, 150_528 + 19_200 + 640
    assert planned.steps == 150
    assert planned.training_flops == 6 * 10 * (100 * 266_200 + 25 * second + 25 * third)


@pytest.mark.parametrize(
    ("amount", "left"),
    [({"rounds": 100, "sparsity": 0.0125}, "6,383"), ({"rounds": 100, "sparsity": 0.01}, "6,399")],
)
def test_rounds_that_would_remove_nothing_are_refused(amount, left):
    """Each takes a weight of 6,464, since less than one cannot go; 81 and 65 are to go, so most rounds have none."""
    with pytest.raises(ValueError, match=f"removes nothing more once {left} weights are left; give fewer rounds"):
        cost(trial("digits_mlp", {"name": "iterative"} | amount))
