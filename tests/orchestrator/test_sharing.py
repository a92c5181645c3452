"""Which networks trials share, told from their phases alone."""

from orchestrator.sharing import cuts
from workloads.pruning.phases import Train

SPEC = """
workload: {name: digits_mlp, training: {steps: 100}}
method: one_shot
sparsity: [0.5, 0.9]
seeds: 2
"""
DENSE = (Train(start=0, stop=100),)


def titles(planned) -> list[str]:
    return [one.trial.title.removeprefix("digits_mlp training.steps=100 ") for one in planned.trials]


def test_one_dense_training_a_seed(written):
    planned = written.plan(SPEC)
    assert {one.cuts for one in planned.trials} == {frozenset({DENSE})}


def test_who_trains_what_others_share_comes_first(written):
    assert titles(written.plan(SPEC)) == [
        "one_shot sparsity=0.0 seed=0", "one_shot sparsity=0.0 seed=1",
        "one_shot sparsity=0.5 seed=0", "one_shot sparsity=0.9 seed=0",
        "one_shot sparsity=0.5 seed=1", "one_shot sparsity=0.9 seed=1",
    ]  # fmt: skip


def test_nothing_shared_nothing_moved(written):
    planned = written.plan(SPEC.replace("one_shot", "static_random"))
    assert not any(one.cuts for one in planned.trials)
    assert titles(planned)[:3] == [
        "dense seed=0",
        "static_random sparsity=0.5 seed=0",
        "static_random sparsity=0.9 seed=0",
    ]


def test_a_partly_trained_network_lies_on_the_way_of_a_whole_training(written):
    planned = written.plan(SPEC + "variants: [{}, {method: {name: one_shot, dense_steps: 40}}]")
    partly = (Train(start=0, stop=40),)
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
    lengths = {tuple(sorted(map(len, one.cuts))) for one in planned.trials}
    assert lengths == {(1, 2)}  # the dense training, and what is left of it after pruning
