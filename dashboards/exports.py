"""Exports of results: figures and tables for a paper, and all numbers as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

from dashboards import tables
from dashboards.draw.latex import latex
from dashboards.draw.plain_tables import csv, markdown
from dashboards.draw.section import Sample, Table
from dashboards.numbers.provenance.setup import setup
from dashboards.read.results import Results
from dashboards.report import Chapter, chapters
from dashboards.sections.provenance.bibtex import bibtex
from dashboards.sections.provenance.methods import paragraph

TABLES = {"csv": csv, "md": markdown, "tex": latex}


def files(results: Results) -> Iterator[tuple[str, bytes]]:
    """Names and contents of files: every figure and table of the page, the methods paragraph, and BibTeX.

    Equal results give equal bytes. Raises ReportError for a figure that cannot be drawn for print.
    """
    for chapter in chapters(results):
        yield from _figures(chapter)
        for place, table in enumerate(chapter.section.tables(chapter.numbers), 1):
            for kind, text in TABLES.items():
                yield f"table-{chapter.section.name}-{place}.{kind}", text(table).encode()
    if results.plan.trials:
        yield "methods.txt", f"{paragraph(setup(results))}\n".encode()
    yield "references.bib", bibtex(results).encode()


def _figures(chapter: Chapter) -> Iterator[tuple[str, bytes]]:
    from dashboards.draw.paper import translate  # importing matplotlib takes a second, and pages don't need it

    for drawing in chapter.drawings:
        name = f"{chapter.section.name}-{drawing.name}" if drawing.name else chapter.section.name
        for kind, content in translate.files(drawing.figure).items():
            yield f"figure-{name}.{kind}", content


def record(results: Results) -> dict[str, Any]:
    """All numbers of the page, section by section, and the main table in full precision."""
    return {
        "sweep": results.sweep, "question": results.plan.question, "notes": results.plan.notes,
        "confidence": results.confidence, "sections": [_section(chapter) for chapter in chapters(results)],
        "records": [{name: _finite(value) for name, value in row.items()} for row in tables.records(results)],
    }  # fmt: skip


def _section(chapter: Chapter) -> dict[str, Any]:
    section, numbers = chapter.section, chapter.numbers
    return {
        "name": section.name, "title": section.title, "question": section.question,
        "finding": section.finding(numbers), "sentences": list(section.text(numbers)),
        "caption": section.caption(numbers), "computed": section.computed(numbers),
        "tables": [_table(table) for table in section.tables(numbers)],
        "texts": [_text(sample) for sample in section.samples(numbers)],
    }  # fmt: skip


def _text(sample: Sample) -> dict[str, str]:
    return {"title": sample.title, "note": sample.note, "text": sample.words}


def _table(table: Table) -> dict[str, Any]:
    return {"title": table.title, "columns": list(table.columns), "rows": [list(row) for row in table.rows]}


def _finite(value: Any) -> Any:
    """None for infinity and NaN, which JSON lacks."""
    return None if isinstance(value, float) and not isfinite(value) else value
