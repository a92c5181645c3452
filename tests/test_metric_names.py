"""The names that trials write are those that reports read."""

import pytest

from dashboards import schema
from tests.workloads.rows import METHOD_ROWS, WORKLOAD_ROWS, make
from workloads.run import run_trial
from workloads.trial import Measured, Record


@pytest.mark.parametrize(
    "method",
    [METHOD_ROWS[1],
     {"name": "rigl", "sparsity": 0.8, "every": 2},
     METHOD_ROWS[5], METHOD_ROWS[-1] | {"fine_tune": {"steps": 12}},
     {"name": "early_bird", "sparsity": 0.8, "every": 2, "window": 2},
     {"name": "adaptive", "sparsity": 0.8, "applications": 2, "final_prune_ratio": 0.3},
     {"name": "wanda", "sparsity": 0.8, "fine_tune": {"steps": 12}}],
    ids=lambda row: row["name"],
)  # fmt: skip
def test_every_recorded_name_is_in_the_schema_and_every_name_there_is_recorded(method, images_of):
    trial = make(WORKLOAD_ROWS[0], method, steps=150 if method["name"] == "adaptive" else 12)
    events = list(run_trial(trial, images_of(trial)))
    layers = {layer.name for layer in trial.workload.layers}
    written = {schema.pattern(event.name, layers) for event in events if isinstance(event, Record)}
    zeroing = set(schema.ZEROING_METRICS)
    zeros = {name for name in schema.METRICS if name.startswith("zero_grad_") or "revival" in name} - zeroing
    after = {name for name in schema.METRICS if name.startswith("pruned/")}
    early = set(schema.EARLY_BIRD_METRICS)
    start = set(schema.START_METRICS)
    language = set(schema.LANGUAGE_METRICS)
    missing = {
        "static_random": after | early | zeroing, "small_dense": after | zeros | early | zeroing | start,
        "one_shot": early | zeroing | start, "early_bird": after | zeroing | start, "adaptive": after | early | start,
        "rigl": after | early | zeroing, "wanda": early | zeroing | start,
    }  # fmt: skip
    moving = set() if method["name"] == "rigl" else set(schema.MASK_METRICS)
    solving = set() if method["name"] == "wanda" else set(schema.SOLVE_METRICS)
    assert written == set(schema.METRICS) - missing[method["name"]] - language - moving - solving
    assert isinstance(events[-1], Measured)


def test_a_language_model_has_no_accuracy_and_no_paths(images_of):
    """Everything else is there: also the losses right after pruning."""
    trial = make(WORKLOAD_ROWS[-1], METHOD_ROWS[-1] | {"fine_tune": {"steps": 12}})
    events = [event for event in run_trial(trial, images_of(trial)) if isinstance(event, Record)]
    layers = {layer.name for layer in trial.workload.layers}
    written = {schema.pattern(event.name, layers) for event in events}
    others = {event.name.partition("/")[2] for event in events if event.name.startswith("layer_sparsity/")} - layers
    absent = {name for name in schema.METRICS if name.endswith("accuracy") or name.startswith("dead_structural")}
    absent |= {name for name in schema.METRICS if name.startswith(("dead_functional", "early_bird"))}
    absent |= {*schema.ZEROING_METRICS, *schema.START_METRICS, *schema.MASK_METRICS, *schema.SOLVE_METRICS}
    absent |= {"final/effective_sparsity", "final/classes_without_input"}
    assert written - {f"layer_sparsity/{name}" for name in others} == set(schema.METRICS) - absent
    assert {name.rpartition(".")[2] for name in others} == {"wte", "wpe", "ln_1", "ln_2", "ln_f"}


def test_figures_of_the_machine_are_figures():
    assert set(schema.MACHINE_METRICS) <= {*schema.METRICS, *schema.LATENCY_METRICS}


def test_what_deployment_measures_is_not_what_trials_write():
    of_deployment = {*schema.DEPLOY_METRICS, *schema.LATENCY_METRICS}
    assert not of_deployment & set(schema.METRICS)
    assert not set(schema.DEPLOY_METRICS) & set(schema.MACHINE_METRICS)
    names = [schema.deployed(metric, form, "accuracy") for metric in sorted(of_deployment) for form in schema.FORMATS]
    assert {schema.pattern(name, set()) for name in names} == of_deployment
    assert len(set(names)) == len(of_deployment) * len(schema.FORMATS)


def test_without_validation_there_are_no_figures_of_it(images_of):
    trial = make(WORKLOAD_ROWS[0] | {"validation_size": 0}, METHOD_ROWS[1])
    names = {event.name for event in run_trial(trial, images_of(trial)) if isinstance(event, Record)}
    assert "final/test_accuracy" in names
    assert not [
        name for name in names if name.startswith(("val/", "best/", "convergence/", "final/val", "dead_functional"))
    ]


def test_looks_come_every_so_many_steps_and_last(images_of):
    trial = make(WORKLOAD_ROWS[0], METHOD_ROWS[1], steps=12, every=5)
    events = [event for event in run_trial(trial, images_of(trial)) if isinstance(event, Record)]
    assert [event.step for event in events if event.name == "val/loss"] == [5, 10, 12]
    tested = [event.step for event in events if event.name == "test/loss"]
    assert tested[0] == 5 and tested[-1] == 12


def test_the_test_set_is_measured_where_validation_is_best_so_far(images_of):
    """A high learning rate makes the validation loss rise and fall."""
    trial = make(WORKLOAD_ROWS[0], METHOD_ROWS[0], steps=60, every=2, optimizer={"name": "sgd", "lr": 1.5})
    events = [event for event in run_trial(trial, images_of(trial)) if isinstance(event, Record)]
    validation = {event.step: event.value for event in events if event.name == "val/loss"}
    least = [step for step, loss in validation.items() if all(loss < validation[one] for one in range(2, step, 2))]
    assert 2 < len(least) < len(validation) - 2
    assert [event.step for event in events if event.name == "test/loss"] == sorted({*least, 60})
