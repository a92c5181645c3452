"""Masks that cut the network before it trains, from records at step 0 that are written out."""

import pytest

from dashboards.numbers.inside.collapse import collapses
from dashboards.sections.answer.answer import SECTION
from tests.dashboards.made_up_methods import trial
from tests.dashboards.made_up_results import in_memory

ENDS = {"final/test_accuracy": 0.8}


def _run(name, seed, start, sparsity=0.9, **shuffled):
    starts = (start, *shuffled.values())
    metrics = [ENDS | {f"start/{metric}": value for metric, value in one.items()} for one in starts]
    labels = ["final", *(f"shuffled-{place}" for place in range(1, len(metrics)))]
    return trial(name, sparsity, seed, {label: (one, {}) for label, one in zip(labels, metrics)})


def _told(*runs):
    return SECTION.view(SECTION.summarize(in_memory(runs))).cautions


CUT = {"empty_layers": 1.0, "effective_sparsity": 1.0}
WHOLE = {"empty_layers": 0.0, "effective_sparsity": 0.9}


def test_an_empty_layer_is_said_with_the_seeds_that_have_it():
    assert _told(_run("snip", 0, CUT), _run("snip", 1, WHOLE)) == (
        "snip starts with a layer without any weight at 90 % sparsity (1 of 2 seeds), so that no signal passes.",
    )


def test_weights_on_no_path_are_said_from_a_tenth_on():
    """At 90 % sparsity, an effective 91 % leaves 9 of 10 kept weights on a path."""
    ((one,),) = collapses(in_memory([_run("grasp", 0, WHOLE | {"effective_sparsity": 0.92})]))
    assert (one.cut, one.stranded) == (0, pytest.approx(0.2))
    assert _told(_run("grasp", 0, WHOLE | {"effective_sparsity": 0.92})) == (
        "grasp keeps weights that lie on no path from input to output at the start: 20 % of them at 90 % sparsity.",
    )
    assert _told(_run("grasp", 0, WHOLE | {"effective_sparsity": 0.905})) == ()


def test_cut_networks_are_not_counted_again_among_weights_on_no_path():
    assert collapses(in_memory([_run("snip", 0, CUT), _run("snip", 1, WHOLE)]))[0][0].stranded == pytest.approx(0)


def test_levels_of_one_method_share_a_sentence_and_controls_have_their_own():
    uncut, whole = (WHOLE | {"effective_sparsity": level} for level in (0.98, 0.99))
    told = _told(_run("snip", 0, CUT, 0.98, first=uncut, second=uncut),
                 _run("snip", 0, CUT, 0.99, first=CUT, second=whole))  # fmt: skip
    assert told == (
        "snip starts with a layer without any weight at 98 % sparsity (1 of 1 seeds) and 99 % sparsity (1 of 1 seeds), "
        "so that no signal passes.",
        "snip shuffled starts with a layer without any weight at 99 % sparsity (1 of 2 networks), so that no signal "
        "passes.",
    )


def test_networks_without_defined_paths_still_tell_empty_layers():
    assert _told(_run("snip", 0, {"empty_layers": 2.0}))[0].startswith("snip starts with a layer without any weight")


def test_runs_without_records_tell_nothing():
    assert collapses(in_memory([trial("rigl", 0.9, 0, {"final": (ENDS, {})})])) == ()
