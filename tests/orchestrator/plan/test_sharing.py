"""Which networks trials share, according to their phases."""

from orchestrator.plan.sharing import cuts
from workloads.script.paths import Passage, changing
from workloads.script.phases import Train

SPEC = """
workload: {name: digits_mlp, training: {steps: 100}}
method: one_shot
sparsity: [0.5, 0.9]
seeds: 2
"""
DENSE = Passage.after(changing((Train(start=0, stop=100),)))


def test_one_dense_training_a_seed(written):
    planned = written.plan(SPEC)
    assert {one.cuts for one in planned.trials} == {frozenset({DENSE})}


def test_nothing_shared_no_cuts(written):
    planned = written.plan(SPEC.replace("one_shot", "static_random"))
    assert not any(one.cuts for one in planned.trials)


def test_a_partly_trained_network_lies_on_the_way_of_a_whole_training(written):
    planned = written.plan(SPEC + "variants: [{}, {method: {name: one_shot, dense_steps: 40}}]")
    partly = Passage.after(changing((Train(start=0, stop=40),)))
    for one in planned.trials:
        early = getattr(one.trial.method, "dense_steps", None)
        assert one.cuts == (frozenset({partly}) if early else frozenset({partly, DENSE}))


def test_other_training_other_network(written):
    planned = written.plan(SPEC + "grid: {workload.training.optimizer.lr: [0.01, 0.001]}\nbaseline: none")
    by_rate = cuts(
        {one.key: one.trial for one in planned.trials if one.trial.seed == 0 and one.trial.method.sparsity == 0.5}
    )
    assert set(by_rate.values()) == {frozenset()}


def test_what_is_pruned_alike_is_shared_up_to_the_fine_tuning(written):
    planned = written.plan(SPEC + "grid: {method.fine_tune.steps: [10, 20]}\nbaseline: none")
    stops = {tuple(sorted(str(cut.stop) for cut in one.cuts)) for one in planned.trials}
    assert stops == {("100", "None")}  # the dense training, and the network after pruning


LADDERS = """
workload: {name: digits_mlp, training: {steps: 100}}
method: iterative
grid: {method.levels: [[0.5, 0.9], [0.5, 0.95]]}
"""


def test_ladders_share_their_first_rungs_as_runs_of_their_own(written):
    ladders = [one for one in written.plan(LADDERS).trials if one.trial.method.levels]
    dense, pruned, tuned = (ladders[0].trial.phases[index] for index in (0, 2, 3))
    path = (dense, pruned, tuned)
    common = {DENSE, *(Passage.after(changing(path[:length]), begun=100) for length in (2, 3))}
    assert [one.cuts for one in ladders] == [frozenset(common)] * 2


def test_a_rung_and_one_shot_pruning_share_the_dense_training_alone(written):
    """Their networks stay equal, but their records differ: a rung's run begins after the dense one."""
    planned = written.plan("workload: {name: digits_mlp, training: {steps: 100}}\nmethod: [one_shot, iterative]\n"
                           "sparsity: 0.5")  # fmt: skip
    assert {one.cuts for one in planned.trials} == {frozenset({DENSE})}


def test_networks_that_are_pruned_in_training_share_nothing(written):
    """A training with a rule and one without are different networks, even before the rule acts."""
    planned = written.plan(SPEC.replace("one_shot", "[one_shot, gradual]"))
    cuts_of = {one.trial.method.name: one.cuts for one in planned.trials if one.trial.seed == 0}
    assert cuts_of["one_shot"] == frozenset({DENSE}) and cuts_of["gradual"] == frozenset()


def test_a_network_that_waits_for_its_ticket_is_shared_with_no_other(written):
    """It is dense until then, but its rule's state depends on the sparsity."""
    planned = written.plan(SPEC.replace("one_shot", "[one_shot, {name: early_bird, every: 10}]"))
    early = [one.cuts for one in planned.trials if one.trial.method.name == "early_bird"]
    assert early == [frozenset()] * 4


def test_a_network_without_a_training_step_is_not_shared(written):
    """Two scales of weights under one mask: the common network before the first step saves nothing."""
    planned = written.plan(SPEC.replace("one_shot", "static_random") + "variants: [{}, {method: {init_scale: fan_in}}]")
    assert len(planned.trials) == 2 + 2 * 2 * 2 and not any(one.cuts for one in planned.trials)
