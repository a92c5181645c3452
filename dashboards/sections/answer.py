"""The answer first: what the sweep's question comes down to, in sentences made from the numbers."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards import formats, numerics, sentences
from dashboards.best import best, best_in_bits, verdict
from dashboards.cells import Cell, cells
from dashboards.comparison import Comparison, compared
from dashboards.language import language
from dashboards.language_answer import told
from dashboards.layers import LayerLeft, layers_left
from dashboards.limits import Limits, limits
from dashboards.numerics import AcrossNumerics, across_numerics
from dashboards.overlap import Tally, tally
from dashboards.results import Results
from dashboards.sections.section import Section, Table

WITHOUT_ACCURACY = (
    "The finished runs have neither a test accuracy nor bits per character, by which this page judges, so it has no "
    "verdict; their losses are in the curves below, and all that they recorded is with the runs in `sparsity ui`."
)


@dataclass(frozen=True)
class Numbers:
    """What the sentences are made from."""

    dense: tuple[Cell, ...]
    sparse: tuple[Cell, ...]
    unpruned: tuple[Cell, ...]  # first rungs of ladders, where there is no dense network on their workload
    trials: Tally
    limits: tuple[Limits, ...]
    sizes: tuple[tuple[Comparison, ...], ...]  # small_dense against the sparse, pair by pair of series
    best: tuple[Comparison, ...]  # at each sparsity
    starved: tuple[tuple[LayerLeft, ...], ...]  # layers with few weights or many dead units, series by series
    margin: float
    confidence: float
    without_accuracy: bool  # runs have finished, and none has one
    in_bits: tuple[str, ...]  # what is said of language models instead
    best_in_bits: tuple[Comparison, ...]
    bits_margin: float
    numerics: AcrossNumerics


def _summarize(results: Results) -> Numbers:
    found = cells(results)
    dense = tuple(cell for cell in found if cell.series.dense and cell.accuracy)
    sparse = tuple(cell for cell in found if not cell.series.dense)
    sizes = compared(found, "small_dense", results.confidence)
    pairs = dict.fromkeys((one.ours.series, one.theirs.series) for one in sizes)
    starved = [left for left in layers_left(results) if sentences.few_weights(left) or sentences.many_dead(left)]
    starved = [left for left in starved if not left.series.control]
    return Numbers(
        dense,
        sparse,
        _unpruned(dense, sparse),
        tally(results),
        limits(sparse, results.margin, results.confidence),
        tuple(tuple(one for one in sizes if (one.ours.series, one.theirs.series) == pair) for pair in pairs),
        best(sparse, results.confidence),
        tuple(
            tuple(left for left in starved if left.series == one)
            for one in dict.fromkeys(left.series for left in starved)
        ),
        results.margin,
        results.confidence,
        any(cell.runs for cell in found) and not any(cell.accuracy for cell in found),
        told(results),
        best_in_bits(language(results), results.confidence),
        results.bits_margin,
        across_numerics(results),
    )


def _unpruned(dense: tuple[Cell, ...], sparse: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """One for each workload: ladders on the same one begin with the same network."""
    first = {cell.series.workload: cell for cell in reversed(sparse) if cell.round == 0 and cell.accuracy}
    known = {cell.series.workload for cell in dense}
    return tuple(cell for workload, cell in reversed(first.items()) if workload not in known)


def _text(numbers: Numbers) -> tuple[str, ...]:
    across = numerics.sentences(numbers.numerics)
    if numbers.in_bits:
        return (*numbers.in_bits, *across, *sentences.incomplete(numbers.trials))
    if numbers.without_accuracy:
        return (WITHOUT_ACCURACY, *sentences.incomplete(numbers.trials))
    if not any(cell.accuracy for cell in (*numbers.dense, *numbers.sparse)):
        return ("No run of this sweep has finished, so there is no answer yet; what failed is named at the end.",)
    said = [sentences.reached(cell) for cell in (*numbers.dense, *numbers.unpruned)]
    said += [sentences.limited(one, numbers.margin) for one in numbers.limits]
    if not numbers.limits and any(cell.accuracy for cell in numbers.sparse):
        said.append("No run has a finished dense twin, so there are no differences to speak of.")
    said += [sentences.compared(levels) for levels in numbers.sizes]
    said += [sentences.diverged(cell) for cell in (*numbers.dense, *numbers.sparse) if cell.diverged]
    said += [sentences.starved(series) for series in numbers.starved]
    return (*said, *across, *sentences.incomplete(numbers.trials))


def _caption(numbers: Numbers) -> str:
    if numbers.in_bits:
        return (
            "Bits per character at the last step, fewer are better: all nats over the logarithm of 2 and the "
            "characters scored, so that other tokenizers and contexts can be held against each other, which "
            f"perplexities cannot. Means over seeds with {formats.level(numbers.confidence)} t-intervals in "
            "parentheses, differences paired by seed with the dense twin. Safe, at a margin of "
            f"{numbers.bits_margin:g} bits: the one-sided {formats.level(numbers.confidence)} upper bound of the mean "
            "difference stays below the margin, at this level and at all that are less sparse."
        )
    return (
        f"Test accuracy at the last step; means over seeds with {formats.level(numbers.confidence)} t-intervals in "
        f"parentheses, differences paired by seed with the dense twin. Safe, at a margin of "
        f"{formats.margin(numbers.margin)}: the one-sided {formats.level(numbers.confidence)} lower bound of the mean "
        "difference stays above minus the margin, at this level and at all that are less sparse."
    )


COLUMNS = ("Sparsity", "Best on validation", "Test accuracy", "Next", "Ahead by", "Interval [pp]", "n",
           "Times the training", "Verdict")  # fmt: skip


BITS_COLUMNS = ("Sparsity", "Best on validation", "Bits per character", "Next", "Bits saved", "Interval", "n",
                "Times the training", "Verdict")  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    columns = BITS_COLUMNS if numbers.in_bits else COLUMNS
    rows = tuple(map(_row_in_bits, numbers.best_in_bits)) if numbers.in_bits else tuple(map(_row, numbers.best))
    words = frozenset({"Best on validation", "Next", "Verdict"})
    return (Table("The best at each sparsity, at equal size", columns, rows, words),) if rows else ()


def _row_in_bits(one: Comparison) -> tuple[str, ...]:
    times = one.times_the_training
    return (
        formats.level(one.ours.level),
        one.ours.series.label,
        formats.bits(one.ours.bits.mean),
        one.theirs.series.label,
        formats.more_bits(one.difference.mean if one.difference else None),
        formats.ends(one.difference, formats.more_bits),
        str(one.difference.n if one.difference else 0),
        f"{times:.3g}" if times else "1",
        verdict(one),
    )


def _row(one: Comparison) -> tuple[str, ...]:
    times = one.times_the_training
    return (
        formats.level(one.sparsity),
        one.ours.series.label,
        formats.percent(one.ours.accuracy.mean),
        one.theirs.series.label,
        formats.points(one.difference.mean if one.difference else None),
        formats.points_interval(one.difference),
        str(one.difference.n if one.difference else 0),
        f"{times:.3g}" if times else "1",
        verdict(one),
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
