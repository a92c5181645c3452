"""The verdict: what the sweep comes down to, key figures, and what to be careful about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from dashboards.draw.section import Section
from dashboards.numbers.answer import numerics
from dashboards.numbers.answer.comparison import Comparison, compared
from dashboards.numbers.answer.limits import Limits, limits_of
from dashboards.numbers.answer.numerics import AcrossNumerics, across_numerics
from dashboards.numbers.answer.ranking import MethodRanking, rankings, shown_first
from dashboards.numbers.answer.verdict import Verdict, verdict_of
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.cells.overlap import Tally, tally
from dashboards.numbers.inside.collapse import Collapse, collapses
from dashboards.numbers.inside.layers import LayerLeft, layers_left
from dashboards.numbers.inside.survival import Survival, survivals
from dashboards.plan_file import BITS
from dashboards.read.results import Results
from dashboards.sections.answer import limits_sentences, sentences, verdict_words
from dashboards.sections.answer.cards import Card, cards
from dashboards.sections.answer.collapsed import collapsed
from dashboards.sections.answer.zeroed import survived
from dashboards.statistics.estimates import ENOUGH, Estimate
from dashboards.words import formats
from dashboards.words.units import Unit, unit

Reached = tuple[Cell, Estimate]  # and its value


@dataclass(frozen=True)
class Numbers:
    """What the verdict, the cards and the sentences are made from."""

    verdict: Verdict
    dense: tuple[Cell, ...]
    sparse: tuple[Cell, ...]
    reached: tuple[Reached, ...]  # by dense networks; where a workload has none, by a ladder's first rung
    trials: Tally
    limits: tuple[Limits, ...]
    sizes: tuple[tuple[Comparison, ...], ...]  # small_dense against the sparse, pair by pair of series
    rankings: tuple[MethodRanking, ...]
    zeroed: tuple[Survival, ...]  # at the sparsest target of every series that is followed
    collapsed: tuple[tuple[Collapse, ...], ...]  # masks that cut the network before it trains, series by series
    starved: tuple[tuple[LayerLeft, ...], ...]  # layers with few weights or many dead units, series by series
    cards: tuple[Card, ...]
    unit: Unit
    confidence: float
    intervals: str  # what the explanation promises of them
    judged: bool  # whether there are seeds enough for any verdict
    numerics: AcrossNumerics
    tuned: tuple[str, ...]  # settings that validation chooses for each method

    @property
    def splits(self) -> str:
        """Whose values these are."""
        return formats.listed(sorted({cell.split for cell in (*self.dense, *self.sparse) if cell.value}))


@dataclass(frozen=True)
class AnswerView:
    """What the template shows below the verdict."""

    cards: tuple[Card, ...]
    cautions: tuple[str, ...]


def headline(results: Results) -> str:
    """The verdict on one task in a sentence."""
    return verdict_words.sentence(verdict_of(results), unit(results.outcome))


def _summarize(results: Results) -> Numbers:
    every = cells(results)
    dense = tuple((cell, cell.value) for cell in every if cell.series.dense and cell.value)
    sparse = tuple(cell for cell in every if not cell.series.dense)
    sizes = compared(every, "small_dense", results.confidence)
    pairs = dict.fromkeys((pair.ours.series, pair.theirs.series) for pair in sizes)
    starved = [left for left in layers_left(results) if sentences.few_weights(left) or sentences.many_dead(left)]
    starved = [left for left in starved if not left.series.control]
    ranked, words, sums = rankings(sparse, results.confidence), unit(results.outcome), verdict_of(results)
    chosen = _chosen(sums, sparse, ranked)
    return Numbers(
        sums,
        tuple(cell for cell, _ in dense),
        sparse,
        (*dense, *_unpruned(dense, sparse)),
        tally(results),
        limits_of(results),
        tuple(
            tuple(comparison for comparison in sizes if (comparison.ours.series, comparison.theirs.series) == pair)
            for pair in pairs
        ),
        ranked,
        tuple(list(members)[-1] for _, members in groupby(survivals(results), key=lambda survival: survival.series)),
        collapses(results),
        tuple(
            tuple(left for left in starved if left.series == series)
            for series in dict.fromkeys(left.series for left in starved)
        ),
        cards(results, chosen, ranked, _reference(chosen, dense, sparse), words),
        words,
        results.confidence,
        formats.with_interval([cell.value for cell in every], results.confidence),
        any(cell.difference is not None and cell.difference.n >= ENOUGH for cell in every),
        across_numerics(results),
        results.plan.report.tune or (),
    )


def _chosen(sums: Verdict, sparse: tuple[Cell, ...], ranked: tuple[MethodRanking, ...]) -> Cell | None:
    """The cell that key figures are about: the best leader, or else the best of the ranking that is shown first."""
    if sums.leaders:
        return max(sums.leaders, key=lambda cell: cell.score if cell.score is not None else float("-inf"))
    if ranked:
        return shown_first(ranked, sums.level).best
    paired = [cell for cell in sparse if cell.level > 0 and cell.to_dense]
    return min(paired, key=lambda cell: cell.level, default=None)


def _reference(chosen: Cell | None, dense: tuple[Reached, ...], sparse: tuple[Cell, ...]) -> Cell | None:
    """The dense network, or the first rung of a ladder, of the chosen cell's workload."""
    whole = [cell for cell, _ in (*dense, *_unpruned(dense, sparse))]
    same = [cell for cell in whole if chosen is None or cell.series.workload == chosen.series.workload]
    return next(iter(same), None)


