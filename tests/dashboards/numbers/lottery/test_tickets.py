"""What is said of lottery tickets and their controls."""

from dataclasses import replace
from math import log, sqrt

import numpy as np
import pytest
from scipy import stats

from dashboards.numbers.lottery.tickets import contrasts, rounds
from dashboards.read.store import read
from dashboards.report import SECTIONS, html
from tests.dashboards.made_up import MadeUp, write
from tests.dashboards.made_up_ladder import Ladder, Rung
from tests.dashboards.made_up_tickets import NOISE, tickets
from workloads.methods.lottery_ticket import LotteryTicket


@pytest.fixture(scope="module")
def lottery(tmp_path_factory, empty_store):
    """What most tests look at, stored once."""
    return read(write(tmp_path_factory.mktemp("tickets"), empty_store, tickets()), "made-up")


def _section(name):
    return next(section for section in SECTIONS if section.name == name)


def _said(results, name):
    section = _section(name)
    return section.text(section.summarize(results))


def _rows(results, name):
    section = _section(name)
    (table,) = section.tables(section.summarize(results))
    return table.rows


def test_every_round_of_every_arm(lottery):
    found = rounds(lottery)
    assert [(one.series.arm, one.cell.round, one.left) for one in found] == [
        ("main", 0, 1.0), ("main", 1, 0.5), ("main", 2, 0.25), ("main", 3, 0.125),
        ("reinit", 1, 0.5), ("reinit", 2, 0.25), ("reinit", 3, 0.125),
        ("lr_rewind", 1, 0.5), ("lr_rewind", 2, 0.25), ("lr_rewind", 3, 0.125),
        ("one_shot", 2, 0.25), ("one_shot", 3, 0.125),
    ]  # fmt: skip
    third = found[3]
    assert (third.cell.value.mean, third.loss.mean) == pytest.approx((0.97, 0.03))
    assert (third.stop.mean, third.seconds.mean) == (400, 13.0)
    assert all(one.stop is None for one in found if one.series.arm == "lr_rewind")  # its steps are counted on


def test_a_ticket_minus_its_control(lottery):
    found = contrasts(rounds(lottery), 0.95)
    (last,) = [one for one in found if one.control.series.arm == "reinit" and one.ticket.cell.round == 3]
    assert last.last.mean == pytest.approx(0.01) == last.early.mean
    spread = stats.tstd(NOISE)
    assert last.last.high - last.last.mean == pytest.approx(stats.t.ppf(0.975, 4) * spread / sqrt(5))
    assert (last.slower.mean, last.slower.n) == (pytest.approx(log(3.0)), 5)


def test_p_values_are_adjusted_over_all_rounds_controls_and_outcomes(lottery):
    """Reinit has 3 rounds with 3 outcomes, lr_rewind 3 with 2, one_shot 2 with 3: 21 tests.

    The five ratios of steps are the same at every seed: their p is 0 or 1."""
    found = contrasts(rounds(lottery), 0.95)
    tested = [(one.last, one.p_last) for one in found] + [(one.early, one.p_early) for one in found]
    tested += [(one.slower, one.p_slower) for one in found if one.slower]
    assert len(tested) == 21
    raw = [float(one.mean == 0) if one.sd < 1e-12 else 2 * stats.t.sf(abs(one.mean) * sqrt(5) / one.sd, 4)
           for one, _ in tested]  # fmt: skip
    expected, most = {}, 0.0
    for rank, index in enumerate(np.argsort(raw, kind="stable")):
        most = max(most, min(1.0, (21 - rank) * raw[index]))
        expected[index] = most
    assert [p_value for _, p_value in tested] == pytest.approx([expected[index] for index in range(21)])


def test_what_is_said_of_the_rounds(lottery):
    assert _said(lottery, "rounds") == (
        "lottery_ticket is best on validation at the last step with 25.00 % of the weights. On test it changes by "
        "+0.30 pp (+0.30 to +0.30) from its twin's 98.00 %, n = 5. The difference is clear. The interval holds for all "
        "3 rounds at once.",
        "lottery_ticket is best on validation at early stop with 25.00 % of the weights. On test it changes by +0.30 "
        "pp (+0.30 to +0.30), n = 5. The difference is clear. The interval holds for all 3 rounds at once.",
        "lottery_ticket reaches its least validation loss soonest with 25.00 % of the weights: at step 200. This is "
        "0.50 (0.50 to 0.50) times the step with all weights (400), n = 5. The difference is clear. The interval holds "
        "for all 3 rounds at once.",
    )


