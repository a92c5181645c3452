"""Results -> one HTML file that opens from disk, without a network, and stays the same for the same results."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import plotly.io as pio
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from plotly.graph_objects import Figure
from plotly.offline import get_plotlyjs

from dashboards import schema
from dashboards.draw.section import Heading, Sample, Section, Table
from dashboards.read.planned import finished
from dashboards.read.results import Results
from dashboards.read.tasks import by_task
from dashboards.sections.answer import answer, levels, limits, table
from dashboards.sections.cost import cost, epochs, prices
from dashboards.sections.factors import interaction, shapes, tuning
from dashboards.sections.inside import agreement, inputs, layers, layers_over_time, samples, survival
from dashboards.sections.lottery import controls, rounds
from dashboards.sections.provenance import differences, failures, provenance
from dashboards.sections.training import convergence, curves, gradients, losses, pruning

SECTIONS = (
    differences.SECTION, answer.SECTION, rounds.SECTION, controls.SECTION, limits.SECTION, table.SECTION,
    levels.SECTION, interaction.SECTION, shapes.SECTION, tuning.SECTION, prices.SECTION, convergence.SECTION,
    pruning.SECTION, survival.SECTION, losses.SECTION, curves.SECTION, gradients.SECTION, layers.SECTION,
    layers_over_time.SECTION, samples.SECTION, agreement.SECTION, inputs.SECTION, epochs.SECTION, cost.SECTION,
    failures.SECTION, provenance.SECTION,
)  # fmt: skip
TEMPLATES = Path(__file__).parent / "templates"
PLOTLY = {
    "showSendToCloud": False,
    "displaylogo": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "svg"},
}


@dataclass(frozen=True)
class Block:
    """A section as the template has it."""

    section: Section
    text: tuple[str, ...]
    figure: str | None  # HTML that Plotly wrote
    caption: str
    tables: tuple[Table, ...]
    samples: tuple[Sample, ...]


def html(results: Results) -> str:
    """The whole page; the same bytes for the same results."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unbroken"] = unbroken
    planned = len(results.plan.trials)
    return environment.get_template("report.html").render(
        results=results,
        blocks=_blocks(results),
        planned=planned,
        finished=len(finished(results)),
        newest=_newest(results),
        stand_in=_stands_in(results),
        plotly=get_plotlyjs(),
        style=_inlined("report.css"),
        script=_inlined("report.js", "sorting.js", "copying.js"),
    )


def unbroken(sentence: str) -> str:
    """The sentence with no line break between a number and what it counts.

    >>> unbroken("1.5 % with n = 5") == "1.5\u00a0% with n\u00a0=\u00a05"
    True
    """
    return re.sub(r"(?<=\d) (?=%|pp)|(?<=\bn) (?==)|(?<=\bn =) ", "\u00a0", sentence)


def _blocks(results: Results) -> list[Block]:
    """Every section that has something to say; where there are several tasks, one after the other."""
    tasks = by_task(results)
    found = []
    for section in SECTIONS:
        if section.whole:
            found.append(_block(section, results))
        else:
            found += [_block(section, own, name, place) for place, (name, own) in enumerate(tasks, 1)]
    return [block for block in found if block]


def _block(section: Section, results: Results, task: str = "", place: int = 1) -> Block | None:
    """The section on one of several tasks, or on the only one."""
    numbers = section.summarize(results)
    if numbers is None:
        return None
    told = section.heading(numbers) or Heading(section.name, section.title)
    section = replace(
        section, name=told.name if place == 1 else f"{told.name}-{place}",
        title=f"{told.title}: {task}" if task else told.title, question=told.question or section.question,
    )  # fmt: skip
    figure = section.draw(numbers)
    drawn = _figure(figure, section.name) if figure is not None else None
    return Block(section, section.text(numbers), drawn, section.caption(numbers), section.tables(numbers),
                 section.samples(numbers))  # fmt: skip


def _figure(figure: Figure, name: str) -> str:
    """A fixed id, since Plotly would draw a new one each time."""
    return pio.to_html(figure, full_html=False, include_plotlyjs=False, div_id=f"figure-{name}", config=PLOTLY)


def _inlined(*names: str) -> str:
    return "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)


def _newest(results: Results) -> str | None:
    """When the newest run ended: the page knows no other time."""
    ends = results.runs["end_time"].dropna()
    return f"{datetime.fromtimestamp(ends.max() / 1000, UTC):%Y-%m-%d %H:%M} UTC" if len(ends) else None


def _stands_in(results: Results) -> bool:
    """Whether any trial learns from stand-in data."""
    _, _, name = schema.DATA.partition(".")
    return any(trial.settings["workload"].get(name) == "stand_in" for trial in results.plan.trials)


def headline(results: Results) -> str:
    """The first sentence of the answer."""
    numbers = answer.SECTION.summarize(results)
    return answer.SECTION.text(numbers)[0]
