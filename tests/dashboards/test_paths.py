"""Sparsity over training, from looks that are written out."""

import pytest
from made_up import MadeUp

from dashboards.paths import CURVE, paths
from dashboards.sections.pruning import SECTION

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
    assert SECTION.text(SECTION.summarize(results)) == (
        "gradual, to 90 %: is seen to prune at 2 looks, from step 200 to step 300 of 400, and trains on for 100 steps "
        "after the last change.",
    )


def test_the_figure_marks_the_changes_alone(stored):
    looks = {step: (step > 150) * 0.5 + (step > 350) * 0.4 for step in range(50, 401, 50)}
    numbers = SECTION.summarize(stored([_run(GRADUAL, 0, looks)]))
    (line,) = SECTION.draw(numbers).data
    assert list(line.x) == [50, 200, 400] and list(line.y) == pytest.approx([100, 50, 10])
    assert list(line.marker.size) == [0, 7, 7] and line.line.shape == "hv"
    assert SECTION.tables(numbers)[0].rows == (("gradual", "90 %", "2", "200", "400", "400", "100", "1"),)


def test_one_shot_goes_at_once(stored):
    shots = [_run({"name": "one_shot", "sparsity": sparsity}, 0, {100: 0.0, 200: 0.0, 300: sparsity, 400: sparsity})
             for sparsity in (0.5, 0.9)]  # fmt: skip
    numbers = SECTION.summarize(stored(shots))
    (text,) = SECTION.text(numbers)
    assert text.startswith("one_shot, to 50 % and 90 %: goes to its sparsity at once, seen at step 300 of 400")
    first, second = SECTION.draw(numbers).data
    assert (first.showlegend, second.showlegend) == (True, False)


def test_each_network_has_a_row(stored):
    looks = {100: 0.0, 400: 0.9}
    runs = [_run(GRADUAL, 0, looks), MadeUp(GRADUAL, 0, {"final/test_accuracy": 0.8}, {CURVE: looks},
                                            workload={"name": "fashion_mnist_cnn"})]  # fmt: skip
    drawn = SECTION.draw(SECTION.summarize(stored(runs)))
    assert [line.yaxis for line in drawn.data] == ["y", "y2"]
    assert [name.text for name in drawn.layout.annotations] == ["<b>fashion_mnist_mlp</b>", "<b>fashion_mnist_cnn</b>"]


def test_where_nothing_changes_during_training_there_is_nothing_to_say(stored):
    static = _run({"name": "static_random", "sparsity": 0.9}, 0, {100: 0.9, 400: 0.9})
    assert SECTION.summarize(stored([static, _run({"name": "dense"}, 0, {100: 0.0, 400: 0.0})])) is None
    assert len(SECTION.summarize(stored([static, _run(GRADUAL, 0, {100: 0.0, 400: 0.9})]))) == 1
    assert SECTION.summarize(stored([MadeUp(GRADUAL, 0, {"final/test_accuracy": 0.8})])) is None
