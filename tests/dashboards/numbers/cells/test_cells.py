import pytest

from dashboards.numbers.answer.comparison import compared
from dashboards.numbers.answer.margins import walks
from dashboards.numbers.cells.cells import cells
from tests.dashboards.made_up import MadeUp, level

DENSE, NAN = {"name": "dense"}, float("nan")


def _static(sparsity, **more):
    return {"name": "static_random", "sparsity": sparsity, **more}


def test_a_cell_is_a_series_at_one_sparsity(stored):
    runs = level(DENSE, [0.90, 0.88]) + level(_static(0.9), [0.80, 0.84]) + level(_static(0.5), [0.9, 0.9])
    dense, half, tenth = cells(stored(runs))
    assert [(one.series.label, one.sparsity, one.density) for one in (dense, half, tenth)] == [
        ("dense", 0.0, 1.0), ("static_random", 0.5, 0.5), ("static_random", 0.9, 0.1)]  # fmt: skip
    assert tenth.by_seed == {0: 0.80, 1: 0.84}
    assert tenth.value.mean == pytest.approx(0.82)
    assert tenth.difference.mean == pytest.approx((-0.10 - 0.04) / 2)
    assert half.difference.mean == pytest.approx(0.01)
    assert dense.difference is None


def test_what_was_planned_and_is_not_there_is_counted(stored):
    runs = [MadeUp(DENSE, 0, {"final/test_accuracy": 0.9}), *level(_static(0.9), [0.8]),
            MadeUp(_static(0.9), 1, state="failed", error="Diverged"), MadeUp(_static(0.9), 2, state="lost"),
            MadeUp(_static(0.9), 3, state="planned"), MadeUp(_static(0.95), 0, state="planned")]  # fmt: skip
    _, cell, gone = cells(stored(runs))
    assert (cell.planned, cell.value.n, cell.failed, cell.missing) == (4, 1, 1, 2)
    assert (gone.planned, gone.value, gone.difference, gone.missing) == (1, None, None, 1)


def test_a_run_whose_twin_is_missing_has_no_pair(stored):
    runs = [*level(DENSE, [0.9]), *level(_static(0.9), [0.8, 0.1])]
    cell = cells(stored(runs))[1]
    assert (cell.value.n, cell.difference.n, cell.difference.mean) == (2, 1, pytest.approx(-0.1))


def test_an_accuracy_that_is_not_a_number_does_not_count(stored):
    cell = cells(stored([*level(DENSE, [0.9, 0.9]), *level(_static(0.9), [0.8, NAN])]))[1]
    assert (cell.value.n, cell.difference.n) == (1, 1)


def _walked(stored, margin, *means):
    runs = level(DENSE, [0.9, 0.9])
    for sparsity, mean in means:
        runs += level(_static(sparsity), [mean, mean]) if mean else [MadeUp(_static(sparsity), 0, state="planned")]
    (one,) = walks([cell for cell in cells(stored(runs)) if not cell.series.dense], margin, 0.95)
    return one


def test_a_cliff_is_found(stored):
    one = _walked(stored, 0.01, (0.5, 0.9), (0.8, 0.895), (0.9, 0.6), (0.95, 0.899))
    assert (one.safe.sparsity, one.unsafe.sparsity, one.fewest, one.enough) == (0.8, 0.9, 2, False)


def test_a_mean_within_the_margin_is_not_safe_where_its_bound_is_not(stored):
    runs = level(DENSE, [0.9] * 5) + level(_static(0.5), [0.89, 0.91, 0.88, 0.9, 0.9])
    (cell,) = [cell for cell in cells(stored(runs)) if not cell.series.dense]
    assert cell.difference.mean == pytest.approx(-0.004) and cell.difference.lower_bound(0.95) < -0.01
    assert [walks([cell], *judged)[0].safe is cell for judged in ((0.01, 0.95), (0.02, 0.95), (0.01, 0.6))] == [
        False,
        True,
        True,
    ]  # less confidence, less caution


def test_no_cliff_is_none(stored):
    one = _walked(stored, 0.01, (0.5, 0.9), (0.9, 0.9))
    assert (one.safe.sparsity, one.unsafe) == (0.9, None)