def _found(results, name):
    section = _section(name)
    return section.finding(section.summarize(results))


def test_the_findings_of_rounds_and_controls_are_silent_below_five_seeds(lottery, stored):
    """By the made-up accuracies: reinit loses in rounds 2 and 3, one_shot in 3, and lr_rewind wins in all."""
    assert _found(lottery, "rounds") == "lottery_ticket is best with 25 % of the weights: +0.30 pp from its dense twin"
    assert _found(lottery, "controls") == (
        "Tickets clearly beat reinit in 2 of 3, one_shot in 1 of 2; clearly lose to lr_rewind in 3 of 3 rounds"
    )
    few = stored(tickets(seeds=4))
    assert (_found(few, "rounds"), _found(few, "controls")) == ("", "")


def test_arms_are_named_beside_their_lines(lottery):
    section = _section("rounds")
    notes = [note.text for note in section.draw(section.summarize(lottery)).layout.annotations if note.name == "direct"]
    assert notes == ["ticket", "reinit", "lr_rewind", "one_shot"]


def _better_on_test(seed, steps):
    """A ladder of two rounds: validation prefers the first, test the second, which is `steps[seed]` ahead of dense."""

    def of(number, test, validation):
        return {"final/test_accuracy": test, "final/val_accuracy": validation,
                "final/nonzero_parameters": 100 * 0.5**number, "final/prunable_parameters": 100}  # fmt: skip

    dense = MadeUp({"name": "dense"}, seed, of(0, 0.9, 0.9))
    rungs = (Rung(0, 0.0, of(0, 0.9, 0.9)), Rung(1, 0.5, of(1, 0.9 + steps[seed], 0.95)),
             Rung(2, 0.75, of(2, 0.99, 0.91)))  # fmt: skip
    return [dense, Ladder({"name": "lottery_ticket", "rounds": 2, "rate": 0.5}, seed, rungs, dense)]


def test_the_best_round_is_chosen_on_validation_with_an_interval_for_all(stored):
    """Ahead by 1 to 5 points: t(1 - 0.05 / 4, 4) = 3.4954 instead of 2.7764, times 1.5811 / sqrt 5."""
    steps = [0.01 * (seed + 1) for seed in range(5)]
    results = stored([run for seed in range(5) for run in _better_on_test(seed, steps)])
    (said,) = _said(results, "rounds")
    assert said == (
        "lottery_ticket is best on validation at the last step with 50.00 % of the weights. On test it changes by "
        "+3.00 pp (+0.53 to +5.47) from its twin's 90.00 %, n = 5. The difference is clear. The interval holds for all "
        "2 rounds at once."
    )


def test_a_best_round_that_is_good_by_chance_is_not_clear(stored):
    """Ahead by -1, 2, 3, 4 and 5 points: 2.6 +- 2.86 alone and 2.6 +- 3.60 for both rounds."""
    results = stored([run for seed in range(5) for run in _better_on_test(seed, [-0.01, 0.02, 0.03, 0.04, 0.05])])
    (said,) = _said(results, "rounds")
    assert "+2.60 pp (−1.00 to +6.20)" in said and "The difference is not clear." in said


def test_what_is_said_of_the_controls(lottery):
    reinit, lr_rewind, one_shot = _said(lottery, "controls")
    assert reinit.startswith(
        "lottery_ticket reinit has the ticket's masks and other first weights. At the last step, the ticket is clearly "
        "better with 25.00 % and 12.50 % of the weights. In the other round, it is not clear which is better. The "
        "largest difference of 3 rounds is +1.00 pp (+0.94 to +1.06), n = 5, with 12.50 % of the weights. At early "
        "stop, the ticket is clearly better"
    )
    assert reinit.endswith(
        "To the least validation loss, the control clearly takes more steps in every round. The largest ratio of their "
        "steps in 3 rounds is 3.00 (3.00 to 3.00), n = 5, with 12.50 % of the weights."
    )
    assert "clearly better with 12.50 % of the weights" in one_shot
    assert "In the other round, it is not clear which takes more steps." in one_shot
    assert "At the last step, the ticket is clearly worse in every round." in lr_rewind and "steps" not in lr_rewind


