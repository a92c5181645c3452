"""Masks at initialisation against shuffled ones, from accuracies that are written out."""

import pytest

from dashboards.numbers.cells.cells import cells
from dashboards.numbers.lottery.places import shuffles
from dashboards.sections.lottery.places import SECTION
from tests.dashboards.made_up import MadeUp
from tests.dashboards.made_up_methods import trial
from tests.dashboards.made_up_results import in_memory
from tests.dashboards.made_up_tickets import tickets

OWN = (0.80, 0.82, 0.81, 0.83, 0.84)


def _run(name, seed, own, *shuffled, sparsity=0.9):
    reached = {"final": own} | {f"shuffled-{place}": value for place, value in enumerate(shuffled, 1)}
    return trial(name, sparsity, seed, {label: ({"final/test_accuracy": one}, {}) for label, one in reached.items()})


def _runs(name, behind, seeds=5, **more):
    """Two draws a seed, which lose `behind`, and a little more or less, to the mask's own places."""
    return [_run(name, seed, OWN[seed], OWN[seed] - behind[seed] + 0.001, OWN[seed] - behind[seed] - 0.001, **more)
            for seed in range(seeds)]  # fmt: skip


SNIP = _runs("snip", (0.004, -0.004, 0.002, -0.002, 0.0))
SYNFLOW = _runs("synflow", (0.02, 0.03, 0.02, 0.03, 0.025))


def _numbers(runs):
    return SECTION.summarize(in_memory(runs))


def test_draws_count_once_a_seed_and_pair_with_the_run_of_their_trial():
    (one,) = shuffles(in_memory(SYNFLOW))
    assert (one.own.series.label, one.shuffled.series.label) == ("synflow", "synflow shuffled")
    assert (one.gain.n, one.gain.mean, len(one.shuffled.runs)) == (5, pytest.approx(0.025), 10)
    assert one.shuffled.difference.mean == pytest.approx(-0.025)  # its twin is the main run


def test_p_values_are_adjusted_over_methods_and_levels():
    (alone,) = shuffles(in_memory(SYNFLOW))
    both = shuffles(in_memory([*SYNFLOW, *_runs("synflow", (0.02, 0.03, 0.02, 0.03, 0.025), sparsity=0.98)]))
    assert [one.p_value for one in both] == pytest.approx([2 * alone.p_value] * 2)


def test_what_is_said_where_places_matter_and_where_not():
    numbers = _numbers([*SNIP, *SYNFLOW])
    assert SECTION.finding(numbers) == "Shuffling masks within their layers clearly hurts synflow at 1 of 1 levels"
    assert SECTION.text(numbers) == (
        "snip, its own places minus shuffled ones: 0.00 pp (−0.39 to +0.39) at 90 % sparsity, not clear.",
        "synflow, its own places minus shuffled ones: +2.50 pp (+1.88 to +3.12) at 90 % sparsity, clearly better.",
    )
    assert SECTION.finding(_numbers(SNIP)) == "Shuffling masks within their layers makes no clear difference"


def test_shuffled_masks_may_be_better():
    numbers = _numbers(_runs("grasp", (-0.02, -0.03, -0.02, -0.03, -0.025)))
    assert SECTION.finding(numbers) == "Shuffling masks within their layers clearly helps grasp at 1 of 1 levels"
    assert SECTION.text(numbers)[0].endswith("clearly worse.")


def test_few_seeds_give_no_verdict():
    numbers = _numbers(_runs("synflow", (0.02, 0.03), seeds=2))
    assert SECTION.finding(numbers) == "" and numbers.pairs[0].gain.n == 2
    assert SECTION.text(numbers)[0].endswith("at 90 % sparsity, no verdict with n = 2.")


def test_the_figure_has_a_line_for_each_method():
    looser = _runs("synflow", (0.01, 0.01, 0.01, 0.01, 0.01), sparsity=0.5)
    snip, synflow = SECTION.draw(_numbers([*SNIP, *SYNFLOW, *looser])).data
    assert (snip.name, list(snip.y)) == ("snip", pytest.approx([0.0]))
    assert list(synflow.y) == pytest.approx([1.0, 2.5]) and synflow.error_y.array[1] == pytest.approx(0.62, abs=0.01)
    assert 50 < synflow.x[0] < 51 and snip.x[0] < 10 < synflow.x[1]


def test_controls_of_tickets_are_another_section():
    assert _numbers(tickets(2)) is None


def test_shuffled_masks_are_no_methods_of_their_own():
    """They take no part in verdict, ranking and table of the best, and a dense network is not their twin."""
    dense = [MadeUp({"name": "dense"}, seed, {"final/test_accuracy": 0.9}) for seed in range(5)]
    own, shuffled = [cell for cell in cells(in_memory([*dense, *SYNFLOW])) if not cell.series.dense]
    assert (own.series.control, shuffled.series.control) == (False, True)
    assert own.to_dense is not None and shuffled.to_dense is None
