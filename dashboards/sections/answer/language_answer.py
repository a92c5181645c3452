"""The answer for language models: the bits that sparsity costs, and what becomes of weights that are set to zero."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from dashboards.numbers.answer.margins import walks_bits
from dashboards.numbers.cells.language import TextCell, language
from dashboards.numbers.inside.survival import survivals
from dashboards.read.results import Results
from dashboards.sections.answer import language_sentences as sentences
from dashboards.sections.answer.sentences import walked
from dashboards.words.units import BITS


def told(results: Results) -> tuple[str, ...]:
    """The sentences; none where no run has bits per character."""
    return tuple(_told(language(results), results))


def _told(found: tuple[TextCell, ...], results: Results) -> Iterator[str]:
    yield from (sentences.reached(cell, cell.bits) for cell in found if cell.series.dense and cell.bits)
    sparse = [cell for cell in found if not (cell.series.dense or cell.series.control)]
    if any(cell.bits for cell in sparse) and not any(cell.difference for cell in sparse):
        yield "No run has a finished dense twin, so there are no differences to speak of."
    walks = {walk.series: walk for walk in walks_bits(sparse, results.bits_margin, results.confidence)}
    for series, line in groupby(sparse, key=lambda cell: cell.series):
        if series in walks:
            yield walked(walks[series], results.bits_margin, BITS)
        if loose := [(cell, cell.bits) for cell in line if cell.bits and not cell.arrived]:
            yield sentences.let_go(loose)
    for _, own in groupby(survivals(results), key=lambda one: one.series):
        yield sentences.survived(list(own)[-1])
    yield from (sentences.diverged(cell) for cell in found if cell.cell.diverged)
