"""Scripts laid out as runs and legs: linear in what they say."""

import pytest

from workloads.itinerary import runs
from workloads.methods.lottery_ticket import LotteryTicket
from workloads.script.paths import changing
from workloads.script.phases import Measure, Remember, Return, Rewind, Train

EARLY, REST = Train(start=0, stop=3), Train(start=3, stop=9)


def test_a_long_lottery_with_all_controls_is_a_short_script():
    """60 rounds: 360 networks, each with four or five phases."""
    method = LotteryTicket(rounds=60, rate=0.1, controls=("reinit", "shuffled", "random", "one_shot", "lr_rewind"))
    script = method.phases(2145, 429)
    assert len(list(runs(script))) == 1 + 60 * 6 - 1  # in the first round one_shot is the ticket
    assert sum(len(phase.model_dump_json(exclude_none=True)) for phase in script) < 100_000


def test_a_script_that_goes_back_by_hand():
    script = (
        EARLY, Remember(point="early"), REST, Measure(label="first"), Remember(point="trained"),
        Rewind(to="early"), REST, Measure(label="again"), Return(to="trained"), Measure(label="back"),
    )  # fmt: skip
    first, again, back = runs(script)
    assert first.path.phases == (Train(start=0, stop=9),) and (first.path.step, first.path.steps) == (9, 9)
    assert first.stretches[0].points == ("early",) and again.opening_points == ("trained",)
    assert (again.path.step, again.path.steps, again.begun) == (9, 15, 9)
    assert back.path == first.path and back.begun == 9 and back.opening_points == ()
    assert first.later_points == frozenset() and again.later_points == {"early"} and back.later_points == {"trained"}


def test_a_point_that_is_named_again_stands_for_the_later_network():
    script = (EARLY, Remember(point="here"), REST, Remember(point="here"), Measure(label="one"), Rewind(to="here"),
              Measure(label="two"))  # fmt: skip
    one, two = runs(script)
    assert [stretch.points for stretch in one.stretches] == [(), ("here",)] and two.path.step == 9


def test_a_point_that_is_never_gone_back_to_is_not_kept():
    (run,) = runs((EARLY, Remember(point="early"), REST, Measure()))
    assert [stretch.points for stretch in run.stretches] == [(), ()] and run.later_points == frozenset()


def test_where_a_network_went_back_to_tells_it_apart():
    """Both have trained, gone back, and trained again, with other weights to begin with."""
    start = (Remember(point="start"), EARLY, Remember(point="early"), REST)
    assert changing((*start, Rewind(to="start"), REST)) != changing((*start, Rewind(to="early"), REST))


def test_where_a_network_went_back_to_is_told_by_its_path_and_not_by_its_name():
    again = (REST, Rewind(to="there"), REST)
    early, late = (EARLY, Remember(point="there"), *again), (Remember(point="there"), EARLY, *again)
    assert changing(early) != changing(late)
    assert changing(early) == changing((EARLY, Remember(point="here"), REST, Rewind(to="here"), REST))


def test_going_back_to_what_was_not_remembered_is_refused():
    with pytest.raises(ValueError, match="goes back to early, which it has not remembered"):
        list(runs((EARLY, Rewind(to="early"), Measure())))
