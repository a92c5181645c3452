"""How settings merge."""

import pytest
from pydantic import ValidationError

from workloads.settings import merged
from workloads.trial import Trial

ADAM = {"name": "adam", "lr": 0.1}


@pytest.mark.parametrize(
    "base, over, expected",
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"o": ADAM}, {"o": {"lr": 0.2}}, {"o": {"name": "adam", "lr": 0.2}}),
        ({"o": ADAM}, {"o": "adam"}, {"o": ADAM}),
        ({"o": ADAM}, {"o": "sgd"}, {"o": {"name": "sgd"}}),
        ({"o": ADAM}, {"o": {"name": "sgd", "momentum": 0.9}}, {"o": {"name": "sgd", "momentum": 0.9}}),
        ({"s": "cosine"}, {"s": {"warmup": 5}}, {"s": {"name": "cosine", "warmup": 5}}),
        ({"name": "x", "data": "real"}, {"name": "x", "data": "stand_in"}, {"name": "x", "data": "stand_in"}),
        ({"hidden": [3, 4]}, {"hidden": [5]}, {"hidden": [5]}),
        ({"o": ADAM}, {"o": None}, {"o": None}),
    ],
)
def test_merged(base, over, expected):
    before = (dict(base), dict(over))
    assert merged(base, over) == expected
    assert (base, over) == before


def workload(**given):
    return Trial.model_validate({"workload": {"name": "digits_mlp", **given}, "method": "dense", "seed": 0}).workload


def test_a_workload_keeps_its_own_defaults_beside_what_is_given():
    training = workload(training={"batch_size": 7, "optimizer": {"lr": 0.5}}).training
    assert (training.batch_size, training.epochs, training.optimizer.lr, training.optimizer.name) == (
        7,
        30,
        0.5,
        "adam",
    )
    assert workload(measure={"probe": 3}).measure.evaluate_every == 60


def test_steps_take_the_place_of_epochs():
    training = workload(training={"steps": 9}).training
    assert (training.steps, training.epochs) == (9, None)
    with pytest.raises(ValidationError, match="give either epochs or steps"):
        workload(training={"steps": 9, "epochs": 2})


def test_validation_size_is_the_data_sets_own():
    assert workload().validation_size == 200
    assert workload(validation_size=0).validation_size == 0
    stand_in = {"workload": {"name": "fashion_mnist_mlp", "data": "stand_in"}, "method": "dense", "seed": 0}
    assert Trial.model_validate(stand_in).workload.validation_size == 200


def test_a_batch_must_fit_into_the_training_split():
    with pytest.raises(ValidationError, match="batch_size 2000 is more than the 1297 training examples"):
        workload(training={"batch_size": 2000})


def test_nesterov_needs_momentum():
    with pytest.raises(ValidationError, match="nesterov needs a momentum above 0"):
        workload(training={"optimizer": {"name": "sgd", "nesterov": True}})
