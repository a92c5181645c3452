"""Depth by width, from networks whose losses are known by hand."""

import pytest

from dashboards.numbers.cells.cells import cells
from dashboards.numbers.factors.effects import effects
from dashboards.numbers.factors.shapes import Condition, ShapePlace, maps
from dashboards.sections.factors.shapes import SECTION
from tests.dashboards.made_up import MadeUp, level
from tests.dashboards.made_up_ladder import Ladder, Rung

DENSE = {"name": "dense"}
MLP, CNN = "fashion_mnist_mlp", "fashion_mnist_cnn"


def _network(sizes, losses, sparsity=0.9, nonzero=1000, **more):
    """A dense network at 90 % and a sparse one that loses what is given, seed by seed."""
    workload = more or {"name": MLP, "hidden": sizes}

    def of(accuracies):
        return lambda seed: {"workload": workload, "metrics": {
            "final/test_accuracy": accuracies[seed], "final/nonzero_parameters": nonzero,
            "final/prunable_parameters": 10_000}}  # fmt: skip

    dense, sparse = [0.9] * len(losses), [0.9 - loss for loss in losses]
    static = {"name": "static_random", "sparsity": sparsity}
    return level(DENSE, dense, of(dense)) + level(static, sparse, of(sparse))


def _square(seeds=5):
    """Twice the depth costs 1 pp more, three times the width 2 pp less."""
    runs = []
    for depth in (1, 2):
        for width in (100, 300):
            loss = 0.04 + 0.01 * (depth - 1) - 0.02 * (width > 100)
            runs += _network([width] * depth, [loss] * seeds, nonzero=10 * width * depth)
    return runs


def test_networks_stand_by_depth_and_first_width(stored):
    (one,) = maps(cells(stored(_square(2))))
    assert (one.method, one.family, one.condition) == ("static_random", "", Condition(0.9, None))
    assert {place: round(100 * cell.difference.mean, 6) for place, cell in one.fields.items()} == {
        ShapePlace(1, (100,)): -4, ShapePlace(1, (300,)): -2, ShapePlace(2, (100,)): -5, ShapePlace(2, (300,)): -3,
    }  # fmt: skip


def test_the_effects_of_depth_and_width_are_paired(stored):
    results = stored(_square())
    width, depth = effects(maps(cells(results)), 0.95)
    assert (depth.low, depth.high, depth.pairs, depth.change.mean) == (1, 2, 2, pytest.approx(-0.01))
    assert (width.low, width.high, width.pairs, width.change.mean) == ((100,), (300,), 2, pytest.approx(0.02))
    assert SECTION.text(SECTION.summarize(results)) == (
        "static_random with 90 % removed: from width 100 to 300 the difference to dense changes by +2.00 pp "
        "(+2.00 to +2.00), the mean over 2 pairs of networks, clear; from depth 1 to 2 the difference to "
        "dense changes by −1.00 pp (−1.00 to −1.00), the mean over 2 pairs of networks, clear.",
    )
    assert SECTION.finding(SECTION.summarize(results)) == (
        "Wider networks lose less to sparsity; deeper networks lose more to sparsity"
    )


def test_a_change_within_the_spread_is_not_clear(stored):
    """The wider network loses 1 pp less or more, seed by seed: 0 on average."""
    runs = _network([100], [0.04] * 5) + _network([300], [0.03, 0.05, 0.04, 0.03, 0.05])
    results = stored(runs)
    (width,) = effects(maps(cells(results)), 0.95)
    assert width.p_value == pytest.approx(1.0)
    assert SECTION.text(SECTION.summarize(results))[0].endswith("changes by 0.00 pp (−1.24 to +1.24), not clear.")
    assert SECTION.finding(SECTION.summarize(results)) == (
        "Neither depth nor width clearly changes what sparsity costs"
    )


