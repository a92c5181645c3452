"""What language models write, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.draw.section import Sample, Section
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.words.formats import level
from dashboards.words.units import Unit, unit


@dataclass(frozen=True)
class Numbers:
    """One text a cell: that of the first seed which all cells have, or of a cell's own first."""

    texts: tuple[tuple[Cell, int, str], ...]  # cell, seed, text
    unit: Unit

    @property
    def seeds(self) -> set[int]:
        """Of all texts."""
        return {seed for _, seed, _ in self.texts}


def _summarize(results: Results) -> Numbers | None:
    seed_of = dict(zip(results.runs["run"], results.runs["seed"], strict=True))
    written = [(cell, {int(seed_of[run]): results.samples[run] for run in cell.runs if run in results.samples})
               for cell in cells(results)]  # fmt: skip
    written = [(cell, texts) for cell, texts in written if texts]
    if not written:
        return None
    common = set.intersection(*(set(texts) for _, texts in written))
    chosen = [(cell, min(common or texts), texts) for cell, texts in written]
    return Numbers(tuple((cell, seed, texts[seed]) for cell, seed, texts in chosen), unit(results.outcome))


def _finding(numbers: Numbers) -> str:
    count = len(numbers.texts)
    seeds = f"seed {min(numbers.seeds)}" if len(numbers.seeds) == 1 else "several seeds"
    return f"What {count} networks of {seeds} write, with nothing selected" if count > 1 else ""


def _text(numbers: Numbers) -> tuple[str, ...]:
    seeds = f"seed {min(numbers.seeds)}" if len(numbers.seeds) == 1 else "the first seed of each"
    return (
        f"The networks of {seeds} write on from a line break at the end of training. Nobody selected among the texts. "
        "All draw with the same random numbers, so texts that begin alike come from networks that are alike. A text is "
        f"no measure; {numbers.unit.noun} is.",
    )


def _samples(numbers: Numbers) -> tuple[Sample, ...]:
    return tuple(Sample(_title(cell), _note(cell, seed, numbers.unit), text) for cell, seed, text in numbers.texts)


def _note(cell: Cell, seed: int, words: Unit) -> str:
    return f"{words.value(cell.by_seed[seed])} {words.titled(cell.split)}" if seed in cell.by_seed else ""


def _title(cell: Cell) -> str:
    return cell.series.label if cell.series.dense else f"{cell.series.label}, to {level(cell.level)}"


SECTION = Section(
    name="samples",
    title="Texts",
    question="Can a reader tell the networks apart?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    samples=_samples,
)
