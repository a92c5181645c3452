"""What is said of curves, from numbers that are written out."""

import pandas as pd

from dashboards.draw.multiples import Curves
from dashboards.plan_file import OutcomeEntry
from dashboards.sections.training import curves, gradients

ACCURACY = OutcomeEntry(
    metric="accuracy", title="test accuracy", unit="fraction", direction="up", margin=0.01, chance=0.1, loss="nats"
)


def _curves(panels, ends):
    """Curves that end with these values, by series, sparsity and metric."""
    rows = [(*place, step, value if step == 200 else 2.0, 5) for place, value in ends.items() for step in (100, 200)]
    frame = pd.DataFrame(rows, columns=["series", "sparsity", "metric", "step", "value", "n"])
    recorded = tuple(panel for panel in panels if panel.metric in set(frame["metric"]))
    labels = tuple(dict.fromkeys(frame["series"]))
    return Curves(recorded, labels, tuple(sorted(set(frame["sparsity"]))), frame, ladders=False)


def test_the_least_training_loss_of_the_sparsest_networks_stands_beside_dense():
    ends = {("gradual", 0.0, "train/loss"): 0.3, ("gradual", 0.5, "train/loss"): 0.31,
            ("gradual", 0.95, "train/loss"): 0.52, ("one_shot", 0.0, "train/loss"): 0.3,
            ("one_shot", 0.95, "train/loss"): 0.61}  # fmt: skip
    numbers = curves.Numbers(_curves(curves.panels(ACCURACY), ends), ACCURACY)
    assert curves.SECTION.finding(numbers) == (
        "At 5 % of the weights, training loss ends at 0.52 (gradual); dense ends at 0.30")  # fmt: skip


def test_losses_and_outcomes_are_drawn_apart_with_shared_axes():
    ends = {("gradual", sparsity, metric): 0.5 for sparsity in (0.0, 0.9)
            for metric in ("train/loss", "val/loss", "train/accuracy", "val/accuracy")}  # fmt: skip
    numbers = curves.Numbers(_curves(curves.panels(ACCURACY), ends), ACCURACY)
    (outcomes,) = curves.SECTION.drawings(numbers)
    assert (outcomes.name, outcomes.title) == ("outcome", "Accuracy")
    for figure in (curves.SECTION.draw(numbers), outcomes.figure):
        assert len(figure.data) == 2 * 2
        assert [axis.matches for axis in figure.select_yaxes()] == [None, "y"]


def test_gradients_at_the_sparsest_level_stand_beside_the_twins():
    ends = {("gradual", 0.0, gradients.LEFT): 0.2, ("gradual", 0.9, gradients.LEFT): 0.1,
            ("one_shot", 0.0, gradients.LEFT): 0.2, ("one_shot", 0.9, gradients.LEFT): 0.26}  # fmt: skip
    said = gradients.SECTION.finding(_curves(gradients.PANELS, ends))
    assert said == "At 10 % of the weights, gradients per weight end at 0.5 to 1.3 times the dense twin's"


def test_without_a_dense_twin_nothing_is_said():
    alone = _curves(gradients.PANELS, {("gradual", 0.9, gradients.LEFT): 0.1})
    assert gradients.SECTION.finding(alone) == ""
