"""Text for a paper: the methods paragraph, the author's notes, BibTeX."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.draw.section import Sample, Section
from dashboards.numbers.provenance.setup import setup
from dashboards.read.results import Results
from dashboards.sections.provenance.bibtex import bibtex
from dashboards.sections.provenance.methods import paragraph


@dataclass(frozen=True)
class Numbers:
    """The three texts."""

    methods: str
    notes: str | None  # by the author
    bibtex: str


def _summarize(results: Results) -> Numbers | None:
    if not results.plan.trials:
        return None
    return Numbers(paragraph(setup(results)), results.plan.notes, bibtex(results))


def _samples(numbers: Numbers) -> tuple[Sample, ...]:
    notes = [Sample("Notes", "by the author of the sweep", numbers.notes.strip())] if numbers.notes else []
    works = "the works that methods, optimizers and data come from, and this sweep"
    return (*notes, Sample("BibTeX", works, numbers.bibtex))


SECTION = Section(
    name="citation",
    title="Methods and citation",
    question="How are these results described and cited?",
    summarize=_summarize,
    finding=lambda numbers: "Words and references for a paper",
    text=lambda numbers: (numbers.methods,),
    samples=_samples,
    whole=True,
)
