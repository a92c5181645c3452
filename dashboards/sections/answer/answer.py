"""The answer first: what the sweep's question comes down to, in sentences made from the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from dashboards.draw.section import Section, Table, without_empty
from dashboards.numbers.answer import numerics
from dashboards.numbers.answer.best import best, of_other_size, verdict
from dashboards.numbers.answer.comparison import Comparison, compared
from dashboards.numbers.answer.limits import Limits, limits
from dashboards.numbers.answer.numerics import AcrossNumerics, across_numerics
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.cells.overlap import Tally, tally
from dashboards.numbers.inside.layers import LayerLeft, layers_left
from dashboards.numbers.inside.survival import Survival, survivals
from dashboards.plan_file import BITS
from dashboards.read.results import Results
from dashboards.sections.answer import sentences
from dashboards.sections.answer.zeroed import survived
from dashboards.statistics.estimates import ENOUGH, Estimate
from dashboards.words import formats
from dashboards.words.units import WIDER, Unit, unit

Reached = tuple[Cell, Estimate]  # and its value


@dataclass(frozen=True)
class Numbers:
    """What the sentences are made from."""

    dense: tuple[Cell, ...]
    sparse: tuple[Cell, ...]
    reached: tuple[Reached, ...]  # by dense networks; where a workload has none, by a ladder's first rung
    trials: Tally
    limits: tuple[Limits, ...]
    sizes: tuple[tuple[Comparison, ...], ...]  # small_dense against the sparse, pair by pair of series
    best: tuple[Comparison, ...]  # at each sparsity
    of_other_size: tuple[Cell, ...]  # what takes no part in that
    zeroed: tuple[Survival, ...]  # at the sparsest target of every series that is followed
    starved: tuple[tuple[LayerLeft, ...], ...]  # layers with few weights or many dead units, series by series
    unit: Unit
    confidence: float
    without_value: bool  # runs have finished, and none has one
    intervals: str  # what the caption promises of them
    judged: bool  # whether there are seeds enough for any verdict
    numerics: AcrossNumerics

    @property
    def splits(self) -> str:
        """Whose values these are."""
        return formats.listed(sorted({cell.split for cell in (*self.dense, *self.sparse) if cell.value}))


def _summarize(results: Results) -> Numbers:
    found = cells(results)
    dense = tuple((cell, cell.value) for cell in found if cell.series.dense and cell.value)
    sparse = tuple(cell for cell in found if not cell.series.dense)
    sizes = compared(found, "small_dense", results.confidence)
    pairs = dict.fromkeys((one.ours.series, one.theirs.series) for one in sizes)
    starved = [left for left in layers_left(results) if sentences.few_weights(left) or sentences.many_dead(left)]
    starved = [left for left in starved if not left.series.control]
    return Numbers(
        tuple(cell for cell, _ in dense),
        sparse,
        (*dense, *_unpruned(dense, sparse)),
        tally(results),
        limits(sparse, results.margin, results.confidence),
        tuple(tuple(one for one in sizes if (one.ours.series, one.theirs.series) == pair) for pair in pairs),
        best(sparse, results.confidence),
        of_other_size(sparse),
        tuple(list(own)[-1] for _, own in groupby(survivals(results), key=lambda one: one.series)),
        tuple(
            tuple(left for left in starved if left.series == one)
            for one in dict.fromkeys(left.series for left in starved)
        ),
        unit(results.outcome),
        results.confidence,
        any(cell.runs for cell in found) and not any(cell.value for cell in found),
        formats.with_interval([cell.value for cell in found], results.confidence),
        any(cell.difference is not None and cell.difference.n >= ENOUGH for cell in found),
        across_numerics(results),
    )


def _unpruned(dense: tuple[Reached, ...], sparse: tuple[Cell, ...]) -> tuple[Reached, ...]:
    """First rungs, one for each other workload: ladders on the same one begin with the same network."""
    first = {cell.series.workload: (cell, cell.value)
             for cell in reversed(sparse) if cell.round == 0 and cell.value}  # fmt: skip
    known = {cell.series.workload for cell, _ in dense}
    return tuple(one for workload, one in reversed(first.items()) if workload not in known)


def _text(numbers: Numbers) -> tuple[str, ...]:
    incomplete = sentences.incomplete(numbers.trials)
    if numbers.without_value:
        return (_without_value(numbers.unit), *incomplete)
    if not any(cell.value for cell in (*numbers.dense, *numbers.sparse)):
        return ("No run of this sweep has finished, so there is no answer yet; what failed is named at the end.",)
    across = numerics.sentences(numbers.numerics)
    return (*_said(numbers), *across, *incomplete)


def _without_value(words: Unit) -> str:
    return (
        f"The finished runs have no {words.outcome.title}, by which this page judges, so it has no verdict; their "
        "losses are in the curves below, and all that they recorded is with the runs in `sparsity ui`."
    )


def _said(numbers: Numbers) -> Iterator[str]:
    words = numbers.unit
    yield from (sentences.reached(cell, value, words) for cell, value in numbers.reached)
    yield from (sentences.limited(one, words) for one in numbers.limits)
    loose = [(cell, cell.value) for cell in numbers.sparse if cell.value and not cell.arrived]
    paired = numbers.limits or any(cell.to_dense for cell, _ in loose)
    if not paired and any(cell.value for cell in numbers.sparse):
        yield "No run has a finished dense twin, so there are no differences to speak of."
    yield from (sentences.let_go(list(line), words) for _, line in groupby(loose, key=lambda one: one[0].series))
    yield from (sentences.compared(levels, words, numbers.confidence) for levels in numbers.sizes)
    yield from sentences.confounded(
        side.series for levels in numbers.sizes for side in (levels[0].ours, levels[0].theirs)
    )
    yield from sentences.of_other_size(numbers.of_other_size)
    yield from map(survived, numbers.zeroed)
    yield from (sentences.diverged(cell, words) for cell in (*numbers.dense, *numbers.sparse) if cell.diverged)
    yield from map(sentences.starved, numbers.starved)


def _caption(numbers: Numbers) -> str:
    words, more = numbers.unit, numbers.unit.outcome.more_is_better
    splits = numbers.splits or "test"
    said = (
        f"{formats.capital(words.on(splits))} at the last step{'' if more else ', less is better'}: mean over seeds"
        f"{numbers.intervals}; differences are paired by seed with the dense twin."
    )
    bound = "lower bound of the mean difference stays above minus the"
    if not more:
        bound = "upper bound of the mean difference stays below the"
    safe = _safe(words.allowed, formats.level(numbers.confidence), bound)
    in_bits = f" {IN_BITS}" if words.outcome.metric == BITS.metric else ""
    return f"{said}{in_bits} {safe}" if numbers.judged else f"{said}{in_bits}"


IN_BITS = (
    "Bits are all nats over the logarithm of 2 and the characters scored, so that other tokenizers and contexts can be "
    "held against each other, which perplexities cannot."
)


def _safe(margin: str, confidence: str, bound: str) -> str:
    """What the words of the verdicts mean."""
    return (
        f"Safe, at a margin of {margin}: the one-sided {confidence} {bound} margin, at this level and at all that are "
        "less sparse. That more than the margin is lost, or that one is better or worse, stands where the paired "
        "t-test says so, adjusted by Holm for all levels and methods that are told together here. Judged over seeds "
        "alone, it holds for this test set; judged over seeds and examples, for other examples of the same kind too."
    )


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    words = numbers.unit
    columns = ("Sparsity", "Best on validation", words.heading, "Next", f"Its {words.outcome.title}",
               f"Difference [{words.name}]", f"Interval [{words.name}]", WIDER, "n", "Times the training",
               "Verdict")  # fmt: skip
    rows = tuple(_row(one, numbers) for one in numbers.best)
    text = frozenset({"Best on validation", "Next", "Verdict"})
    found = Table("The best at each sparsity, at equal size", columns, rows, text)
    return (without_empty(found, {WIDER}),) if rows else ()


def _row(one: Comparison, numbers: Numbers) -> tuple[str, ...]:
    times, words, ahead = one.times_the_training, numbers.unit, numbers.unit.raw(one.difference)
    ours, theirs = (words.value(cell.value.mean if cell.value else None) for cell in (one.ours, one.theirs))
    return (
        formats.level(one.sparsity),
        one.ours.series.label,
        ours,
        one.theirs.series.label,
        theirs,
        words.bare(ahead.mean if ahead else None),
        words.ends(ahead),
        words.ends(ahead.over_examples if ahead else None),
        str(ahead.n if ahead else 0),
        f"{times:.3g}" if times else "1",
        verdict(one, numbers.confidence),
    )


SECTION = Section(
    name="answer",
    title="Answer",
    question="What did the sweep find?",
    summarize=_summarize,
    text=_text,
    caption=_caption,
    tables=_tables,
)
