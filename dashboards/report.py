"""Results -> one HTML file that opens from disk, without a network, and stays the same for the same results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from plotly.graph_objects import Figure
from plotly.offline import get_plotlyjs

from dashboards import palette
from dashboards.draw import marks
from dashboards.draw.section import Drawing, Heading, Sample, Section, Table
from dashboards.numbers.factors.chosen import chosen
from dashboards.read.results import Results
from dashboards.read.tasks import by_task
from dashboards.sections.answer import accuracy, answer, head, matrix, ranking
from dashboards.sections.cost import cost
from dashboards.sections.deployment import deployment
from dashboards.sections.factors import interaction, shapes, tuning
from dashboards.sections.inside import agreement, between_methods, inputs, layers, layers_over_time, samples, survival
from dashboards.sections.lottery import controls, places, rounds
from dashboards.sections.post_training import post_training
from dashboards.sections.provenance import citation, differences, failures, provenance
from dashboards.sections.structure import structure
from dashboards.sections.training import convergence, curves, gradients, losses, moving, pruning
from dashboards.words.formats import unbroken

SECTIONS = (
    differences.SECTION, answer.SECTION, ranking.SECTION, rounds.SECTION, controls.SECTION, places.SECTION,
    accuracy.SECTION, matrix.SECTION, post_training.SECTION, structure.SECTION, interaction.SECTION, shapes.SECTION,
    tuning.SECTION, cost.SECTION, deployment.SECTION, survival.SECTION, moving.SECTION, layers.SECTION,
    samples.SECTION, losses.SECTION, curves.SECTION, convergence.SECTION, pruning.SECTION, gradients.SECTION,
    layers_over_time.SECTION, agreement.SECTION, between_methods.SECTION, inputs.SECTION, failures.SECTION,
    citation.SECTION, provenance.SECTION,
)  # fmt: skip
TEMPLATES = Path(__file__).parent / "templates"
SCRIPTS = ("drawing.js", "reading.js", "sorting.js", "copying.js")


@dataclass(frozen=True)
class Plot:
    """A figure as the template has it."""

    name: str  # its address is figure-<name>
    number: int  # on the page, from 1
    json: str  # data and layout; safe inside a script element
    height: int  # pixels
    title: str
    note: str
    size: str
    kind: str


@dataclass(frozen=True)
class Chapter:
    """A section that has something to say on these results: under its name and title there, and with its numbers."""

    section: Section
    numbers: Any

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """The main figure, which has no name, then the others."""
        main = self.section.draw(self.numbers)
        first = () if main is None else (Drawing(main, name="", title=""),)
        return (*first, *self.section.drawings(self.numbers))


@dataclass(frozen=True)
class Block:
    """A section as the template has it."""

    section: Section
    finding: str
    text: tuple[str, ...]
    plots: tuple[Plot, ...]
    caption: str
    computed: str
    tables: tuple[Table, ...]
    samples: tuple[Sample, ...]
    view: Any

    @property
    def title(self) -> str:
        """In the navigation."""
        return self.section.title


def html(results: Results) -> str:
    """The whole page; the same bytes for the same results."""
    figures = count(1)
    blocks = [_block(chapter, figures) for chapter in chapters(results)]
    parts = [(folded, list(members)) for folded, members in groupby(blocks, key=lambda block: block.section.folded)]
    return (
        environment()
        .get_template("report.html")
        .render(
            results=results,
            head=head.head(results),
            parts=parts,
            plotly=get_plotlyjs(),
            colours=_script_safe(json.dumps(palette.dark_by_light())),
            style=palette.style() + inlined("page.css", "report.css", "layers.css"),
            script=inlined(*SCRIPTS),
        )
    )


def headline(results: Results) -> str:
    """The verdict of each task in a sentence."""
    return " ".join(answer.headline(own) for _, own in by_task(chosen(results)))


def environment() -> Environment:
    """How templates are read: whatever stands in them is escaped, and what is missing is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {"unbroken": unbroken, "key": marks.key, "mark": marks.mark, "variable": marks.variable}
    return made


def chapters(results: Results) -> list[Chapter]:
    """Every section that has something to say; where there are several tasks, one after the other."""
    every, best = by_task(results), by_task(chosen(results))
    made: list[Chapter | None] = []
    for section in SECTIONS:
        tasks = every if section.every_setting else best
        if section.whole:
            made.append(_chapter(section, results))
        else:
            made += [_chapter(section, own, name, place) for place, (name, own) in enumerate(tasks, 1)]
    return [chapter for chapter in made if chapter]


def _chapter(section: Section, results: Results, task: str = "", place: int = 1) -> Chapter | None:
    """The section on one of several tasks, or on the only one."""
    numbers = section.summarize(results)
    if numbers is None:
        return None
    heading = section.heading(numbers) or Heading(section.name, section.title)
    named = replace(
        section, name=heading.name if place == 1 else f"{heading.name}-{place}",
        title=f"{heading.title}: {task}" if task else heading.title, question=heading.question or section.question,
    )  # fmt: skip
    return Chapter(named, numbers)


def _block(chapter: Chapter, figures: Iterator[int]) -> Block:
    section, numbers = chapter.section, chapter.numbers
    plots = tuple(_plot(section.name, drawing, next(figures)) for drawing in chapter.drawings)
    return Block(
        section, section.finding(numbers) or section.question, section.text(numbers), plots, section.caption(numbers),
        section.computed(numbers), section.tables(numbers), section.samples(numbers), section.view(numbers),
    )  # fmt: skip


def _plot(section: str, drawing: Drawing, number: int) -> Plot:
    name = f"{section}-{drawing.name}" if drawing.name else section
    return Plot(name, number, _json(drawing.figure), drawing.figure.layout.height or 400, drawing.title, drawing.note,
                drawing.size, drawing.kind)  # fmt: skip


def _json(figure: Figure) -> str:
    return _script_safe(figure.to_json())


def _script_safe(text: str) -> str:
    """JSON that ends no script element."""
    return text.replace("<", "\\u003c")


def inlined(*names: str) -> str:
    """Files of the templates, one after the other."""
    return "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)