def test_changes_are_tested_together(stored):
    """D = 1, 2, 3, 4, 5 pp along each of two axes: p = 0.013235 alone, twice that by Holm."""
    grow = [0.01 * (seed + 1) for seed in range(5)]
    both = [2 * one for one in grow]
    runs = _network([100], [0.0] * 5) + _network([300], grow) + _network([100, 100], grow)
    runs += _network([300, 300], both)
    width, depth = effects(maps(cells(stored(runs))), 0.95)
    assert (width.change.mean, depth.change.mean) == (pytest.approx(-0.03), pytest.approx(-0.03))
    assert [width.p_value, depth.p_value] == [pytest.approx(2 * 0.013235, rel=1e-3)] * 2


def test_few_seeds_are_no_verdict(stored):
    numbers = SECTION.summarize(stored(_square(1)))
    (text,) = SECTION.text(numbers)
    assert "clear" not in text
    assert text.endswith("With n = 1 this is no verdict; it takes 5 seeds.")
    assert SECTION.finding(numbers) == "It takes 5 seeds to tell what depth and width change"


def _maps(numbers):
    """The title of each small figure, and its map."""
    return [(drawing.title, drawing.figure.data[0]) for drawing in SECTION.drawings(numbers)]


def test_the_figure_has_the_losses(stored):
    numbers = SECTION.summarize(stored(_square(2)))
    ((title, shown),) = _maps(numbers)
    assert title == "90 % removed"
    assert (list(shown.x), list(shown.y)) == (["100", "300"], ["1", "2"])
    assert [list(line) for line in shown.text] == [["−4.00", "−2.00"], ["−5.00", "−3.00"]]
    table, changes = SECTION.tables(numbers)
    assert changes.rows[1] == ("static_random", "90 % removed", "depth 1 to 2", "2", "−1.00 pp", "–", "2", "–", "–")
    assert table.rows[0] == ("static_random", "90 % removed", "1", "100", "90 %", "1,000", "−4.00 pp", "–", "2",
                             "86.00 %", "90.00 %")  # fmt: skip


def test_equal_counts_at_other_sparsities_have_a_map_of_their_own(stored):
    """10,000 and 10,200 weights are equal to 2 %; 10,201 are not."""
    runs = _network([100], [0.01], 0.5, 10_000) + _network([300], [0.02], 0.8, 10_200)
    runs += _network([1000], [0.03], 0.9, 10_201)
    results = stored(runs)
    (one,) = maps(cells(results))
    assert one.condition == Condition(None, 10_000)
    assert set(one.fields) == {ShapePlace(1, (100,)), ShapePlace(1, (300,))}
    ((_, shown),) = _maps(SECTION.summarize(results))
    assert [list(line) for line in shown.text] == [["−1.00<br>50 %", "−2.00<br>80 %"]]


def test_fixed_sparsity_and_fixed_count_stand_side_by_side(stored):
    runs = _network([100], [0.01], 0.5, 10_000) + _network([300], [0.02], 0.8, 10_000)
    runs += [run for run in _network([300], [0.02], 0.5, 25_000) if run.method != DENSE]
    numbers = SECTION.summarize(stored(runs))
    assert [title for title, _ in _maps(numbers)] == ["50 % removed", "10,000 weights left"]
    scales = {drawing.figure.layout.coloraxis.cmax for drawing in SECTION.drawings(numbers)}
    assert len(scales) == 1


def test_channels_count_as_layers_and_families_stand_apart(stored):
    runs = _square(2)
    for channels, loss in (([4], 0.03), ([4, 8], 0.01)):
        runs += _network(None, [loss] * 2, name=CNN, channels=channels)
    mlp, cnn = maps(cells(stored(runs)))
    assert (mlp.family, cnn.family) == (MLP, CNN)
    assert set(cnn.fields) == {ShapePlace(1, (4,)), ShapePlace(2, (4,))}
    (depth,) = effects([cnn], 0.95)
    assert (depth.axis, depth.change.mean) == ("depth", pytest.approx(0.02))


