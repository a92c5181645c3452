"""What networks that lost units take, and what they are compared with, by hand."""

from dataclasses import replace

import pytest

from dashboards.numbers.structure.units import structure
from tests.dashboards.made_up_pruned import dense, pruned, timed, without_units
from tests.dashboards.made_up_results import in_memory

HALF = {"name": "structured", "ratio": 0.3}
SMALL, ONE_SHOT = {"name": "small_dense", "sparsity": 0.5}, {"name": "one_shot", "sparsity": 0.5}
FLAT = [0.8] * 5


def _structure(runs):
    return structure(in_memory(runs))


def test_parameters_are_those_stored_and_their_share_of_the_twins():
    runs = [*dense([0.9] * 2), *pruned(HALF, FLAT[:2], final__total_parameters=275),
            *pruned(ONE_SHOT, FLAT[:2])]  # fmt: skip
    (one,) = _structure(runs).removals
    assert (one.own.parameters, one.own.share) == (275, 0.25)
    (peer,) = one.peers
    assert (peer.footprint.parameters, peer.footprint.share) == (1100, 1.0)  # masks shrink nothing


def test_the_time_of_a_step_is_a_ratio_to_the_twin_of_the_seed():
    """3 / 100 over 16 / 400 is 0.75; 2 / 100 over 16 / 400 is 0.5."""
    runs = dense([0.9] * 2, **timed(0.04, 400))
    slow, fast = pruned(HALF, FLAT[:2])
    for one, seconds in ((slow, 3.0), (fast, 2.0)):
        own = {"cost/steps_since_last_mask": 100, "cost/seconds_since_last_mask": seconds}
        runs.append(replace(one, metrics=one.metrics | own))
    (one,) = _structure(runs).removals
    assert one.own.step == pytest.approx(0.025) and one.own.times.mean == pytest.approx(0.625)
    assert (one.own.times.n, one.own.times.error) == (2, pytest.approx(0.125))


@pytest.mark.parametrize("own", [{}, {"cost__steps_since_last_mask": 0, "cost__seconds_since_last_mask": 0.0}])
def test_a_network_that_did_not_train_after_its_last_mask_has_no_time(own):
    (one,) = _structure([*dense([0.9], **timed(0.04)), *pruned(HALF, [0.8], **own)]).removals
    assert (one.own.step, one.own.times) == (None, None)


def test_a_twin_that_was_not_timed_gives_no_ratio():
    (one,) = _structure([*dense([0.9]), *pruned(HALF, [0.8], **timed(0.01))]).removals
    assert one.own.step == pytest.approx(0.01) and one.own.times is None


def test_peers_have_as_many_weights_and_narrow_networks_come_first():
    """500 weights are asked for: 510 are 2 % more, 511 are not; of two levels the nearer one is the peer."""
    near, far = ONE_SHOT | {"sparsity": 0.495}, ONE_SHOT | {"sparsity": 0.49}
    large = {"name": "static_random", "sparsity": 0.489}
    runs = [*dense(FLAT), *pruned(HALF, FLAT), *pruned(far, FLAT), *pruned(near, FLAT), *pruned(large, FLAT),
            *pruned(SMALL, FLAT)]  # fmt: skip
    (one,) = _structure(runs).removals
    assert [(peer.cell.series.method, peer.cell.level) for peer in one.peers] == [
        ("small_dense", 0.5), ("one_shot", 0.495)]  # fmt: skip


def test_differences_are_structured_minus_peer_and_adjusted_over_all_rows():
    """1 point behind small_dense with an error of 0.0316 / sqrt 5 points; 2 ahead of one_shot with the same."""
    ahead = [0.0002, -0.0002, 0.0004, -0.0004, 0.0]
    runs = [*dense([0.9] * 5), *pruned(HALF, [0.8 + one for one in ahead]), *pruned(SMALL, [0.81] * 5),
            *pruned(ONE_SHOT, [0.78] * 5)]  # fmt: skip
    (one,) = _structure(runs).removals
    small, other = (peer.comparison for peer in one.peers)
    assert (small.difference.mean, other.difference.mean) == (pytest.approx(-0.01), pytest.approx(0.02))
    assert small.p_value == pytest.approx(small.difference.p_value())  # the larger of the two
    assert other.p_value == pytest.approx(2 * other.difference.p_value())


def test_ratios_are_levels_of_one_series_by_their_measured_sparsity():
    runs = [run for ratio, sparsity in ((0.3, 0.5), (0.5, 0.75))
            for run in pruned(HALF | {"ratio": ratio}, FLAT, sparsity=sparsity)]  # fmt: skip
    found = _structure([*dense(FLAT), *runs]).removals
    assert [one.cell.level for one in found] == [0.5, 0.75]
    assert len({one.cell.series for one in found}) == 1


def test_criteria_are_no_peers_of_each_other_and_masks_alone_are_a_series():
    runs = [run for shrink in (True, False) for run in pruned(HALF | {"shrink": shrink}, FLAT)]
    found = _structure([*dense(FLAT), *runs]).removals
    assert [one.cell.series.label for one in found] == ["structured shrink", "structured"]
    assert all(one.peers == () for one in found)


def test_a_network_that_failed_has_no_row():
    failed = [replace(run, state="failed", error="out of memory", metrics={}) for run in pruned(HALF, FLAT)]
    results = in_memory([*dense(FLAT), *failed])
    assert structure(replace(results, runs=results.runs[results.runs["method.name"] == "dense"])) is None


def test_without_removed_units_there_is_nothing():
    assert _structure([*dense(FLAT), *pruned(SMALL, FLAT), *pruned(ONE_SHOT, FLAT)]) is None


def test_a_whole_sweep_is_found():
    found = _structure(without_units())
    assert [(one.cell.level, len(one.peers)) for one in found.removals] == [(0.5, 2), (0.75, 2)]
    assert [round(peer.comparison.difference.mean, 4) for peer in found.removals[0].peers] == [-0.01, -0.015]
