"""Every method at every level: what holds, what is lost, what seeds cannot tell."""

from dashboards.sections.answer import accuracy, matrix
from tests.dashboards.made_up import level
from tests.dashboards.made_up_results import in_memory
from tests.dashboards.made_up_text import sweep as text_sweep

SPREAD = (-0.01, -0.005, 0.0, 0.005, 0.01)


def _sweep(losses, seeds=5):
    """Losses by level, in points; seeds of the third level are ten times as far apart."""
    runs = level({"name": "dense"}, [0.9] * seeds)
    for place, (sparsity, loss) in enumerate(losses.items()):
        wide = 1.0 if place == 2 else 0.1
        values = [0.9 - loss / 100 + wide * SPREAD[seed] for seed in range(seeds)]
        runs += level({"name": "static_random", "sparsity": sparsity}, values)
    return in_memory(runs)


def _line(results):
    view = matrix.SECTION.view(matrix.SECTION.summarize(results))
    ((_, fields),) = view.lines
    return view, [(field.state, field.difference, field.half) for field in fields]


def test_a_level_holds_is_open_or_is_lost():
    """At n = 5 half an interval is 2.776 times the error: 0.1 points at most levels, 1 point at the third."""
    view, line = _line(_sweep({0.5: 0.0, 0.7: 0.5, 0.8: 1.2, 0.9: 5.0}))
    assert view.levels == ("50 %", "70 %", "80 %", "90 %")
    assert line == [("holds", "0.00", "0.10"), ("holds", "−0.50", "0.10"), ("open", "−1.20", "0.98"),
                    ("lost", "−5.00", "0.10")]  # fmt: skip
    assert [state for state, _, _ in view.legend] == ["holds", "open", "lost"]


def test_no_level_holds_beyond_one_that_does_not():
    """The third level may lose the margin; the fourth would not, and still is no safe one."""
    _, line = _line(_sweep({0.5: 0.0, 0.7: 0.5, 0.8: 1.2, 0.9: 0.0}))
    assert [state for state, _, _ in line] == ["holds", "holds", "open", "open"]


def test_few_seeds_have_no_states():
    view, line = _line(_sweep({0.5: 0.0, 0.7: 5.0}, seeds=3))
    assert [state for state, _, _ in line] == ["", ""] and view.legend == ()


def test_the_title_states_what_the_matrix_shows():
    def finding(losses):
        return matrix.SECTION.finding(matrix.SECTION.summarize(_sweep(losses)))

    assert finding({0.5: 0.0, 0.7: 0.2}) == "static_random holds the margin at every level tried"
    assert finding({0.5: 0.0, 0.7: 5.0}) == "From 70 % sparsity on every method loses more than 1 pp"
    assert finding({0.5: 0.0, 0.7: 0.2, 0.8: 1.2}) == "Results at every level"


def test_words_keep_the_direction_of_the_outcome():
    """Bits are worse where there are more of them."""
    results = in_memory(text_sweep(seeds=5))
    assert " takes 0.02 bits more last of all, at about " in accuracy.SECTION.finding(
        accuracy.SECTION.summarize(results)
    )
    view = matrix.SECTION.view(matrix.SECTION.summarize(results))
    assert ("lost", "×", "surely more than 0.02 bits worse") in view.legend
