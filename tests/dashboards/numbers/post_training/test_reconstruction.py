"""Masks alone against reconstruction, and simple criteria against complex ones, by hand."""

from dataclasses import replace

import pytest

from dashboards.numbers.post_training.reconstruction import by_amount, least_loss, reconstructions, rivals
from dashboards.read.series import worded
from tests.dashboards.made_up_costs import static
from tests.dashboards.made_up_pruned import TWO_OF_FOUR, dense, post_training, pruned
from tests.dashboards.made_up_results import in_memory

WANDA, SPARSEGPT = {"name": "wanda", "sparsity": 0.5}, {"name": "sparsegpt", "sparsity": 0.5}
ONE_SHOT = {"name": "one_shot", "sparsity": 0.5, "fine_tune": {"steps": 0}}
SOLVED = {"reconstruct": True}
FLAT = [0.8] * 5


def _found(runs):
    return reconstructions(in_memory([*dense([0.9] * 5), *runs]))


def test_the_two_arms_of_a_criterion_are_paired_by_seed():
    """0.80 to 0.83, 0.81 to 0.83, 0.82 to 0.83: the mean of 3, 2 and 1 points, with an error of 1 / sqrt 3."""
    (one,) = _found(pruned(WANDA, [0.80, 0.81, 0.82], solve__layer_error=0.1)
                    + pruned(WANDA | SOLVED, [0.83] * 3, solve__layer_error=0.02))  # fmt: skip
    difference = one.comparison.difference
    assert (difference.n, difference.mean) == (3, pytest.approx(0.02))
    assert difference.error == pytest.approx(0.01 / 3**0.5)
    assert (one.alone.layer_error, one.solved.layer_error) == (pytest.approx(0.1), pytest.approx(0.02))
    assert one.comparison.p_value is None  # three seeds give no verdict


def test_p_values_are_adjusted_for_all_rows():
    """2 points with an error of 0.0707 points: t = 28.28. Two criteria give twice the p of one."""
    gains = [0.018, 0.019, 0.02, 0.021, 0.022]
    both = [pruned(method, FLAT) + pruned(method | SOLVED, [0.8 + gain for gain in gains])
            for method in (WANDA, SPARSEGPT)]  # fmt: skip
    (alone,) = _found(both[0])
    twice = _found(sum(both, []))
    assert alone.comparison.p_value == pytest.approx(9.293e-6, rel=1e-3)
    assert [one.comparison.p_value for one in twice] == [pytest.approx(2 * 9.293e-6, rel=1e-3)] * 2


def test_networks_that_are_trained_on_take_no_part():
    tuned = [{"name": "one_shot", "sparsity": 0.5, "fine_tune": fine_tune} for fine_tune in ({"lr": "rewind"},
             {"steps": 100}, {"epochs": 0.5})]  # fmt: skip
    assert _found([run for method in tuned for run in pruned(method, FLAT)]) == ()
    assert _found(pruned(static(0.5), FLAT)) == ()
    for length in ({"steps": 0}, {"epochs": 0.0, "lr": "rewind"}):
        assert len(_found(pruned({"name": "one_shot", "sparsity": 0.5, "fine_tune": length}, FLAT))) == 1


def test_a_pattern_is_an_amount_of_its_own():
    """2:4 leaves half of the weights, as 50 % sparsity does; each is paired with its own reconstruction."""
    runs = [run for amount in ({"sparsity": 0.5}, {"pattern": TWO_OF_FOUR}) for reconstruct in ({}, SOLVED)
            for run in pruned({"name": "wanda", **amount, **reconstruct}, FLAT)]  # fmt: skip
    level, pattern = _found(runs)
    assert (level.amount.name, pattern.amount.name) == ("50 % sparsity", "2:4")
    assert level.criterion == pattern.criterion and all(one.alone and one.solved for one in (level, pattern))
    assert worded(pattern.alone.cell.level) == "0.5" and pattern.alone.cell.series.label == "wanda 2:4"


def test_the_least_loss_is_chosen_on_validation_of_networks_of_the_size_asked_for():
    large = [replace(run, metrics=run.metrics | {"final/nonzero_parameters": 520})
             for run in pruned(ONE_SHOT, FLAT, validation=0.9)]  # fmt: skip
    runs = large + pruned(WANDA, [0.85] * 5, validation=0.81) + pruned(SPARSEGPT, [0.84] * 5, validation=0.82)
    ((amount, group),) = by_amount(_found(runs)).items()
    assert amount.sparsity == 0.5 and least_loss(group).cell.series.method == "sparsegpt"
    assert least_loss(by_amount(_found(pruned(WANDA, FLAT)))[amount]) is None  # nothing to choose by


def test_simpler_criteria_meet_the_better_arm_of_more_complex_ones():
    """On validation sparsegpt is better alone, wanda with reconstruction; nothing is held against one_shot."""
    runs = pruned(ONE_SHOT | SOLVED, [0.85] * 5, 0.85) + pruned(WANDA, FLAT, 0.8)
    runs += pruned(WANDA | SOLVED, [0.86] * 5, 0.86) + pruned(SPARSEGPT, [0.88] * 5, 0.88)
    runs += pruned(SPARSEGPT | SOLVED, [0.89] * 5, 0.87)
    pairs = rivals(_found(runs), 0.95)
    assert [(pair.ours.series.method, pair.theirs.series.label, pair.difference.mean) for pair in pairs] == [
        ("one_shot", "wanda reconstruct", pytest.approx(-0.01)), ("one_shot", "sparsegpt", pytest.approx(-0.03)),
        ("wanda", "sparsegpt", pytest.approx(-0.02))]  # fmt: skip


def test_other_amounts_and_masks_alone_are_no_rivals():
    other = SPARSEGPT | {"sparsity": 0.7}
    assert rivals(_found(pruned(WANDA | SOLVED, FLAT) + pruned(other, FLAT)), 0.95) == ()
    assert rivals(_found(pruned(WANDA, FLAT) + pruned(SPARSEGPT, FLAT)), 0.95) == ()


def test_a_diverged_run_counts_at_chance():
    runs = pruned(WANDA, [0.8] * 2)
    runs[1] = replace(runs[1], state="failed", cause="Diverged", error="Diverged: nan", metrics={})
    results = in_memory([*dense([0.9] * 2), *runs])
    lost = replace(results, runs=results.runs[results.runs["run"] != f"{runs[1].key}/final"])
    (one,) = reconstructions(lost)
    assert (one.alone.cell.value.mean, one.alone.cell.diverged) == (pytest.approx(0.45), 1)
    assert one.solved is None and one.comparison is None


def test_a_whole_sweep_is_found():
    found = reconstructions(in_memory(post_training()))
    assert [one.method for one in found] == ["one_shot"] * 3 + ["wanda"] * 3 + ["sparsegpt"] * 3
    assert [one.amount.brief for one in found[:3]] == ["50 %", "70 %", "2:4"]
    assert [round(one.comparison.difference.mean, 4) for one in found[:3]] == [0.04, 0.08, 0.04]
