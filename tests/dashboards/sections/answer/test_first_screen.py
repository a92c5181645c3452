"""The first screen: question, state, verdict, key figures, cautions."""

from dataclasses import replace

import pytest

from dashboards.report import headline
from dashboards.sections.answer import answer
from dashboards.sections.answer.cards import Strip
from dashboards.sections.answer.head import Chip, head
from tests.dashboards.made_up import MadeUp, level
from tests.dashboards.made_up_results import in_memory
from tests.dashboards.made_up_text import sweep as text_sweep

DENSE = {"name": "dense"}
SPREAD = (-0.002, -0.001, 0.0, 0.001, 0.002)


def _method(name, sparsity, losses, seeds=5, **metrics):
    """Differences to 90 % of a dense network, one a seed around the loss."""

    def more(seed):
        accuracy = 0.9 - losses + SPREAD[seed]
        return {"metrics": {"final/test_accuracy": accuracy, "final/val_accuracy": accuracy,
                            "final/nonzero_parameters": 1000 * (1 - sparsity), "final/prunable_parameters": 1000,
                            **metrics}}  # fmt: skip

    return level({"name": name, "sparsity": sparsity}, [0] * seeds, more)


def _sweep(*methods, seeds=5):
    dense = level(DENSE, [0] * seeds, lambda seed: {"metrics": {"final/test_accuracy": 0.9, "cost/dense_bytes": 4000}})
    return [*dense, *(run for method in methods for run in method)]


def _cards(results):
    return answer.SECTION.view(answer.SECTION.summarize(results)).cards


@pytest.mark.parametrize(
    ("losses", "verdict"),
    [
        ({"one_shot": (0.0, 0.1), "static_random": (0.1, 0.2)},
         "small_dense stays within 1 pp of the dense network up to 50 % sparsity. No other method surely does at any "
         "level tried."),
        ({"one_shot": (0.0, 0.0), "static_random": (0.0, 0.1)},
         "small_dense stays within 1 pp of the dense network up to 90 % sparsity. No other method gets past 50 %."),
        ({"one_shot": (0.0, 0.0), "static_random": (0.0, 0.0)},
         "Both methods stay within 1 pp of the dense network up to 90 % sparsity, the sparsest level tried."),
        ({"one_shot": (0.1, 0.1), "static_random": (0.1, 0.1)},
         "No method surely stays within 1 pp of the dense network, not even at 50 % sparsity."),
    ],
)  # fmt: skip
def test_the_verdict_follows_from_the_numbers(losses, verdict):
    names = {"one_shot": "small_dense", "static_random": "static_random"}
    methods = [_method(names[name], sparsity, loss) for name, own in losses.items()
               for sparsity, loss in zip((0.5, 0.9), own, strict=True)]  # fmt: skip
    assert headline(in_memory(_sweep(*methods))) == verdict


def test_without_seeds_enough_there_is_no_verdict_and_it_says_what_it_takes(stored):
    results = in_memory(_sweep(_method("static_random", 0.9, 0.0, seeds=4), seeds=4))
    assert headline(results) == "No verdict from 4 seeds a setting: it takes 5."
    assert headline(in_memory(level({"name": "static_random", "sparsity": 0.9}, [0.9] * 5))) == (
        "No verdict: no run has a finished dense twin to compare with.")  # fmt: skip
    assert headline(stored([MadeUp(DENSE, 0, state="planned")])) == "No verdict: no run has finished yet."


def test_each_task_has_a_verdict_in_its_unit():
    results = in_memory([*_sweep(_method("static_random", 0.5, 0.0)), *text_sweep(seeds=5)])
    assert headline(results) == (
        "static_random stays within 1 pp of the dense network up to 50 % sparsity, the sparsest level tried. "
        "No method surely stays within 0.02 bits of the dense network, not even at 50 % sparsity.")  # fmt: skip


def test_the_cards_hold_the_key_figures_with_their_intervals():
    """At 50 %: 0.50 points lost, 4,000 bytes dense and 1,000 sparse. t(4) is 2.776 and the error 0.1 sqrt(2.5 / 5)."""
    sparse = _method("static_random", 0.5, 0.005, **{"cost/dense_bytes": 4000, "cost/csr_bytes": 1000})
    results = in_memory(_sweep(sparse, _method("static_random", 0.9, 0.1), _method("small_dense", 0.5, 0.05)))
    difference, lead, dense, size = _cards(results)
    assert (difference.title, difference.value, difference.unit) == (
        "static_random at 50 % sparsity, against dense", "−0.50", "pp")  # fmt: skip
    assert difference.note == "95 % interval −0.70 to −0.30"
    assert (lead.value, lead.note) == ("+4.50", "95 % interval +4.50 to +4.50, p < 0.001")
    assert (dense.value, dense.unit, dense.note) == ("90.00", "%", "90.00 to 90.00, 5 seeds")
    assert (size.value, size.note, size.kind) == ("4.0", "1 kB, dense 4 kB", "counted")


def test_places_on_a_cards_axis():
    """From the margin at −1 to the dense network at 0, with 12 % of air: −0.5 is in the middle."""
    results = in_memory(_sweep(_method("static_random", 0.5, 0.005)))
    strip = _cards(results)[0].strip
    assert isinstance(strip, Strip) and strip.mean == 50.0
    assert strip.ticks == ((9.7, "margin"), (90.3, "dense"))


def test_one_seed_has_cards_without_intervals():
    results = in_memory(_sweep(_method("static_random", 0.5, 0.0, seeds=1), seeds=1))
    assert all(card.strip is None for card in _cards(results))
    assert _cards(results)[0].note == "1 seed, no interval"


def test_methods_that_train_for_different_times_are_a_caution():
    results = in_memory(_sweep(
        _method("static_random", 0.5, 0.0, **{"cost/steps_total": 1500}),
        _method("small_dense", 0.5, 0.0, **{"cost/steps_total": 1200}),
    ))  # fmt: skip
    cautions = answer.SECTION.view(answer.SECTION.summarize(results)).cautions
    (caution,) = [text for text in cautions if "different times" in text]
    assert caution == ("Methods train for different times: small_dense for 1,200 steps and static_random for 1,500 "
                       "steps, at 50 % sparsity.")  # fmt: skip


def test_the_head_tells_the_state_of_the_sweep():
    results = in_memory(_sweep(_method("static_random", 0.5, 0.0), _method("static_random", 0.9, 0.0)))
    told = head(results)
    assert told.question == "What does sparsity do?" and told.warnings == ()
    assert told.chips[:4] == (
        Chip("complete: 15 of 15 trials, none failed", "done"), Chip("5 seeds a setting"),
        Chip("1 method × 2 levels"), Chip("margin 1 pp"))  # fmt: skip
    assert told.chips[4].words.endswith(", real") and told.chips[5].words == "code 0123abc, clean"


def test_the_head_of_an_unfinished_sweep_says_that_it_is_partial(stored):
    runs = _sweep(_method("static_random", 0.5, 0.0))
    runs[-1] = replace(runs[-1], state="running")
    runs[-2] = replace(runs[-2], state="failed", error="no space")
    told = head(stored(runs))
    assert told.chips[0] == Chip("partial: 8 of 10 trials, 1 failed", "partial")
    assert told.warnings == ("Partial: 8 of 10 trials finished; the figures change when the others finish.",)
    runs[-1] = replace(runs[-1], state="completed")
    assert head(stored(runs)).chips[0] == Chip("incomplete: 9 of 10 trials, 1 failed", "partial")
