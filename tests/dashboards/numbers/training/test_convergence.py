from dashboards.numbers.training.convergence import reached
from dashboards.sections.training.convergence import SECTION
from tests.dashboards.made_up import MadeUp

DENSE, STATIC = {"name": "dense"}, {"name": "static_random", "sparsity": 0.9}
TWIN = {100: 0.5, 200: 0.8, 300: 0.9}


def _run(method, seed, curve, mask_step=0):
    metrics = {"final/test_accuracy": 0.8, "final/val_accuracy": curve[max(curve)], "cost/steps_total": max(curve),
               "cost/steps_since_last_mask": max(curve) - mask_step}  # fmt: skip
    return MadeUp(method, seed, metrics, {"val/accuracy": curve})


def test_the_first_look_within_the_margin_of_the_twins_last(stored):
    runs = [_run(DENSE, 0, TWIN), _run(STATIC, 0, {100: 0.4, 200: 0.89, 300: 0.85})]
    dense, static = reached(stored(runs))
    assert (dense.by_seed, static.by_seed) == ({0: 300}, {0: 200})
    assert (static.middle, static.span, static.count, static.steps) == (200, (200, 200), 1, 300)


def test_never_is_counted_and_never_averaged(stored):
    curves = [{100: 0.9, 300: 0.9}, {100: 0.5, 300: 0.9}, {100: 0.5, 300: 0.6}]
    runs = [run for seed, curve in enumerate(curves) for run in (_run(DENSE, seed, TWIN), _run(STATIC, seed, curve))]
    _, static = reached(stored(runs))
    assert static.by_seed == {0: 100, 1: 300, 2: None}
    assert (static.middle, static.span, static.count) == (300, (100, 300), 2)
    _, often = reached(stored(runs[2:], sweep="never"))
    assert (often.by_seed, often.middle, often.count) == ({1: 300, 2: None}, None, 1)


def test_looks_before_the_mask_are_of_another_network(stored):
    pruned = {"name": "one_shot", "sparsity": 0.9}
    runs = [_run(pruned | {"sparsity": 0.0}, 0, TWIN | {375: 0.9}),
            _run(pruned, 0, {100: 0.5, 200: 0.8, 300: 0.9, 350: 0.7, 375: 0.89}, mask_step=300)]  # fmt: skip
    _, sparse = reached(stored(runs))
    assert sparse.by_seed == {0: 375}


def test_steps_before_rewinding_do_not_count(stored):
    ticket = _run({"name": "one_shot", "sparsity": 0.9}, 0, {100: 0.5, 200: 0.89, 300: 0.9})
    ticket.metrics["cost/steps_total"] = 600
    twin = _run({"name": "one_shot", "sparsity": 0.0}, 0, TWIN)
    assert reached(stored([twin, ticket]))[-1].by_seed == {0: 200}


def test_without_a_finished_twin_there_is_nothing_to_reach(stored):
    assert reached(stored([_run(STATIC, 0, TWIN)])) == ()


def _numbers(stored, seeds, *curves):
    methods = [STATIC | {"sparsity": sparsity} for sparsity in (0.5, 0.9)]
    runs = [_run(DENSE, seed, TWIN) for seed in range(seeds)]
    runs += [_run(method, seed, curve) for seed in range(seeds) for method, curve in zip(methods, curves, strict=True)]
    return SECTION.summarize(stored(runs))


def test_the_finding_compares_steps_with_the_dense_network_at_the_sparsest_level_that_gets_there(stored):
    """Dense comes within a point of 90 % at step 300; half of the weights do at 200, a tenth never does."""
    soon, never = {100: 0.5, 200: 0.9, 300: 0.9}, {100: 0.5, 200: 0.6, 300: 0.6}
    said = SECTION.finding(_numbers(stored, 5, soon, never))
    assert said == "At 50 % of the weights, static_random takes 0.67 times the steps of the dense network"
    assert SECTION.finding(_numbers(stored, 4, soon, never)) == ""  # below five seeds there is no verdict
    assert SECTION.finding(_numbers(stored, 5, never, never)) == (
        "Most sparse networks never come within 1 pp of their dense twins")  # fmt: skip
