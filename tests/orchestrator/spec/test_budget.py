"""One length for the whole path of every method: keys, exact sums, and what cannot keep it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.cli import plan_view
from orchestrator.spec.budget import Budget
from orchestrator.store.folders import ResultsFolder
from tests.workloads.rows import METHOD_ROWS, WORKLOAD_ROWS, make, named
from workloads.itinerary import runs
from workloads.methods.dense import Dense
from workloads.script.fine_tune import FineTune
from workloads.script.phases import Measure, Train

AFTER = ("wanda", "sparsegpt")  # the methods that train more than once if they fine-tune
TWICE = ("one_shot", "iterative", "lottery_ticket", "structured")  # the methods that train more than once
ONCE = [row for row in METHOD_ROWS
        if row["name"] not in TWICE and not (row["name"] in AFTER and "fine_tune" in row)]  # fmt: skip
TEXT = """\
workload: digits_mlp
method: [dense, static_random, small_dense, gradual, {name: early_bird, window: 2, every: 10}, adaptive]
sparsity: [0.5, 0.8]
"""
ONE_SHOT = "workload: digits_mlp\nmethod: {name: one_shot, sparsity: 0.5}\n"


def lengths(trial) -> list[int]:
    """The steps of the path of each run."""
    return [run.path.steps for run in runs(trial.phases)]


@pytest.mark.parametrize("unit", ["epochs", "steps"])
def test_what_trains_once_has_the_key_of_the_same_trial_with_that_training(written, unit):
    keys = [{each.key for each in written.plan(TEXT, f"{where}.{unit}=30").trials}
            for where in ("budget", "workload.training")]  # fmt: skip
    assert keys[0] == keys[1] and len(keys[0]) == 11  # their twin is dense


@pytest.mark.parametrize("row", ONCE, ids=named)
def test_law_a_method_that_trains_once_trains_for_the_whole_budget(row):
    trial = Budget(steps=317).spent_by(make(WORKLOAD_ROWS[0], row))
    assert trial.workload.training.steps == 317 and trial.method == make(WORKLOAD_ROWS[0], row).method
    assert {*lengths(trial), *lengths(trial.twin())} == {317}


@pytest.mark.parametrize("name", AFTER)
@pytest.mark.parametrize(("fine_tune", "trained"), [({}, 240), ({"steps": 0}, 300), ({"steps": 50}, 250)])
def test_a_fine_tuning_after_solving_takes_its_share_of_the_budget(name, fine_tune, trained):
    trial = make(WORKLOAD_ROWS[0], {"name": name, "sparsity": 0.5, "fine_tune": fine_tune})
    spent = Budget(steps=300).spent_by(trial)
    assert spent.workload.training.steps == trained
    assert lengths(spent) == lengths(spent.twin()) == [300]


@given(
    budget=st.integers(2, 10**7),
    fine_tune=st.sampled_from([{}, {"lr": 0.001}, {"steps": 0}, {"steps": 1}, {"epochs": 0.025}, {"epochs": 0.01}]),
)
def test_law_one_shot_spends_the_budget_exactly_and_so_does_its_twin(budget, fine_tune):
    trial = make(WORKLOAD_ROWS[0], {"name": "one_shot", "sparsity": 0.5, "fine_tune": fine_tune})
    spent = Budget(steps=budget).spent_by(trial)
    assert lengths(spent) == lengths(spent.twin()) == [budget]
    if "steps" not in fine_tune and "epochs" not in fine_tune:
        assert abs(budget - 5 * (budget - spent.workload.training.steps)) <= 2


@pytest.mark.parametrize(
    ("budget", "trained", "explicit"),
    [(100, 80, None), (10, 8, None), (11, 9, None), (12, 10, None), (7, 6, 1), (8, 6, None), (13, 10, 3), (2, 2, None)],
)
def test_fine_tuning_is_a_quarter_of_the_training_unless_rounding_misses_the_budget(budget, trained, explicit):
    """Of 7 steps a fifth is 1.4, so 6 and 1; a quarter of 6 is 1.5, which rounds to 2."""
    steps, fine_tune = FineTune().within(budget, epoch=40)
    assert (steps, fine_tune.steps, fine_tune.epochs) == (trained, explicit, None)
    own = FineTune(epochs=1.5).within(100, epoch=40)
    assert own == (40, FineTune(epochs=1.5))


def test_epochs_stay_epochs_where_they_are_whole(written):
    """40 steps are an epoch: ten epochs are eight and two, nine are 360 steps, 288 of them before pruning."""
    for epochs, length in ((10, {"epochs": 8}), (9, {"steps": 288})):
        (point,) = written.spec(ONE_SHOT + f"budget: {{epochs: {epochs}}}\n").points
        training = point.trial.workload.training
        assert training.model_dump(include={"epochs", "steps"}, exclude_none=True) == length
        assert point.cost.steps == 40 * epochs


def test_each_workload_has_its_own_epochs_in_variants_and_grids_too(written):
    text = """\
