"""Sparsity over training, from looks that are written out."""

import pytest

from dashboards.numbers.training.paths import CURVE, alike, paths
from dashboards.sections.training.pruning import SECTION
from tests.dashboards.made_up import MadeUp
from tests.dashboards.made_up_ladder import Ladder, Rung

GRADUAL = {"name": "gradual", "sparsity": 0.9}


def _run(method, seed, looks, since=100):
    metrics = {"final/test_accuracy": 0.8, "cost/steps_total": 400, "cost/steps_since_last_mask": since}
    return MadeUp(method, seed, metrics, {CURVE: looks})


def test_a_path_is_the_mean_over_seeds_and_knows_its_changes(stored):
    looks = {100: 0.0, 200: 0.5, 300: 0.9, 400: 0.9}
    results = stored([_run(GRADUAL, 0, looks), _run(GRADUAL, 1, looks | {200: 0.7})])
    (path,) = paths(results)
    assert (path.steps, path.seen, path.n, path.since) == ((100, 200, 300, 400), (0.0, 0.6, 0.9, 0.9), 2, 100)
    assert path.changes == (1, 2)
    assert SECTION.finding(SECTION.summarize(results)) == "gradual removes weights from step 200 to 300"
    assert SECTION.text(SECTION.summarize(results)) == (
        "gradual is seen to prune at 2 looks, from step 200 to step 300 of 400, and trains on for 100 steps after the "
        "last change.",
    )


def test_the_figure_marks_the_changes_alone(stored):
    looks = {step: (step > 150) * 0.5 + (step > 350) * 0.4 for step in range(50, 401, 50)}
    numbers = SECTION.summarize(stored([_run(GRADUAL, 0, looks)]))
    named, line = SECTION.draw(numbers).data
    assert (named.showlegend, line.showlegend) == (True, False)
    assert list(line.x) == [50, 200, 400] and list(line.y) == pytest.approx([100, 50, 10])
    assert list(line.marker.size) == [0, 8, 8] and line.line.shape == "hv"
    assert SECTION.tables(numbers)[0].rows == (("gradual", "90 %", "2", "200", "400", "400", "100", "1"),)


def test_one_shot_goes_at_once(stored):
    shots = [_run({"name": "one_shot", "sparsity": sparsity}, 0, {100: 0.0, 200: 0.0, 300: sparsity, 400: sparsity})
             for sparsity in (0.5, 0.9)]  # fmt: skip
    numbers = SECTION.summarize(stored(shots))
    (text,) = SECTION.text(numbers)
    assert text.startswith("one_shot goes to its sparsity at once, seen at step 300 of 400")
    assert SECTION.finding(numbers) == "one_shot removes weights at once, by step 300"
    assert [line.showlegend for line in SECTION.draw(numbers).data] == [True, False, False]


def test_networks_that_go_the_same_way_share_a_line(stored):
    """Sparsities agree but for rounding to whole weights; the third network is trained for longer."""
    ways = ({100: 0.0, 400: 0.9}, {100: 0.0, 400: 0.90004}, {100: 0.0, 500: 0.9})
    names = [{"name": "fashion_mnist_mlp", "hidden": [width]} for width in (100, 300, 1000)]
    runs = [MadeUp(GRADUAL, 0, {"final/test_accuracy": 0.8}, {CURVE: way}, workload=one)
            for way, one in zip(ways, names)]  # fmt: skip
    numbers = SECTION.summarize(stored(runs))
    assert [len(some) for some in alike(numbers)] == [2, 1]
    drawn = [line for line in SECTION.draw(numbers).data if line.x[0] is not None]
    assert [line.name for line in drawn] == ["gradual on 2 networks", "gradual hidden 1000"]
    assert len(SECTION.text(numbers)) == 1 and "seen at step 400 to 500 of 400 to 500" in SECTION.text(numbers)[0]
    assert len(SECTION.tables(numbers)[0].rows) == 3


def test_the_rungs_of_a_ladder_are_one_path_and_controls_are_none(stored):
    """Measured one after the other; where two meet, the network has already gone on."""
    stretches = {0.0: {100: 0.0, 200: 0.0}, 0.9: {200: 0.9, 300: 0.9}, 0.95: {400: 0.95}}
    rungs = [Rung(place, level, {"final/test_accuracy": 0.8, "cost/steps_since_last_mask": 100}, {CURVE: looks})
             for place, (level, looks) in enumerate(stretches.items())]  # fmt: skip
    control = Rung(2, 0.95, {"final/test_accuracy": 0.7}, {CURVE: {0: 0.95, 400: 0.95}}, arm="reinit", draw=1)
    method = {"name": "iterative", "levels": [0.9, 0.95]}
    results = stored([Ladder(method, seed, (*rungs, control)) for seed in range(2)])
    (path,) = paths(results)
    assert (path.series.method, path.sparsity, path.n, path.since) == ("iterative", 0.95, 2, 100)
    assert (path.steps, path.seen, path.changes) == ((100, 200, 300, 400), (0.0, 0.9, 0.9, 0.95), (1, 3))


def test_where_nothing_changes_during_training_there_is_nothing_to_say(stored):
    static = _run({"name": "static_random", "sparsity": 0.9}, 0, {100: 0.9, 400: 0.9})
    assert SECTION.summarize(stored([static, _run({"name": "dense"}, 0, {100: 0.0, 400: 0.0})])) is None
    assert len(SECTION.summarize(stored([static, _run(GRADUAL, 0, {100: 0.0, 400: 0.9})]))) == 1
    assert SECTION.summarize(stored([MadeUp(GRADUAL, 0, {"final/test_accuracy": 0.8})])) is None