def _unpruned(dense: tuple[Reached, ...], sparse: tuple[Cell, ...]) -> tuple[Reached, ...]:
    """First rungs, one for each other workload: ladders on the same one begin with the same network."""
    first = {cell.series.workload: (cell, cell.value)
             for cell in reversed(sparse) if cell.round == 0 and cell.value}  # fmt: skip
    known = {cell.series.workload for cell, _ in dense}
    return tuple(rung for workload, rung in reversed(first.items()) if workload not in known)


def _finding(numbers: Numbers) -> str:
    return verdict_words.sentence(numbers.verdict, numbers.unit)


def _view(numbers: Numbers) -> AnswerView:
    return AnswerView(numbers.cards, tuple(_cautions(numbers)))


def _cautions(numbers: Numbers) -> Iterator[str]:
    """What a reader must know before trusting a figure of the page."""
    words = numbers.unit
    yield from numerics.sentences(numbers.numerics)
    yield from sentences.chosen(numbers.tuned)
    yield from sentences.incomplete(numbers.trials)
    yield from (sentences.diverged(cell, words) for cell in (*numbers.dense, *numbers.sparse) if cell.diverged)
    yield from map(collapsed, numbers.collapsed)
    yield from sentences.of_other_size([cell for ranking in numbers.rankings for cell in ranking.unequal])
    yield from sentences.confounded(
        side.series for levels in numbers.sizes for side in (levels[0].ours, levels[0].theirs)
    )
    if numbers.rankings:
        yield from sentences.other_budget(shown_first(numbers.rankings, numbers.verdict.level))


def _details(numbers: Numbers) -> Iterator[str]:
    words = numbers.unit
    if numbers.verdict.reason == "no outcome":
        yield (f"The finished runs have no {words.outcome.title}, by which this page judges. Their losses are in the "
               "curves below, and `sparsity ui` shows all that they recorded.")  # fmt: skip
        return
    if numbers.verdict.reason == "nothing finished":
        yield "No run of this sweep has finished. The failed trials are named at the end of the page."
        return
    yield from (sentences.reached(cell, value, words) for cell, value in numbers.reached)
    yield from (limits_sentences.limited(limit, words) for limit in numbers.limits)
    loose = [(cell, cell.value) for cell in numbers.sparse if cell.value and not cell.arrived]
    paired = numbers.limits or any(cell.to_dense for cell, _ in loose)
    if not paired and any(cell.value for cell in numbers.sparse):
        yield "No run has a finished dense twin, so there are no differences to report."
    yield from (sentences.let_go(list(line), words) for _, line in groupby(loose, key=lambda pair: pair[0].series))
    yield from (sentences.compared(levels, words, numbers.confidence) for levels in numbers.sizes)
    yield from map(survived, numbers.zeroed)
    yield from map(sentences.starved, numbers.starved)


def _computed(numbers: Numbers) -> str:
    words, more = numbers.unit, numbers.unit.outcome.more_is_better
    splits = numbers.splits or "test"
    text = (
        f"{formats.capital(words.on(splits))} at the last step{'' if more else ', less is better'}: mean over seeds"
        f"{numbers.intervals}. Differences are paired by seed with the dense twin."
    )
    bound = "lower bound of the mean difference stays above minus the"
    if not more:
        bound = "upper bound of the mean difference stays below the"
    safe = _safe(words.allowed, formats.level(numbers.confidence), bound)
    in_bits = f" {IN_BITS}" if words.outcome.metric == BITS.metric else ""
    return f"{text}{in_bits} {safe}" if numbers.judged else f"{text}{in_bits}"


IN_BITS = (
    "Bits are all nats over the logarithm of 2 and the characters scored. So models with other tokenizers and contexts "
    "can be compared; perplexities cannot."
)


def _safe(margin: str, confidence: str, bound: str) -> str:
    """What the words of the verdicts mean."""
    return (
        f"A method is safe at a level, with a margin of {margin}, if the one-sided {confidence} {bound} margin there "
        "and at every denser level. “Loses more than the margin”, “better” and “worse” rest on paired t-tests, "
        "adjusted by Holm over all levels and methods in one list of sentences. A verdict over seeds holds for this "
        "test set; a verdict over seeds and examples also holds for other examples of the same kind."
    )


SECTION = Section(
    name="answer",
    title="Verdict",
    question="What did the sweep find?",
    summarize=_summarize,
    finding=_finding,
    text=lambda numbers: tuple(_details(numbers)),
    computed=_computed,
    template="answer.html",
    view=_view,
)
