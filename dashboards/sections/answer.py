"""The answer first: what the sweep's question comes down to, in sentences made from the numbers."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards import formats, sentences
from dashboards.cells import Cell, cells
from dashboards.comparison import Comparison, compared
from dashboards.layers import LayerLeft, layers_left
from dashboards.margins import Walk, walk
from dashboards.results import Results
from dashboards.sections.section import Section


@dataclass(frozen=True)
class Numbers:
    """What the sentences are made from."""

    dense: tuple[Cell, ...]
    sparse: tuple[Cell, ...]
    walks: tuple[Walk, ...]
    sizes: tuple[tuple[Comparison, ...], ...]  # small_dense against the sparse, pair by pair of series
    starved: tuple[tuple[LayerLeft, ...], ...]  # layers with few weights or many dead units, series by series
    margin: float
    confidence: float


def _summarize(results: Results) -> Numbers:
    found = cells(results)
    dense = tuple(cell for cell in found if cell.series.dense and cell.accuracy)
    sparse = tuple(cell for cell in found if not cell.series.dense)
    lines = [[cell for cell in sparse if cell.series == one] for one in dict.fromkeys(cell.series for cell in sparse)]
    walks = tuple(one for line in lines if (one := walk(line, results.margin)))
    sizes = compared(found, "small_dense", results.confidence)
    pairs = dict.fromkeys((one.ours.series, one.theirs.series) for one in sizes)
    starved = [left for left in layers_left(results) if sentences.few_weights(left) or sentences.many_dead(left)]
    return Numbers(
        dense,
        sparse,
        walks,
        tuple(tuple(one for one in sizes if (one.ours.series, one.theirs.series) == pair) for pair in pairs),
        tuple(
            tuple(left for left in starved if left.series == one)
            for one in dict.fromkeys(left.series for left in starved)
        ),
        results.margin,
        results.confidence,
    )


def _text(numbers: Numbers) -> tuple[str, ...]:
    if not any(cell.accuracy for cell in (*numbers.dense, *numbers.sparse)):
        return ("No run of this sweep has finished, so there is no answer yet; what failed is named at the end.",)
    said = [sentences.reached(cell) for cell in numbers.dense]
    said += [sentences.walked(one, numbers.margin) for one in numbers.walks]
    if not numbers.walks and any(cell.accuracy for cell in numbers.sparse):
        said.append("No run has a finished dense twin, so there are no differences to speak of.")
    said += [sentences.compared(levels) for levels in numbers.sizes]
    return (*said, *(sentences.starved(series) for series in numbers.starved))


def _caption(numbers: Numbers) -> str:
    return (
        f"Test accuracy at the last step; means over seeds with {formats.level(numbers.confidence)} t-intervals in "
        f"parentheses, differences paired by seed with the dense twin; the margin is {formats.margin(numbers.margin)}."
    )


SECTION = Section(
    name="answer",
    title="Answer",
    question="What did the sweep find?",
    summarize=_summarize,
    text=_text,
    caption=_caption,
)
