"""The main table of language models: every cell in bits per character, and what its zeroed weights did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.draw.section import Section, Table
from dashboards.numbers.cells.language import TextCell, language, p_values
from dashboards.numbers.inside.survival import LATER, PERMANENT, Survival, survivals
from dashboards.read.results import Results
from dashboards.statistics.estimates import ENOUGH, RANKED, Estimate
from dashboards.words import formats
from dashboards.words.formats import bits, ends, level, more_bits, percent
from dashboards.words.units import WIDER


@dataclass(frozen=True)
class BitsRow:
    """One cell with its p-values, and its zeroed weights where they were followed."""

    cell: TextCell
    p_value: float | None
    signed_rank: float | None
    survival: Survival | None


@dataclass(frozen=True)
class BitsColumn:
    """What one column says of a row; one that would be empty from top to bottom is left out unless `always`."""

    title: str
    words: Callable[[BitsRow], str]
    always: bool = False


def _mean(estimate: Estimate | None) -> float | None:
    return estimate.mean if estimate else None


def _number(value: float | None, words: str) -> str:
    return formats.NONE if value is None else words.format(value)


def _revived(row: BitsRow) -> str:
    one = row.survival
    return f"{percent(one.revived)} after {LATER[one.followed]}" if one and one.followed else formats.NONE


def _permanent(row: BitsRow) -> float | None:
    return _mean(row.survival.overall.get(PERMANENT)) if row.survival else None


def _positive(count: int) -> str:
    return str(count) if count else formats.NONE


COLUMNS = (
    BitsColumn("Method", lambda row: row.cell.series.label, always=True),
    BitsColumn("Asked for", lambda row: level(row.cell.level), always=True),
    BitsColumn("Reached sparsity", lambda row: percent(row.cell.cell.reached), always=True),
    BitsColumn("Bits per character", lambda row: bits(_mean(row.cell.bits)), always=True),
    BitsColumn("Interval", lambda row: ends(row.cell.bits, bits), always=True),
    BitsColumn("n", lambda row: str(row.cell.bits.n if row.cell.bits else 0), always=True),
    BitsColumn("Split", lambda row: "validation" if row.cell.split == "validation" else formats.NONE),
    BitsColumn("More than dense", lambda row: more_bits(_mean(row.cell.to_dense))),
    BitsColumn("Its interval", lambda row: ends(row.cell.to_dense, more_bits)),
    BitsColumn(WIDER, lambda row: ends(row.cell.to_dense.over_examples if row.cell.to_dense else None, more_bits)),
    BitsColumn("Its twin", lambda row: bits(row.cell.twins)),
    BitsColumn("p (Holm)", lambda row: formats.p_value(row.p_value)),
    BitsColumn("p (Wilcoxon, Holm)", lambda row: formats.p_value(row.signed_rank)),
    BitsColumn("Loss [nats per token]", lambda row: _number(row.cell.loss, "{:.3f}")),
    BitsColumn("Perplexity per token", lambda row: _number(row.cell.perplexity, "{:.2f}")),
    BitsColumn("Validation loss", lambda row: _number(row.cell.validation_loss, "{:.3f}")),
    BitsColumn("Revived after steps", _revived),
    BitsColumn("Chosen ever after", lambda row: percent(_permanent(row))),
    BitsColumn("Dead units", lambda row: percent(row.cell.dead)),
    BitsColumn("Nonzero weights", lambda row: formats.count(row.cell.cell.nonzero)),
    BitsColumn("Diverged", lambda row: _positive(row.cell.cell.diverged)),
    BitsColumn("Failed", lambda row: _positive(row.cell.cell.failed)),
    BitsColumn("Missing", lambda row: _positive(row.cell.cell.missing)),
)


def rows(results: Results) -> tuple[BitsRow, ...]:
    """Every cell; none where the networks are no language models."""
    found = language(results)
    followed = {(one.series, one.target): one for one in survivals(results)} if found else {}
    tested = zip(found, p_values(found), p_values(found, "signed_rank"), strict=True)
    return tuple(BitsRow(cell, p, rank, followed.get((cell.series, cell.level))) for cell, p, rank in tested)


def table(found: Sequence[BitsRow]) -> Table:
    """The main table as text."""
    texts = {column: [column.words(row) for row in found] for column in COLUMNS}
    shown = [column for column in COLUMNS if column.always or set(texts[column]) != {formats.NONE}]
    return Table(
        "Bits per character at the last step",
        tuple(column.title for column in shown),
        tuple(zip(*(texts[column] for column in shown), strict=True)),
        frozenset({"Method", "Split"} & {column.title for column in shown}),
        grouped=True,
    )


def _text(numbers: tuple[tuple[BitsRow, ...], float]) -> tuple[str, ...]:
    found, confidence = numbers
    intervals = any(row.cell.bits and row.cell.bits.interval for row in found)
    said = [
        "Means over seeds at the last step"
        + (f", with {level(confidence)} t-intervals where there are two seeds or more" if intervals else "")
        + "; fewer bits are better. Differences are paired by seed with the dense twin: the same training with nothing "
        "removed."
    ]
    if any(row.p_value is not None for row in found):
        said.append(f"p is of the paired t-test, adjusted by Holm for all these of the table, from {ENOUGH} seeds on, "
                    f"and from {RANKED} of Wilcoxon's too.")  # fmt: skip
    if any(row.cell.to_dense and row.cell.to_dense.over_examples for row in found):
        said.append("The interval over seeds holds for this text; the one over examples too, on which p rests where it "
                    "is there, takes the windows of text for a sample as well.")  # fmt: skip
    said.append("Loss and perplexity are per token and hold for this tokenizer and context alone.")
    if any(row.survival for row in found):
        said.append(
            "Revived: of the weights that an application set to zero, those nonzero so many steps later, as late as it "
            "was followed; chosen ever after: those that every later application chose too. Both are means over the "
            "applications, without the last one where it alone is held."
        )
    if any(row.cell.cell.diverged for row in found):
        said.append("A seed that diverged counts as failed: there is no chance level of bits to count it at.")
    return tuple(said)


def _summarize(results: Results) -> tuple[Any, float] | None:
    found = rows(results)
    return (found, results.confidence) if found else None


SECTION = Section(
    name="bits-table",
    title="All cells",
    question="What came out at each sparsity, and how far is it from dense?",
    summarize=_summarize,
    text=_text,
    tables=lambda numbers: (table(numbers[0]),),
)