def test_where_first_widths_tie_all_widths_are_told(stored):
    runs = [run for hidden in ([300, 100], [300, 300]) for run in _network(hidden, [0.01])]
    (one,) = maps(cells(stored(runs)))
    assert set(one.fields) == {ShapePlace(2, (300, 100)), ShapePlace(2, (300, 300))}


def test_cells_without_a_pair_stay_empty(stored):
    wide = {"name": MLP, "hidden": [1000]}
    pending = [MadeUp(method, 0, state="planned", workload=wide)
               for method in (DENSE, {"name": "static_random", "sparsity": 0.9})]  # fmt: skip
    numbers = SECTION.summarize(stored(_square(2) + pending))
    ((_, shown),) = _maps(numbers)
    assert list(shown.x) == ["100", "300", "1000"] and list(shown.z[0])[2:] == [None]
    assert [row[6:] for row in SECTION.tables(numbers)[0].rows if row[3] == "1000"] == [("–", "–", "0", "–", "–")]


def test_one_shape_is_no_map(stored):
    assert SECTION.summarize(stored(_network([300], [0.01]))) is None
    lrs = [{"name": MLP, "training": {"optimizer": {"name": "adam", "lr": lr}}} for lr in (0.001, 0.003)]
    assert SECTION.summarize(stored([run for one in lrs for run in _network(None, [0.01], **one)])) is None


def test_ladders_that_end_at_other_sparsities_meet_at_equal_counts(stored):
    """Of 20,000 and of 10,000 weights 1,000 are left: the wider network loses 3 pp, the narrower one 1 pp."""
    runs = []
    for width, sparsity, loss in ((300, 0.95, 0.03), (100, 0.9, 0.01)):
        workload = {"name": MLP, "hidden": [width]}
        metrics = {"final/nonzero_parameters": 1000, "final/prunable_parameters": 1000 / (1 - sparsity)}
        for seed in range(2):
            twin = Ladder({"name": "iterative", "rounds": 1, "sparsity": 0.0}, seed, workload=workload, rungs=tuple(
                Rung(number, 0.0, {"final/test_accuracy": 0.9}) for number in (0, 1)))  # fmt: skip
            rungs = (Rung(0, 0.0, {"final/test_accuracy": 0.9}),
                     Rung(1, sparsity, metrics | {"final/test_accuracy": 0.9 - loss}))  # fmt: skip
            method = {"name": "iterative", "rounds": 1, "sparsity": sparsity}
            runs += [twin, Ladder(method, seed, rungs, twin, workload=workload)]
    (one,) = maps(cells(stored(runs)))
    assert (one.method, one.condition) == ("iterative", Condition(None, 1000))
    assert {place: round(100 * cell.difference.mean, 6) for place, cell in one.fields.items()} == {
        ShapePlace(1, (100,)): -1, ShapePlace(1, (300,)): -3}  # fmt: skip


def test_the_figure_holds_methods_against_each_other(stored):
    """Both were tried at 90 %, one of them at 50 % too, which the table has and the figure has not."""
    runs = []
    for width, loss in ((100, 0.04), (300, 0.02)):
        alone = _network([width], [loss] * 2, 0.5, nonzero=5000 + width)
        runs += _network([width], [loss] * 2) + [run for run in alone if run.method != DENSE]
        workload = {"name": MLP, "hidden": [width]}
        runs += level({"name": "small_dense", "sparsity": 0.9}, [0.88] * 2, lambda seed, of=workload: {"workload": of})
    numbers = SECTION.summarize(stored(runs))
    assert [(one.method, one.condition.sparsity) for one in numbers.maps] == [
        ("static_random", 0.5), ("static_random", 0.9), ("small_dense", 0.9)]  # fmt: skip
    assert [title for title, _ in _maps(numbers)] == ["90 % removed"] * 2
    assert [drawing.note for drawing in SECTION.drawings(numbers)] == ["static_random", "small_dense"]
    assert "The table has the rest." in SECTION.caption(numbers)
    assert {row[1] for row in SECTION.tables(numbers)[0].rows} == {"50 % removed", "90 % removed"}