def test_a_cliff_at_the_first_level_leaves_nothing_within(stored):
    one = _walked(stored, 0.01, (0.5, 0.2), (0.9, 0.9))
    assert (one.safe, one.unsafe.sparsity) == (None, 0.5)


def test_levels_without_a_pair_are_told(stored):
    one = _walked(stored, 0.01, (0.5, 0.9), (0.8, None), (0.9, 0.6))
    assert one.unpaired == (0.8,)


def test_without_pairs_there_is_nothing_to_walk(stored):
    assert walks(cells(stored(level(DENSE, [0.9]))), 0.01, 0.95) == ()


def test_the_pairs_of_a_walk_are_the_fewest_on_its_way(stored):
    """Of three levels that it passes or fails the one in the middle has two pairs."""
    runs = level(DENSE, [0.9] * 5) + level(_static(0.5), [0.9, 0.901, 0.9, 0.901, 0.9])
    runs += level(_static(0.8), [0.9, 0.9001]) + level(_static(0.9), [0.6] * 5)
    (one,) = walks(cells(stored(runs)), 0.01, 0.95)
    assert (one.safe.sparsity, one.unsafe.sparsity, one.fewest, one.enough) == (0.8, 0.9, 2, False)


def _losing(seeds):
    """Losses of 1.2, 1.4, 1.6, 1.8 and 2 points: 0.2 to 1 beyond the margin, 0.6 on average, p = 0.0132 alone."""
    return [0.9 - 0.01 - 0.002 * (seed + 1) for seed in range(seeds)]


def test_more_than_the_margin_is_lost_where_holm_over_all_levels_says_so(stored):
    """Alone it is; with three levels more that are not, 4 x 0.0132 = 0.053."""
    runs = level(DENSE, [0.9] * 5) + level(_static(0.9), _losing(5))
    assert walks(cells(stored(runs)), 0.01, 0.95)[0].failed.loses
    near = [0.889, 0.891, 0.89, 0.8895, 0.8905]
    for sparsity in (0.95, 0.98, 0.99):
        runs += level(_static(sparsity), near)
    (one,) = walks(cells(stored(runs)), 0.01, 0.95)
    assert one.unsafe.sparsity == 0.9 and not one.failed.loses


def test_a_seed_that_diverged_counts_at_chance_and_is_marked(stored):
    gone = MadeUp(_static(0.9), 2, state="failed", error="the training loss is nan at step 7", cause="Diverged")
    mishap = MadeUp(_static(0.9), 3, state="failed", error="KeyError: 'x'", cause="KeyError")
    runs = [*level(DENSE, [0.9, 0.9, 0.9, 0.9]), *level(_static(0.9), [0.8, 0.82]), gone, mishap]
    cell = cells(stored(runs))[1]
    assert (cell.planned, cell.failed, cell.diverged, cell.missing) == (4, 2, 1, 0)
    assert cell.by_seed == {0: 0.8, 1: 0.82, 2: 0.1}
    assert cell.value.mean == pytest.approx((0.8 + 0.82 + 0.1) / 3)
    assert (cell.converged.n, cell.converged.mean) == (2, pytest.approx(0.81))
    assert (cell.difference.n, cell.differences[2]) == (3, pytest.approx(-0.8))


def test_a_twin_that_diverged_is_at_chance_too(stored):
    gone = MadeUp(DENSE, 0, state="failed", error="the training loss is inf", cause="Diverged")
    cell = cells(stored([gone, *level(_static(0.9), [0.8])]))[1]
    assert cell.differences == {0: pytest.approx(0.7)}


def test_of_a_threshold_the_sparsity_is_what_was_reached(stored):
    def cut(threshold, reached):
        of = {"name": "one_shot", "threshold": threshold}
        return level(of, [0.8, 0.8], lambda seed: {"metrics": {"final/test_accuracy": 0.8, "final/sparsity": reached}})

    found = cells(stored(cut(1.5, 0.87004) + cut(0.5, 0.41)))
    assert [(cell.series.label, cell.sparsity) for cell in found] == [("one_shot", 0.41), ("one_shot", 0.87)]


