"""Trials that give several runs: iterative pruning with its twin, and controls that branch off it."""

from dataclasses import replace

import pytest

from dashboards.numbers.cells.cells import cells
from dashboards.read.planned import finished, planned
from tests.dashboards.made_up import level
from tests.dashboards.made_up_ladder import Ladder, Rung, accuracies, pair, unpruned

DENSE, ONE_SHOT = {"name": "dense"}, {"name": "one_shot", "sparsity": 0.8, "fine_tune": {"epochs": 0}}
LEVELS = (0.0, 0.5, 0.8, 0.95)
TWINS = (0.90, 0.91, 0.92, 0.92)
REACHED = (0.90, 0.91, 0.915, 0.80)  # nothing lost, nothing, half a point, twelve points


def _beside_one_shot():
    """Five seeds, each a thousandth better than the one before."""
    runs = level(DENSE, [0.9 + 0.001 * seed for seed in range(5)])
    runs += level(ONE_SHOT, [0.85 + 0.001 * seed for seed in range(5)])
    for seed in range(5):
        runs += pair(seed, LEVELS, [one + 0.001 * seed for one in REACHED], [one + 0.001 * seed for one in TWINS])
    return runs


def _by_place(results):
    return {(cell.series.label, cell.sparsity): cell for cell in cells(results)}


def test_every_rung_is_a_cell_and_is_held_against_its_own_twin(stored):
    found = cells(stored(_beside_one_shot()))
    assert [(one.series.label, one.sparsity, one.round) for one in found] == [
        ("dense", 0.0, None), ("one_shot", 0.8, None),
        ("iterative", 0.0, 0), ("iterative", 0.5, 1), ("iterative", 0.8, 2), ("iterative", 0.95, 3)]  # fmt: skip
    assert all((one.planned, one.value.n, one.failed, one.missing) == (5, 5, 0, 0) for one in found)
    assert [one.value.mean for one in found[2:]] == pytest.approx([one + 0.002 for one in REACHED])
    assert [one.difference.mean for one in found[2:]] == pytest.approx([0, 0, -0.005, -0.12])
    assert [one.difference.n for one in found[2:]] == [5] * 4
    assert found[1].difference.mean == pytest.approx(-0.05)


def test_a_ladders_twin_is_a_trial_without_cells(stored):
    results = stored(_beside_one_shot())
    trials = planned(results)
    assert [len(trial.runs) for trial in trials] == [1] * 10 + [4] * 10
    assert {trial.label for trial in trials} == {"dense", "one_shot", "iterative", "twin of iterative"}
    assert {run.series for trial in trials if trial.label == "twin of iterative" for run in trial.runs} == {None}
    assert len(finished(results)) == 20 and len(results.runs) == 50


def test_a_failed_ladder_has_no_result_even_of_rungs_that_it_measured(stored):
    twin, ladder = pair(0, LEVELS, REACHED, TWINS)
    rungs = (*ladder.rungs[:2], *(Rung(rung.round, rung.sparsity) for rung in ladder.rungs[2:]))
    results = stored([twin, replace(ladder, rungs=rungs, state="failed", error="KeyError: 'x'", cause="KeyError")])
    found = cells(results)
    assert [(one.planned, one.failed, one.diverged, one.missing, one.value) for one in found] == [
        (1, 1, 0, 0, None)
    ] * 4
    assert finished(results) == {twin.key}


def test_a_ladder_that_diverged_counts_at_chance_from_the_rung_where_it_did(stored):
    twin, ladder = pair(0, LEVELS, REACHED, TWINS)
    rungs = (*ladder.rungs[:2], *(Rung(rung.round, rung.sparsity) for rung in ladder.rungs[2:]))
    gone = replace(ladder, rungs=rungs, state="failed", error="the training loss is nan", cause="Diverged")
    found = cells(stored([twin, gone, *pair(1, LEVELS, REACHED, TWINS)]))
    assert [(one.planned, one.failed, one.diverged) for one in found] == [(2, 1, 0), (2, 1, 0), (2, 1, 1), (2, 1, 1)]
    assert [one.by_seed for one in found] == [{1: 0.90}, {1: 0.91}, {0: 0.1, 1: 0.915}, {0: 0.1, 1: 0.80}]
    assert found[2].differences == {0: pytest.approx(0.1 - 0.92), 1: pytest.approx(-0.005)}
    assert found[2].converged.mean == pytest.approx(0.915)


def test_a_twin_that_diverged_is_at_chance_rung_by_rung(stored):
    twin, ladder = pair(0, LEVELS, REACHED, TWINS)
    rungs = (*twin.rungs[:3], Rung(3, 0.0))
    gone = replace(twin, rungs=rungs, state="failed", error="the training loss is nan", cause="Diverged")
    found = cells(stored([gone, ladder]))
    assert [one.differences for one in found] == [{}, {}, {}, {0: pytest.approx(0.7)}]


