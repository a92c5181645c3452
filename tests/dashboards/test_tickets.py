"""What is said of lottery tickets and their controls."""

from dataclasses import replace
from math import sqrt

import pytest
from made_up import write
from made_up_ladder import Ladder, Rung
from made_up_tickets import NOISE, tickets
from scipy import stats

from dashboards.report import SECTIONS, html
from dashboards.results import read
from dashboards.tickets import contrasts, rounds
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
    assert (third.cell.accuracy.mean, third.loss.mean) == pytest.approx((0.97, 0.03))
    assert (third.stop.mean, third.seconds.mean) == (400, 13.0)
    assert all(one.stop is None for one in found if one.series.arm == "lr_rewind")  # its steps are counted on


def test_a_ticket_minus_its_control(lottery):
    found = contrasts(rounds(lottery), 0.95)
    (last,) = [one for one in found if one.control.series.arm == "reinit" and one.ticket.cell.round == 3]
    assert last.last.mean == pytest.approx(0.01) == last.early.mean
    spread = stats.tstd(NOISE)
    assert last.last.high - last.last.mean == pytest.approx(stats.t.ppf(0.975, 4) * spread / sqrt(5))
    assert (last.slower.mean, last.slower.n) == (pytest.approx(3.0), 5)


def test_p_values_are_adjusted_over_the_rounds_of_one_control(lottery):
    found = contrasts(rounds(lottery), 0.95)
    reinit = [one for one in found if one.control.series.arm == "reinit"]
    raw = [2 * stats.t.sf(abs(one.last.mean) * sqrt(5) / one.last.sd, 4) for one in reinit]
    assert [one.p_last for one in reinit] == pytest.approx([raw[0], 2 * raw[1], 3 * raw[2]])  # the last is the least
    assert raw[0] == pytest.approx(1.0) and max(raw[1:]) < 0.001


def test_what_is_said_of_the_rounds(lottery):
    assert _said(lottery, "rounds") == (
        "lottery_ticket is most accurate, against its twin, at the last step with 25.00 % of the weights: +0.30 pp "
        "(+0.30 to +0.30, n = 5), clear.",
        "lottery_ticket is most accurate, against its twin, at early stop with 25.00 % of the weights: +0.30 pp (+0.30 "
        "to +0.30, n = 5), clear.",
        "It comes to its least validation loss soonest with 25.00 % of the weights: at step 200, 0.50 times that of "
        "all weights (400).",
    )


def test_what_is_said_of_the_controls(lottery):
    reinit, lr_rewind, one_shot = _said(lottery, "controls")
    assert reinit.startswith(
        "Against lottery_ticket reinit (the same masks, other first weights): at the last step the ticket is clearly "
        "better with 25.00 % and 12.50 % of the weights and it is not clear which is better with 50.00 % of the "
        "weights; the difference is greatest with 12.50 % of the weights, where the ticket is ahead (+1.00 pp, +0.96 "
        "to +1.04, n = 5). At early stop the ticket is clearly better"
    )
    assert reinit.endswith(
        "The control takes up to 3.00 (3.00 to 3.00) times as many steps to its least validation loss (with 12.50 % of "
        "the weights)."
    )
    assert "clearly better with 12.50 % of the weights" in one_shot
    assert "at the last step the ticket is clearly worse in every round" in lr_rewind and "steps" not in lr_rewind


def test_a_loss_that_was_still_falling_is_a_bound(stored):
    reinit, *_ = _said(stored(tickets(last=1200)), "controls")
    assert reinit.endswith(
        "The control takes at least 3.00 (3.00 to 3.00) times as many steps to its least validation loss (with 12.50 % "
        "of the weights)."
    )
    results = stored(tickets(last=1200))
    assert [row[9] for row in _rows(results, "controls")[:3]] == ["1.33 (1.33 to 1.33)", "2.50 (2.50 to 2.50)",
                                                                  "≥ 3.00 (3.00 to 3.00)"]  # fmt: skip
    assert [row[8] for row in _rows(results, "rounds")[4:7]] == ["400", "500", "≥ 1,200"]


def test_below_five_seeds_there_is_no_verdict(stored):
    results = stored(tickets(seeds=3))
    assert all("with n = 3 this is no verdict, which takes 5" in one for one in _said(results, "controls"))
    assert "no verdict below n = 5" in _said(results, "rounds")[0]
    assert not any("clear" in one for one in (*_said(results, "controls"), *_said(results, "rounds")))


def test_without_validation_there_is_no_early_stop(stored):
    results = stored(tickets(validation=False))
    said = (*_said(results, "controls"), *_said(results, "rounds"))
    assert not any(" early" in one or "least" in one for one in said)
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
        "<0.001", "3.00 (3.00 to 3.00)", "5",
    )  # fmt: skip


KEEPS = "It also keeps the optimizer's state, which is empty where the ticket begins."


def test_what_else_a_control_differs_in_is_said(stored):
    """Of a ticket that is rewound to its first weights `reinit` differs in nothing else."""
    plain = " ".join(_said(stored(tickets(seeds=2)), "controls"))
    assert plain.count(KEEPS) == 1 and "steps more" not in plain
    late = " ".join(_said(stored(tickets(seeds=2, rewind_to=1500)), "controls"))
    assert late.count("It trains for 1,500 steps more: from step 0, where the ticket begins at step 1,500.") == 1
    assert late.index("It trains for") > late.index("other first weights")


def test_rounds_that_keep_the_state_say_so(stored):
    method = LotteryTicket(rounds=2, rate=0.5, restart="none").model_dump(exclude_none=True)
    ends = {"final/test_accuracy": 0.9, "final/nonzero_parameters": 500, "final/prunable_parameters": 1000}
    rungs = tuple(Rung(number, 1 - 0.5**number, ends) for number in range(3))
    ladders = [Ladder(method, seed, rungs, None, workload={"name": "mnist_lenet"}) for seed in (0, 1)]
    told = _said(stored(ladders), "rounds")
    assert any("keeps the optimizer's state from round to round, which rewinding would empty." in each for each in told)
    assert not any("rewinding would empty" in each for each in _said(stored(tickets(seeds=2)), "rounds"))