def test_the_best_checkpoint_and_the_pruned_network_have_figures_of_their_own(stored):
    def more(seed):
        return {"metrics": {"final/test_accuracy": 0.8, "best/test_accuracy": 0.85, "pruned/test_accuracy": 0.5,
                            "final/val_accuracy": 0.79, "cost/steps_total": 500}}  # fmt: skip

    dense = level(DENSE, [0, 0], lambda seed: {"metrics": {"final/test_accuracy": 0.9, "best/test_accuracy": 0.9}})
    cell = cells(stored(dense + level(_static(0.9), [0, 0], more)))[1]
    assert (cell.best.mean, cell.best_difference.mean, cell.pruned.mean, cell.validation, cell.steps) == (
        pytest.approx(0.85), pytest.approx(-0.05), pytest.approx(0.5), pytest.approx(0.79), 500)  # fmt: skip


def test_sizes_are_compared_only_where_equal(stored):
    def counted(nonzero):
        return lambda seed: {"metrics": {"final/test_accuracy": 0.8 + 0.01 * seed, "final/nonzero_parameters": nonzero,
                                         "final/prunable_parameters": 10_000}}  # fmt: skip

    runs = level(_static(0.5), [0] * 2, counted(5000)) + level(_static(0.9), [0] * 2, counted(1000))
    runs += level({"name": "small_dense", "sparsity": 0.5}, [0] * 2, counted(5100))  # 2 % more
    runs += level({"name": "small_dense", "sparsity": 0.9}, [0] * 2, counted(1021))
    equal, unequal = compared(cells(stored(runs)), "small_dense", 0.95)
    assert (equal.sparsity, equal.difference.mean, equal.difference.n) == (0.5, 0.0, 2)
    assert (unequal.sparsity, unequal.difference) == (0.9, None)


def test_only_the_sparsest_levels_are_compared(stored):
    runs = [run for s in (0.5, 0.8, 0.9) for name in ("static_random", "small_dense")
            for run in level({"name": name, "sparsity": s}, [0.5])]  # fmt: skip
    assert [one.sparsity for one in compared(cells(stored(runs)), "small_dense", 0.95)] == [0.8, 0.9]


def _looked(looks, sparse_from=0):
    """A run that is measured at these steps and is sparse from a step on; the loss falls to the end."""
    curves = {"val/loss": {step: 1 / step for step in looks},
              "pruning/sparsity": {step: 0.9 * (step >= sparse_from) for step in looks}}  # fmt: skip
    metrics = {"final/test_accuracy": 0.8, "best/test_accuracy": 0.85}
    return lambda seed: {"metrics": metrics, "curves": curves}


@pytest.mark.parametrize(
    ("looks", "sparse_from", "stands"),
    [
        ((100, 200, 300), 0, True),  # masked from the start
        ((100, 200, 300), 200, False),  # pruned while it trains: it could not choose what it was at step 100
        ((200, 300), 0, False),  # looked at less often
        ((400, 500, 600), 0, True),  # trained on: its steps count on, its looks are as far from the end
    ],
)
def test_best_checkpoints_are_compared_where_both_chose_among_the_same_looks(stored, looks, sparse_from, stands):
    dense = level(DENSE, [0, 0], _looked((100, 200, 300), sparse_from=1000))
    cell = cells(stored(dense + level(_static(0.9), [0, 0], _looked(looks, sparse_from))))[1]
    assert cell.best.mean == pytest.approx(0.85) and (cell.best_difference is not None) == stands


def test_a_run_that_diverged_spoils_no_best_checkpoints(stored):
    gone = MadeUp(_static(0.9), 1, state="failed", error="the loss is nan", cause="Diverged")
    dense = level(DENSE, [0, 0], _looked((100, 200), sparse_from=1000))
    cell = cells(stored([*dense, *level(_static(0.9), [0], _looked((100, 200))), gone]))[1]
    assert cell.best_difference.mean == pytest.approx((0.0 + 0.1 - 0.85) / 2)