def test_a_loss_that_was_still_falling_is_a_bound(stored):
    reinit, *_ = _said(stored(tickets(last=1200)), "controls")
    assert reinit.endswith("in 3 rounds is at least 3.00 (3.00 to 3.00), n = 5, with 12.50 % of the weights.")
    results = stored(tickets(last=1200))
    assert [row[9] for row in _rows(results, "controls")[:3]] == ["1.33 (1.33 to 1.33)", "2.50 (2.50 to 2.50)",
                                                                  "≥ 3.00 (3.00 to 3.00)"]  # fmt: skip
    assert [row[8] for row in _rows(results, "rounds")[4:7]] == ["400", "500", "≥ 1,200"]


def test_below_five_seeds_there_is_no_verdict(stored):
    results = stored(tickets(seeds=3))
    assert all("A verdict needs 5 seeds." in text for text in _said(results, "controls"))
    assert "A verdict needs 5 seeds." in _said(results, "rounds")[0]
    assert not any("clear" in one for one in (*_said(results, "controls"), *_said(results, "rounds")))
    numbers = _section("controls").summarize(results)
    assert {one.p_last for one in numbers.contrasts} == {None}


def test_without_validation_there_is_no_early_stop(stored):
    results = stored(tickets(validation=False))
    said = (*_said(results, "controls"), *_said(results, "rounds"))
    assert not any(" early" in one or "least" in one for one in said)
    assert not _said(results, "rounds")  # nothing to choose a round by
    assert len(list(_section("rounds").draw(_section("rounds").summarize(results)).select_yaxes())) == 1
    assert all(row[7:10] == ("–", "–", "–") for row in _rows(results, "rounds"))
    assert "least validation loss" not in html(results)


def test_networks_that_train_on_are_held_to_no_early_stop(stored):
    method = {"controls": (), "restart": "none"}
    found = rounds(stored([one for one in tickets() if one.method["name"] == "dense"] + _without_controls(method)))
    assert [one.stop is None for one in found] == [False, True, True, True]


def _without_controls(fields):
    ladders = [one for one in tickets() if one.method["name"] == "lottery_ticket"]
    return [
        replace(one, method={**one.method, **fields}, rungs=tuple(rung for rung in one.rungs if rung.arm == "main"))
        for one in ladders
    ]


def test_without_controls_the_section_is_left_out(stored):
    dense = [one for one in tickets() if one.method["name"] == "dense"]
    results = stored(dense + _without_controls({"controls": ()}))
    assert _section("controls").summarize(results) is None and _section("rounds").summarize(results)


def test_other_sweeps_have_no_tickets(stored):
    results = stored([one for one in tickets() if one.method["name"] == "dense"])
    assert _section("rounds").summarize(results) is None and _section("controls").summarize(results) is None


def test_the_tables_hold_every_round(lottery):
    assert _rows(lottery, "rounds")[3] == (
        "lottery_ticket", "3", "125", "12.50 %", "97.00 %", "96.80 to 97.20", "0.0300", "97.10 %", "400",
        "400 to 400", "13.0", "5",
    )  # fmt: skip
    assert _rows(lottery, "controls")[2] == (
        "lottery_ticket reinit", "3", "12.50 %", "+1.00 pp", "+0.96 to +1.04", "<0.001", "+1.00 pp", "+0.96 to +1.04",
        "<0.001", "3.00 (3.00 to 3.00)", "<0.001", "5",
    )  # fmt: skip


KEEPS = "It also keeps the optimizer's state; the ticket starts with an empty one."


def test_what_else_a_control_differs_in_is_said(stored):
    """Of a ticket that is rewound to its first weights `reinit` differs in nothing else."""
    plain = " ".join(_said(stored(tickets(seeds=2)), "controls"))
    assert plain.count(KEEPS) == 1 and "steps more" not in plain
    late = " ".join(_said(stored(tickets(seeds=2, rewind_to=1500)), "controls"))
    assert late.count("It trains 1,500 steps more: it starts at step 0, and the ticket at step 1,500.") == 1
    assert late.index("It trains") > late.index("other first weights")


def test_rounds_that_keep_the_state_say_so(stored):
    method = LotteryTicket(rounds=2, rate=0.5, restart="none").model_dump(exclude_none=True)
    ends = {"final/test_accuracy": 0.9, "final/nonzero_parameters": 500, "final/prunable_parameters": 1000}
    rungs = tuple(Rung(number, 1 - 0.5**number, ends) for number in range(3))
    ladders = [Ladder(method, seed, rungs, None, workload={"name": "mnist_lenet"}) for seed in (0, 1)]
    told = _said(stored(ladders), "rounds")
    assert any("keeps the optimizer's state from round to round; rewinding would empty it." in each for each in told)
    assert not any("rewinding would empty" in each for each in _said(stored(tickets(seeds=2)), "rounds"))
