"""What networks are judged by against the share of weights left, with safe and critical sparsity below."""

from __future__ import annotations

from dashboards.draw import safe_strip
from dashboards.draw.section import Heading, Section, Table
from dashboards.numbers.answer.limits import limits_of
from dashboards.numbers.cells.cells import cells
from dashboards.read.results import Results
from dashboards.sections.answer.accuracy_figures import Numbers, draw, drawings
from dashboards.sections.answer.limits_table import limits_table
from dashboards.sections.answer.verdict_words import names
from dashboards.words import formats
from dashboards.words.units import unit


def _summarize(results: Results) -> Numbers | None:
    valued = [(cell, cell.value) for cell in cells(results) if cell.value and not cell.series.control]
    sparse = tuple((cell, value) for cell, value in valued if not cell.series.dense)
    dense = tuple((cell, value) for cell, value in valued if cell.series.dense)
    paired = tuple(limit for limit in limits_of(results) if limit.last.fewest > 1)
    return Numbers(dense, sparse, paired, unit(results.outcome), results.confidence) if sparse else None


def _finding(numbers: Numbers) -> str:
    judged = [limit for limit in numbers.limits if limit.last.enough]
    words, lost = numbers.unit, [limit for limit in judged if limit.critical.typical]
    if not judged:
        return f"{formats.capital(words.noun)} against weights left"
    if not lost:
        return f"No method {words.falls(words.allowed)} within the levels tried"
    last = max(lost, key=lambda limit: limit.critical.typical.at if limit.critical.typical else 0.0)
    beyond = [limit.series for limit in judged if not limit.critical.typical]
    if beyond:
        loses = words.falls(words.allowed, several=len(beyond) > 1)
        return f"{names(beyond)} {loses} only beyond the sparsest level tried, if at all"
    where = safe_strip.where(last.critical)
    if len(judged) == 1:
        return f"{last.series.label} {words.falls(words.allowed)} at about {where} sparsity"
    return f"{last.series.label} {words.falls(words.allowed)} last of all, at about {where} sparsity"


def _caption(numbers: Numbers) -> str:
    words = numbers.unit
    n = formats.seeds(value.n for _, value in numbers.sparse)
    wide = any(value.interval for _, value in numbers.sparse)
    bands = f", bands are {formats.level(numbers.confidence)} t-intervals" if wide else ""
    direction = "" if words.outcome.more_is_better else ", less is better"
    said = f"{formats.capital(words.on(numbers.splits))} at the last step{direction}: means over seeds ({n}){bands}."
    if numbers.dense:
        said += f" Grey: the dense network. Dotted: {words.allowed} worse."
    if numbers.limits:
        said += (" Below: a bar ends at the last safe level; the mark shows where the loss reaches the margin, with "
                 "its interval.")  # fmt: skip
    if len(numbers.series) > 1:
        said += " Small figures: one method each, dots are single seeds."
    return said


def _computed(numbers: Numbers) -> str:
    if not numbers.limits:
        return ""
    words, confidence = numbers.unit, formats.level(numbers.confidence)
    stays = "lower bound of the mean difference to the dense twin stays above"
    if not words.outcome.more_is_better:
        stays = "upper bound of the mean difference to the dense twin stays below"
    return (
        f"Safe sparsity is the last level, from dense to sparse, at which the one-sided {confidence} {stays} "
        f"{words.limit}. Critical sparsity is where the difference reaches {words.limit}: per seed by isotonic "
        "regression, interpolated over log density between two levels, then the mean over seeds. Between levels "
        f"nothing was tried, so its interval runs from the lower {confidence} t-limit of the seeds' last levels before "
        "it to the upper t-limit of their first levels after it. If a seed never loses that much, the median stands "
        "there; an arrow means beyond the sparsest level."
    )


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    words = numbers.unit
    rows = tuple(
        (cell.series.label, formats.level(cell.density), words.value(value.mean), words.value_ends(value),
         str(value.n), "; ".join(map(words.bare_value, cell.by_seed.values())))
        for cell, value in (*numbers.dense, *numbers.sparse)
    )  # fmt: skip
    columns = ("Method", "Weights left", words.heading, f"Interval{words.beside}", "n",
               f"Single seeds{words.beside}")  # fmt: skip
    values = Table(f"{words.heading} by weights left", columns, rows, frozenset({"Method"}), grouped=True)
    return (*([limits_table(numbers.limits, words)] if numbers.limits else []), values)


def _heading(numbers: Numbers) -> Heading:
    noun, metric = numbers.unit.noun, numbers.unit.outcome.metric
    more = numbers.unit.outcome.more_is_better
    question = f"How much {noun} is left as weights go?" if more else f"What becomes of {noun} as weights go?"
    return Heading(metric, formats.capital(noun), question)


SECTION = Section(
    name="accuracy",
    title="Outcome",
    question="How much of it is left as weights go?",
    summarize=_summarize,
    finding=_finding,
    draw=draw,
    drawings=drawings,
    caption=_caption,
    computed=_computed,
    tables=_tables,
    heading=_heading,
)
