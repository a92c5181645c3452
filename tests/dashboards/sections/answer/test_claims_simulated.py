"""What reports claim of sweeps without any effect, by families of claims, and how often intervals hold.

SPARSITY_LONG=1 draws 2,000 sweeps of each kind, for half an hour or more; without it a few, which tell that it runs.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from scipy.stats import binom

from dashboards.numbers.answer.ranking import rankings
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.sections.answer import answer, table
from dashboards.sections.lottery import controls, rounds
from tests.dashboards.made_up_results import in_memory
from tests.dashboards.made_up_tickets import tickets
from tests.dashboards.no_effect import Plan, ladder, levels, sweeps

LONG = os.environ.get("SPARSITY_LONG")
MOST = 0.06  # 5 % and two standard errors over 2,000 sweeps
NUMBER = 2000 if LONG else 12


def _said(section, results: Results) -> str:
    return " ".join(section.SECTION.text(section.SECTION.summarize(results)))


def _in_the_table(results: Results) -> bool:
    """Whether any difference to a dense twin is significant in the main table."""
    return any(p_value is not None and p_value < 0.05 for p_value in table.p_values(cells(results)))


def _of_comparisons(results: Results) -> bool:
    """Whether the answer says that anything is better or worse, or loses more than the margin."""
    return bool(re.search(r"\b(better|worse|surely a loss)\b", _said(answer, results)))


def _of_the_best(results: Results) -> bool:
    """Whether a ranking at any sparsity tells methods apart."""
    return any(len({place.group for place in ranking.places}) > 1
               for ranking in rankings(cells(results), results.confidence))  # fmt: skip


def _of_rounds(results: Results) -> bool:
    """Whether the best round, or the soonest, is clearly other than dense."""
    return bool(re.search("(?<!not) clear", _said(rounds, results)))


def _of_controls(results: Results) -> bool:
    """Whether tickets are clearly better or worse than any control, or one clearly takes more steps."""
    return "clearly" in _said(controls, results)


FAMILIES: dict[str, tuple[Callable[[], Plan], dict[str, Callable[[Results], bool]]]] = {
    "levels": (lambda: levels(5), {"table": _in_the_table, "comparisons": _of_comparisons, "best": _of_the_best}),
    "levels, 10 seeds": (lambda: levels(10), {"table": _in_the_table, "comparisons": _of_comparisons,
                                              "best": _of_the_best}),
    "ladder": (lambda: ladder(5), {"rounds": _of_rounds, "controls": _of_controls}),
}  # fmt: skip


def _counted(found: Iterable[Results], families: dict[str, Callable[[Results], bool]]) -> Counter[str]:
    claims = Counter[str]()
    for results in found:
        claims.update(name for name, claimed in families.items() if claimed(results))
    return claims


@pytest.mark.parametrize("kind", FAMILIES)
def test_without_effects_few_sweeps_claim_anything(kind):
    plan, families = FAMILIES[kind]
    claims = _counted(sweeps(plan(), NUMBER), families)
    print(f"{kind}: of {NUMBER} sweeps without effects claim anything " + ", ".join(
        f"{claims[name] / NUMBER:.1%} ({name})" for name in families))  # fmt: skip
    allowed = MOST * NUMBER if LONG else binom.ppf(0.999, NUMBER, 0.05)
    assert all(claims[name] <= allowed for name in families)


@pytest.mark.parametrize("seeds", [5, 10])
def test_intervals_over_seeds_and_examples_hold_for_the_population(seeds):
    """The true difference is 0. Those over seeds alone hold for the images at hand, and less often for all images."""
    held, intervals = Counter[str](), 0
    for results in sweeps(levels(seeds), NUMBER, seed=1):
        for cell in cells(results):
            if cell.difference:
                intervals += 1
                held["seeds"] += _holds(cell.difference.interval)
                held["both"] += _holds(cell.difference.over_examples.interval)
    print(f"n = {seeds}: {held['both'] / intervals:.1%} of the intervals over seeds and examples hold, "
          f"{held['seeds'] / intervals:.1%} of those over seeds alone")  # fmt: skip
    assert (0.94 <= held["both"] / intervals <= 0.97) if LONG else held["both"] > 0.85 * intervals
    assert held["both"] > held["seeds"]


def _holds(interval: tuple[float, float]) -> bool:
    return interval[0] <= 0 <= interval[1]


def test_what_is_there_is_claimed():
    """Else silence would pass."""
    results = in_memory(tickets(last=20_000))
    assert _of_rounds(results) and _of_controls(results)


def test_results_in_memory_are_those_of_a_store(stored):
    found, read = in_memory(tickets(2)), stored(tickets(2))
    assert [(cell.series.label, cell.value, cell.difference) for cell in cells(found)] == [
        (cell.series.label, cell.value, cell.difference) for cell in cells(read)]  # fmt: skip
    assert _said(controls, found) == _said(controls, read) and _said(rounds, found) == _said(rounds, read)
