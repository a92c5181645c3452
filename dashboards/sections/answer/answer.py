"""The answer first: what the sweep's question comes down to, in sentences made from the numbers."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.draw.section import Section, Table, without_empty
from dashboards.numbers.answer import numerics
from dashboards.numbers.answer.best import best, of_other_size, verdict
from dashboards.numbers.answer.comparison import Comparison, compared
from dashboards.numbers.answer.limits import Limits, limits
from dashboards.numbers.answer.numerics import AcrossNumerics, across_numerics
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.cells.language import language
from dashboards.numbers.cells.overlap import Tally, tally
from dashboards.numbers.inside.layers import LayerLeft, layers_left
from dashboards.read.results import Results
from dashboards.sections.answer import sentences
from dashboards.sections.answer.language_answer import told
from dashboards.statistics.estimates import ENOUGH, Estimate
from dashboards.words import formats
from dashboards.words.units import ACCURACY, BITS, WIDER

WITHOUT_ACCURACY = (
    "The finished runs have neither a test accuracy nor bits per character, by which this page judges, so it has no "
    "verdict; their losses are in the curves below, and all that they recorded is with the runs in `sparsity ui`."
)

Reached = tuple[Cell, Estimate]  # and its accuracy


@dataclass(frozen=True)
class Numbers:
    """What the sentences are made from."""

    dense: tuple[Cell, ...]
    sparse: tuple[Cell, ...]
    reached: tuple[Reached, ...]  # by dense networks; where a workload has none, by a ladder's first rung
    trials: Tally
    limits: tuple[Limits, ...]
    sizes: tuple[tuple[Comparison, ...], ...]  # small_dense against the sparse, pair by pair of series
    best: tuple[Comparison, ...]  # at each sparsity; of language models in bits per character
    of_other_size: tuple[Cell, ...]  # what takes no part in that
    starved: tuple[tuple[LayerLeft, ...], ...]  # layers with few weights or many dead units, series by series
    margin: float
    confidence: float
    without_accuracy: bool  # runs have finished, and none has one
    in_bits: tuple[str, ...]  # what is said of language models instead
    bits_margin: float
    intervals: str  # what the caption promises of them
    judged: bool  # whether there are seeds enough for any verdict
    numerics: AcrossNumerics


def _summarize(results: Results) -> Numbers:
    found, texts = cells(results), language(results)
    dense = tuple((cell, cell.accuracy) for cell in found if cell.series.dense and cell.accuracy)
    sparse = tuple(cell for cell in found if not cell.series.dense)
    sizes = compared(found, "small_dense", results.confidence)
    pairs = dict.fromkeys((one.ours.series, one.theirs.series) for one in sizes)
    starved = [left for left in layers_left(results) if sentences.few_weights(left) or sentences.many_dead(left)]
    starved = [left for left in starved if not left.series.control]
    levels = [cell.bits for cell in texts] or [cell.accuracy for cell in found]
    arrived = [cell for cell in texts if cell.arrived]
    return Numbers(
        tuple(cell for cell, _ in dense),
        sparse,
        (*dense, *_unpruned(dense, sparse)),
        tally(results),
        limits(sparse, results.margin, results.confidence),
        tuple(tuple(one for one in sizes if (one.ours.series, one.theirs.series) == pair) for pair in pairs),
        best(arrived, results.confidence) if arrived else best(sparse, results.confidence),
        of_other_size(sparse),
        tuple(
            tuple(left for left in starved if left.series == one)
            for one in dict.fromkeys(left.series for left in starved)
        ),
        results.margin,
        results.confidence,
        any(cell.runs for cell in found) and not any(cell.accuracy for cell in found),
        told(results),
        results.bits_margin,
        formats.with_interval(levels, results.confidence),
        any(cell.difference is not None and cell.difference.n >= ENOUGH for cell in texts or found),
        across_numerics(results),
    )


def _unpruned(dense: tuple[Reached, ...], sparse: tuple[Cell, ...]) -> tuple[Reached, ...]:
    """First rungs, one for each other workload: ladders on the same one begin with the same network."""
    first = {cell.series.workload: (cell, cell.accuracy)
             for cell in reversed(sparse) if cell.round == 0 and cell.accuracy}  # fmt: skip
    known = {cell.series.workload for cell, _ in dense}
    return tuple(one for workload, one in reversed(first.items()) if workload not in known)


def _text(numbers: Numbers) -> tuple[str, ...]:
    across = numerics.sentences(numbers.numerics)
    if numbers.in_bits:
        return (*numbers.in_bits, *across, *sentences.incomplete(numbers.trials))
    if numbers.without_accuracy:
        return (WITHOUT_ACCURACY, *sentences.incomplete(numbers.trials))
    if not any(cell.accuracy for cell in (*numbers.dense, *numbers.sparse)):
        return ("No run of this sweep has finished, so there is no answer yet; what failed is named at the end.",)
    said = [sentences.reached(cell, accuracy) for cell, accuracy in numbers.reached]
    said += [sentences.limited(one, numbers.margin) for one in numbers.limits]
    if not numbers.limits and any(cell.accuracy for cell in numbers.sparse):
        said.append("No run has a finished dense twin, so there are no differences to speak of.")
    said += [sentences.compared(levels, numbers.confidence) for levels in numbers.sizes]
    said += sentences.confounded(side.series for levels in numbers.sizes for side in (levels[0].ours, levels[0].theirs))
    said += sentences.of_other_size(numbers.of_other_size)
    said += [sentences.diverged(cell) for cell in (*numbers.dense, *numbers.sparse) if cell.diverged]
    said += [sentences.starved(series) for series in numbers.starved]
    return (*said, *across, *sentences.incomplete(numbers.trials))


def _caption(numbers: Numbers) -> str:
    confidence = formats.level(numbers.confidence)
    if numbers.in_bits:
        said = (
            "Bits per character at the last step, fewer are better: all nats over the logarithm of 2 and the "
            "characters scored, so that other tokenizers and contexts can be held against each other, which "
            f"perplexities cannot. Mean over seeds{numbers.intervals}; differences are paired by seed with the dense "
            "twin."
        )
        safe = _safe(f"{numbers.bits_margin:g} bits", confidence, "upper bound of the mean difference stays below the")
    else:
        said = (f"Test accuracy at the last step: mean over seeds{numbers.intervals}; differences are paired by seed "
                "with the dense twin.")  # fmt: skip
        lower = "lower bound of the mean difference stays above minus the"
        safe = _safe(formats.margin(numbers.margin), confidence, lower)
    return f"{said} {safe}" if numbers.judged else said


def _safe(margin: str, confidence: str, bound: str) -> str:
    """What the words of the verdicts mean."""
    return (
        f"Safe, at a margin of {margin}: the one-sided {confidence} {bound} margin, at this level and at all that are "
        "less sparse. That more than the margin is lost, or that one is better or worse, stands where the paired "
        "t-test says so, adjusted by Holm for all levels and methods that are told together here. Judged over seeds "
        "alone, it holds for this test set; judged over seeds and examples, for other examples of the same kind too."
    )


COLUMNS = ("Sparsity", "Best on validation", "Test accuracy", "Next", "Its test accuracy", "Difference [pp]",
           "Interval [pp]", WIDER, "n", "Times the training", "Verdict")  # fmt: skip
BITS_COLUMNS = ("Sparsity", "Best on validation", "Bits per character", "Next", "Its bits", "Bits saved", "Interval",
                WIDER, "n", "Times the training", "Verdict")  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    columns = BITS_COLUMNS if numbers.in_bits else COLUMNS
    rows = tuple(_row(one, numbers) for one in numbers.best)
    words = frozenset({"Best on validation", "Next", "Verdict"})
    found = Table("The best at each sparsity, at equal size", columns, rows, words)
    return (without_empty(found, {WIDER}),) if rows else ()


def _row(one: Comparison, numbers: Numbers) -> tuple[str, ...]:
    times, unit, ahead = one.times_the_training, BITS if numbers.in_bits else ACCURACY, one.difference
    ours, theirs = (unit.value(cell.outcome.mean if cell.outcome else None) for cell in (one.ours, one.theirs))
    return (
        formats.level(one.sparsity),
        one.ours.series.label,
        ours,
        one.theirs.series.label,
        theirs,
        unit.bare(ahead.mean if ahead else None),
        unit.ends(ahead),
        unit.ends(ahead.over_examples if ahead else None),
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