def test_rungs_that_are_not_in_the_store_yet_are_missing(stored):
    results = stored(pair(0, LEVELS, REACHED, TWINS))
    last = results.runs["label"] == "r03"
    found = cells(replace(results, runs=results.runs[~last]))
    assert [one.missing for one in found] == [0, 0, 0, 1]
    assert finished(replace(results, runs=results.runs[~last])) == frozenset()


def test_ladders_with_other_levels_are_other_series_and_share_a_twin(stored):
    steep = (0.0, 0.8, 0.9, 0.95)
    twin, one = pair(0, LEVELS, REACHED, TWINS)
    other_twin, other = pair(0, steep, (0.90, 0.9, 0.9, 0.85), TWINS)
    assert other_twin.key == twin.key
    found = _by_place(stored([twin, one, other]))
    first, second = "iterative levels 0.5-0.8-0.95", "iterative levels 0.8-0.9-0.95"
    assert list(found) == [(first, one) for one in LEVELS] + [(second, one) for one in steep]
    assert found[first, 0.95].difference.mean == pytest.approx(-0.12)
    assert found[second, 0.8].difference.mean == pytest.approx(-0.01)  # to the twin's first round, not its second
    assert found[second, 0.95].difference.mean == pytest.approx(-0.07)


def test_ladders_by_rate_meet_others_at_the_same_sparsity(stored):
    def rated(rounds, rate):
        levels = [1 - (1 - rate) ** place for place in range(rounds + 1)]  # 0.36000000000000010 after two of 0.2
        method = {"name": "iterative", "rounds": rounds, "rate": rate}
        return Ladder(method, 0, accuracies(levels, [0.9] * (rounds + 1)))

    found = _by_place(stored([rated(2, 0.2), *level({"name": "one_shot", "sparsity": 0.36}, [0.8]), rated(1, 0.2)]))
    assert list(found) == [
        ("iterative rounds 2", 0.0), ("iterative rounds 2", 0.2), ("iterative rounds 2", 0.36),
        ("one_shot", 0.36), ("iterative rounds 1", 0.0), ("iterative rounds 1", 0.2)]  # fmt: skip


def test_the_twin_of_a_ladder_may_be_the_dense_trial(stored):
    (dense,) = level(DENSE, [0.9])
    ladder = Ladder({"name": "iterative", "levels": [0.5]}, 0, accuracies((0.0, 0.5), (0.9, 0.87)), dense)
    found = _by_place(stored([dense, ladder]))
    assert found["iterative", 0.5].difference.mean == pytest.approx(-0.03)
    assert found["iterative", 0.0].difference.mean == 0


def ticket(seed, main, reinit, **more):
    """Two rungs after the dense network, and two draws of a control at each."""
    rungs = list(accuracies((0.0, 0.5, 0.75), main))
    for place, draws in enumerate(reinit, 1):
        for draw, accuracy in enumerate(draws, 1):
            metrics = {"final/test_accuracy": accuracy, "final/nonzero_parameters": 10 * draw}
            rungs.append(Rung(place, rungs[place].sparsity, metrics, arm="reinit", draw=draw))
    method = {"name": "lottery_ticket", "rounds": 2, "rate": 0.5, "controls": ["reinit"], "control_draws": 2}
    return Ladder(method, seed, tuple(rungs), unpruned(seed, accuracies((0, 0, 0), (0.9, 0.9, 0.9))), **more)


def test_controls_are_series_of_their_own_and_their_draws_count_once_a_seed(stored):
    found = _by_place(stored([
        one for seed in range(2) for ladder in [ticket(seed, (0.9, 0.92, 0.88), ((0.86, 0.84), (0.7, 0.8)))]
        for one in (ladder.twin, ladder)
    ]))  # fmt: skip
    assert list(found) == [("lottery_ticket", 0.0), ("lottery_ticket", 0.5), ("lottery_ticket", 0.75),
                           ("lottery_ticket reinit", 0.5), ("lottery_ticket reinit", 0.75)]  # fmt: skip
    assert found["lottery_ticket", 0.5].difference.mean == pytest.approx(0.02)
    half, quarter = found["lottery_ticket reinit", 0.5], found["lottery_ticket reinit", 0.75]
    assert (half.planned, len(half.runs), half.value.n, half.round, half.series.arm) == (4, 4, 2, 1, "reinit")
    assert half.by_seed == {0: pytest.approx(0.85), 1: pytest.approx(0.85)}
    assert half.difference.n == 2 and half.difference.mean == pytest.approx(-0.07)  # to the ticket at this rung
    assert quarter.difference.mean == pytest.approx(-0.13)
    assert half.nonzero == 15


def test_two_tickets_with_controls_are_told_apart(stored):
    ladder = ticket(0, (0.9, 0.92, 0.88), ((0.86,), (0.7,)))
    other = replace(ladder, method=ladder.method | {"rewind_to": 500})
    labels = [cell.series.label for cell in cells(stored([ladder.twin, ladder, other]))]
    assert list(dict.fromkeys(labels)) == [
        "lottery_ticket", "lottery_ticket reinit",
        "lottery_ticket rewind_to 500", "lottery_ticket reinit, rewind_to 500"]  # fmt: skip
