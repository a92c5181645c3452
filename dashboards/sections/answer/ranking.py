"""Methods at one sparsity: groups of equals, with a dot and an interval in every row."""

from __future__ import annotations

from dashboards.draw.section import Section, Table, without_empty
from dashboards.numbers.answer.ranking import RankedMethod, rankings, shown_first
from dashboards.numbers.answer.verdict import verdict_of
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.factors.networks import shortened_names
from dashboards.read.results import Results
from dashboards.sections.answer.ranking_view import Numbers, view
from dashboards.sections.answer.verdict_words import names
from dashboards.statistics.estimates import ENOUGH, Estimate
from dashboards.words import formats
from dashboards.words.formats import NONE, capital, count, level
from dashboards.words.units import WIDER, Unit, unit


def _summarize(results: Results) -> Numbers | None:
    sparse = [cell for cell in cells(results) if not cell.series.dense]
    ranked = rankings(sparse, results.confidence)
    if not ranked:
        return None
    safe = verdict_of(results).level
    chosen = shown_first(ranked, safe)
    networks = dict(shortened_names(ranking.network for ranking in ranked))
    return Numbers(ranked, chosen, networks, unit(results.outcome), results.confidence, chosen.level == safe)


def _finding(numbers: Numbers) -> str:
    ranking, where = numbers.chosen, f"At {level(numbers.chosen.level)} sparsity"
    if len(numbers.networks) > 1:
        where += f" on {numbers.networks[ranking.network]}"
    if not ranking.judged:
        return (
            f"{where}, {ranking.best.series.label} comes first on validation; {ENOUGH} seeds would tell methods apart"
        )
    if turned := ranking.better_on_test(numbers.confidence):
        is_better = "is" if len(turned) == 1 else "are"
        return (f"{where}, {ranking.best.series.label} comes first on validation, but {names(list(turned))} "
                f"{is_better} clearly better on test")  # fmt: skip
    equals = list(ranking.equals)
    if len(equals) == len(ranking.places):
        return f"{where}, no method is clearly ahead of the others"
    if len(equals) == 1:
        return f"{where}, {equals[0].label} is clearly first"
    return f"{where}, {names(equals)} are ahead and not told apart"


def _computed(numbers: Numbers) -> str:
    compared = (
        f"{capital(numbers.unit.outcome.title)} after the last step. Each seed is compared with the dense network of "
        "the same seed that trains for as many steps. Methods are ranked on the validation split. Networks are of "
        "equal size if their numbers of nonzero weights differ by 2 % of the smaller one at most; others have no rank."
    )
    if not any(ranking.judged for ranking in numbers.rankings):
        return f"{compared} It takes {ENOUGH} seeds to tell methods apart."
    return (
        f"{compared} They are told apart on the test split: a method is in the group of the best if the paired t-test "
        f"between them gives p ≥ {1 - numbers.confidence:.2g}, adjusted by Holm over all comparisons with a best at "
        "all levels; where single examples are known, the test must hold over seeds and examples too. The next group "
        f"is made the same way of the rest. Groups need {ENOUGH} seeds."
    )


def _table(numbers: Numbers) -> Table:
    words = numbers.unit
    columns = ("Level", "Group", "Method", words.heading, f"Difference [{words.name}]", f"Interval [{words.name}]",
               WIDER, "n", "Its twin", "p against the best", "Nonzero weights", "Steps")  # fmt: skip
    networks = len(numbers.networks) > 1
    rows = tuple(
        (level(ranking.level) + (f" on {numbers.networks[ranking.network]}" if networks else ""),
         *_fields(place, words))
        for ranking in numbers.rankings for place in ranking.places
    )  # fmt: skip
    table = Table("Ranking at every level", columns, rows, frozenset({"Level", "Group", "Method"}), grouped=True)
    return without_empty(table, {WIDER})


def _fields(place: RankedMethod, words: Unit) -> tuple[str, ...]:
    cell, estimate = place.cell, place.cell.to_dense
    wider: Estimate | None = estimate.over_examples if estimate else None
    return (
        place.group or NONE, cell.series.label, words.value(cell.value.mean if cell.value else None),
        words.bare(estimate.mean if estimate else None), words.ends(estimate), words.ends(wider),
        str(estimate.n if estimate else 0), words.value(cell.twins),
        formats.p_value(place.behind.p_value) if place.behind else NONE, count(cell.nonzero), count(cell.steps),
    )  # fmt: skip


SECTION = Section(
    name="ranking",
    title="Ranking",
    question="Which method is best at each sparsity?",
    summarize=_summarize,
    finding=_finding,
    computed=_computed,
    tables=lambda numbers: (_table(numbers),),
    template="ranking.html",
    view=view,
)
