"""Masks that move, from updates that are written out."""

import pytest

from dashboards.numbers.training.moving import first_move, movements
from dashboards.sections.training.moving import SECTION
from tests.dashboards.made_up import MadeUp
from tests.dashboards.made_up_methods import moved, trial
from tests.dashboards.made_up_results import in_memory

ENDS = {"final/test_accuracy": 0.8}
SGD, QUICK = {"name": "sgd", "lr": 0.1}, {"name": "adamw", "lr": 0.001, "betas": [0.9, 0.99]}


def _run(name, seed, churn, explored, sparsity=0.9, **workload):
    return trial(name, sparsity, seed, {"final": (ENDS, moved(churn, explored))},
                 workload={"name": "fashion_mnist_mlp", **workload})  # fmt: skip


RIGL = (
    _run("rigl", 0, {100: 0.3, 200: 0.1}, {100: 0.13, 200: 0.2}),
    _run("rigl", 1, {100: 0.5, 200: 0.1}, {100: 0.15, 200: 0.3}),
)
AC_DC = (_run("ac_dc", 0, {50: 0.9, 150: 0.0}, {50: 1.0, 150: 1.0}),)


def _numbers(*runs):
    return SECTION.summarize(in_memory(runs))


def test_means_over_seeds_by_update():
    (one,) = movements(in_memory(RIGL))
    assert dict(one.churn) == pytest.approx({100: 0.4, 200: 0.1})
    assert dict(one.explored) == pytest.approx({100: 0.14, 200: 0.25})
    assert (one.visited.n, one.visited.mean, one.times_kept) == pytest.approx((2, 0.25, 2.5))
    assert not one.starts_dense


def test_the_share_visited_is_that_after_the_last_update_of_each_seed():
    late = _run("rigl", 1, {100: 0.5, 300: 0.1}, {100: 0.15, 300: 0.4})
    (one,) = movements(in_memory([RIGL[0], late]))
    assert one.visited.mean == pytest.approx(0.3)  # 0.2 at step 200 and 0.4 at step 300


def test_what_is_said_of_masks_that_start_sparse():
    numbers = _numbers(*RIGL)
    assert SECTION.finding(numbers) == "Masks that keep 10 % of the weights have tried, by the end: rigl 25 %"
    assert SECTION.text(numbers)[0] == (
        "rigl at 90 % sparsity: 2 updates from step 100 to 200, which replace 25.00 % of the weights kept, on average. "
        "By the end it has kept 25.00 % (0.00 to 88.53 %) of all weights at some time, 2.5 times the 10.00 % that it "
        "keeps."
    )
    (table,) = SECTION.tables(numbers)
    assert table.rows == (
        ("rigl", "90 %", "2", "100", "200", "40.00", "10.00", "25.00", "25.00", "0.00 to 88.53", "2.5", "2"),
    )


def test_masks_that_start_dense_have_visited_nothing_worth_telling():
    numbers = _numbers(*RIGL, *AC_DC)
    assert SECTION.finding(numbers).endswith("rigl 25 %")
    assert SECTION.text(numbers)[1].endswith("It starts dense, so it has kept every weight at some time.")
    alone = _numbers(*AC_DC)
    assert SECTION.finding(alone) == "Masks that move start dense here, so they have kept every weight at some time"


def test_the_finding_is_about_the_sparsest_level_and_begins_with_the_widest():
    runs = [_run("set", 0, {100: 0.3}, {100: visited}, sparsity) for sparsity, visited in ((0.5, 0.9), (0.9, 0.4))]
    assert SECTION.finding(_numbers(*RIGL, *runs)).endswith("by the end: set 40 %, rigl 25 %")


def test_masks_that_stand_still_have_no_section():
    assert _numbers(trial("snip", 0.9, 0, {"final": (ENDS, {})})) is None


@pytest.mark.parametrize(
    ("workload", "length"),
    [({}, "3.2"), ({"training": {"optimizer": QUICK}}, "1"), ({"training": {"optimizer": SGD}}, None)],
)
def test_a_cold_start_is_told_under_adam_alone(workload, length):
    """(1 - 0.9) / sqrt(1 - 0.999) is 3.2, and 1.0 at a second beta of 0.99."""
    numbers = _numbers(_run("rigl", 0, {100: 0.3}, {100: 0.2}, **workload))
    told = [text for text in SECTION.text(numbers) if "Under Adam" in text]
    assert (first_move(numbers[0].series) is None) == (length is None) == (not told)
    if length:
        assert told[0].endswith(f"So its first move may be up to {length} learning rates long.")


def test_an_optimizer_that_was_emptied_counts_anew():
    numbers = _numbers(*RIGL, *AC_DC)
    assert [first_move(one.series) is None for one in numbers] == [one.series.label == "ac_dc" for one in numbers]


def test_each_level_has_a_row_with_what_masks_that_stand_still_would_have():
    looser = _run("rigl", 0, {100: 0.3}, {100: 0.6}, sparsity=0.5)
    legend, *drawn = SECTION.draw(_numbers(*RIGL, looser)).data
    assert (legend.name, legend.showlegend, list(legend.x)) == ("rigl", True, [None])
    assert [(line.name, list(line.y)) for line in drawn] == [
        ("rigl", [60]), ("rigl", [30]), ("weights kept at the end", [50, 50]),
        ("rigl", pytest.approx([14, 25])), ("rigl", pytest.approx([40, 10])),
        ("weights kept at the end", pytest.approx([10, 10])),
    ]  # fmt: skip
    assert [line.showlegend for line in drawn] == [False, False, True, False, False, False]


def test_masks_that_start_dense_have_no_line_among_places_ever_kept():
    drawn = SECTION.draw(_numbers(*RIGL, *AC_DC)).data
    assert [list(line.y) for line in drawn if line.name == "ac_dc"] == [[None], [90, 0]]


def test_dense_networks_have_no_masks_to_move():
    numbers = _numbers(MadeUp({"name": "dense"}, 0, ENDS), *RIGL)
    assert [one.series.label for one in numbers] == ["rigl"]
