"""Keys of networks: what they depend on, and what they do not."""

import torch

from workloads.pruning.phases import Measure, Prune, Random, Train, changing
from workloads.training.stages import key, root, sources_digest
from workloads.trial import Trial

CPU = torch.device("cpu")
PRUNE = Prune(criterion=Random(), to=0.5, allocation="uniform")


def trial(method="dense", seed=0, **workload) -> Trial:
    return Trial.model_validate({"workload": {"name": "digits_mlp", **workload}, "method": method, "seed": seed})


def test_what_changes_nothing_leaves_no_trace():
    nothing = (Prune(criterion=Random(), to=0, allocation="erk"), Train(start=0, stop=0), Measure(label="r00"))
    assert key("root", nothing) == key("root", ()) == "root"


def test_adjacent_trainings_are_one():
    halves = (Train(start=0, stop=5), Measure(label="half"), Train(start=5, stop=9))
    assert key("root", halves) == key("root", (Train(start=0, stop=9),))
    assert changing((Train(start=0, stop=5), Train(start=0, stop=5))) != changing((Train(start=0, stop=5),))


def test_order_matters():
    steps = Train(start=0, stop=5)
    assert key("root", (PRUNE, steps)) != key("root", (steps, PRUNE))


def test_the_root_depends_on_all_but_the_method():
    assert root(trial(), CPU) == root(trial({"name": "static_random", "sparsity": 0.5}), CPU)
    others = [trial(seed=1), trial(hidden=[5]), trial(measure={"probe": 7}), trial(training={"batch_size": 16})]
    roots = {root(one, CPU) for one in (trial(), *others)} | {root(trial(), torch.device("cuda"))}
    assert len(roots) == 6


def test_the_root_depends_on_the_number_of_threads():
    before, threads = root(trial(), CPU), torch.get_num_threads()
    try:
        torch.set_num_threads(threads + 1)
        assert root(trial(), CPU) != before
    finally:
        torch.set_num_threads(threads)


def test_the_sources_have_a_digest():
    assert len(sources_digest()) == 64