workload: [digits_mlp, fashion_mnist_mlp]
method: {name: static_random, sparsity: 0.5}
budget: {epochs: 3}
variants:
  - grid: {workload.training.batch_size: [32, 64]}
  - {workload: digits_mlp, method: one_shot}
  - {method: {name: small_dense}}
"""
    spec = written.spec(text, "budget.epochs=5", "method.sparsity=0.5")
    steps = [point.cost.steps for point in spec.points]
    assert steps == [5 * epoch for epoch in (40, 20, 1718, 859, 40, 40, 429)]
    assert str(spec.budget) == "5 epochs" and {point.trial.method.sparsity for point in spec.points} == {0.5}


def test_the_plan_says_it(written, tmp_path):
    plan = written.plan(TEXT + "budget: {steps: 1200}\n")
    head, *_ = plan_view.text(plan, ResultsFolder(tmp_path).sweep("a"), 100).splitlines()
    assert head.startswith("a: 11 trials, 1,200 steps on every path, all digits_mlp")
    assert str(Budget(epochs=1)) == "1 epoch" and "budget" not in str(plan.trials[0].settings)


GIVE = "give either epochs or steps of the budget, e.g. {epochs: 10}"
LADDER = (
    "trains once more for every rung, so its rungs cannot all take a budget of 90 steps; leave out the budget, or give "
    "the method a sweep of its own and compare the two reports"
)
MEANING = (
    "it is the length of every method's whole path, in epochs or steps, for methods that are compared at equal training"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ONE_SHOT + "budget: {}", f"a.yaml:3:9: {GIVE}"),
        (ONE_SHOT + "budget: {epochs: 1, steps: 1}", f"a.yaml:3:9: {GIVE}"),
        (ONE_SHOT + "budget: 10", f"a.yaml:3:9: budget 10 is not a mapping; {MEANING}"),
        (ONE_SHOT + "budget: {steps: 0}",
         "a.yaml:3:17: steps 0 is not above 0; it is the length of the whole path, in optimizer steps"),
        ("budget: {steps: 90}\nworkload: {name: digits_mlp, training: {epochs: 3}}\nmethod: dense",
         "a.yaml:2:49: epochs 3 of training and the budget of 90 steps at a.yaml:1:1 give the length twice; "
         "leave one of them out"),
        ("workload: digits_mlp\nmethod: dense\nbudget: {epochs: 3}\ngrid: {workload.training.steps: [40, 80]}",
         "a.yaml:4:34: steps 40 of training and the budget of 3 epochs at a.yaml:3:1 give the length twice; "
         "leave one of them out\n"
         "a.yaml:4:38: steps 80 of training and the budget of 3 epochs at a.yaml:3:1 give the length twice; "
         "leave one of them out"),
    ],
)  # fmt: skip
def test_contradictions_are_refused_with_their_places(written, text, message):
    assert written.mistakes(text) == message.split("\n")


@pytest.mark.parametrize(
    ("method", "place", "told"),
    [
        ("{name: iterative, levels: [0.5]}", "2:9", f"iterative {LADDER}"),
        ("{name: lottery_ticket, rounds: 2, rate: 0.5}", "2:9", f"lottery_ticket {LADDER}"),
        ("{name: one_shot, sparsity: 0.5, dense_steps: 9}", "2:36", "dense_steps 9 and a budget both give the length "
         "of the training before pruning; leave one of them out"),
        ("{name: one_shot, sparsity: 0.5, fine_tune: {steps: 90}}", "2:36", "fine_tune takes 90 steps and the budget "
         "is 90, so none are left for the training before; make fine_tune shorter or the budget larger"),
        ("{name: one_shot, sparsity: 0.5, fine_tune: {steps: 60}}", "2:36", "fine_tune.lr: rewind cannot repeat 60 "
         "steps of a training that has 30; make fine_tune shorter, or give its lr as a number"),
    ],
)  # fmt: skip
def test_what_cannot_keep_a_budget_is_refused_in_words(written, method, place, told):
    (line,) = written.mistakes(f"workload: digits_mlp\nmethod: {method}\nbudget: {{steps: 90}}\n")
    assert line.split(" (in ")[0] == f"a.yaml:{place}: {told}"


def test_what_is_excluded_need_not_keep_it(written):
    text = "workload: digits_mlp\nmethod: [one_shot, {name: iterative, allocation: uniform}]\nsparsity: 0.5\n"
    spec = written.spec(text + "budget: {steps: 90}\nexclude: [{method: iterative}]\n")
    assert [point.trial.method.name for point in spec.points] == ["one_shot"]


def test_a_method_that_trains_twice_and_does_not_say_so_is_refused():
    class Again(Dense):
        def phases(self, steps, epoch):
            return (Train(start=0, stop=steps), Measure(), Train(start=0, stop=steps), Measure(label="again"))

    trial = make(WORKLOAD_ROWS[0], {"name": "dense"}).model_copy(update={"method": Again()})
    with pytest.raises(ValueError, match="dense trains for 180 steps up to again, and the budget is 90; leave out"):
        Budget(steps=90).spent_by(trial)
