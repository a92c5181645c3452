"""Whether networks of different kinds lose differently: differences of differences."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.draw.section import Section, Table, without_empty
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.factors.interaction import Interaction, interactions
from dashboards.read.results import Results
from dashboards.sections.factors.headlines import fitting
from dashboards.sections.factors.interaction_figure import Line, draw
from dashboards.statistics.estimates import ENOUGH, is_clear
from dashboards.words import formats
from dashboards.words.formats import level, listed
from dashboards.words.units import WIDER, Unit, unit

TIMES = "Times the training"  # of the reference
MOST = 4  # sentences; the table has the rest


@dataclass(frozen=True)
class Numbers:
    """Every interaction that the plan allows for."""

    interactions: tuple[Interaction, ...]
    unit: Unit
    confidence: float

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The kinds that are held against each other."""
        return list(dict.fromkeys((each.ours.kind, each.theirs.kind) for each in self.interactions))

    def of(self, pair: tuple[str, str]) -> dict[str, Line]:
        """The lines of a pair, by method."""
        lines: dict[str, Line] = {}
        for each in self.interactions:
            if each.difference and (each.ours.kind, each.theirs.kind) == pair:
                lines.setdefault(each.method, []).append((each, each.difference))
        return lines

    @property
    def clear(self) -> list[Interaction]:
        """Those that are more than chance, the largest first."""
        clear = [each for each in self.interactions if is_clear(each.p_value, self.confidence)]
        return sorted(clear, key=lambda each: -abs(each.gain))


def _summarize(results: Results) -> Numbers | None:
    rows = interactions(cells(results), results.confidence)
    if not any(row.difference for row in rows):
        return None
    return Numbers(rows, unit(results.outcome), results.confidence)


def _finding(numbers: Numbers) -> str:
    words, clear = numbers.unit, numbers.clear
    tested = [each for each in numbers.interactions if each.p_value is not None]
    if not tested:
        return f"It takes {ENOUGH} seeds to tell whether networks lose differently"
    if not clear:
        return "No network clearly loses more to sparsity than another"
    largest = clear[0]
    amount = f"{words.scale * abs(largest.gain):,.{words.digits}f} {words.name}"
    more = "more" if largest.gain < 0 else "less"
    said = f"{largest.ours.kind} {words.surely} {amount} {more} than {largest.theirs.kind}"
    where = f"At {level(largest.sparsity)} sparsity"
    methods = {each.method for each in numbers.interactions}
    of = f" with {largest.method}" if len(methods) > 1 else ""
    return fitting(f"{where}, {said}{of}", f"{where}, {said}",
                   f"Networks lose differently: {len(clear)} of {len(tested)} differences are clear")  # fmt: skip


def _text(numbers: Numbers) -> tuple[str, ...]:
    """The largest difference of each method on each pair, those that are clear first."""
    lines = [line for pair in numbers.pairs for line in numbers.of(pair).values()]
    clear = {id(each) for each in numbers.clear}
    lines.sort(key=lambda line: not any(id(each) in clear for each, _ in line))
    rest = len(lines) - MOST
    more = [f"The table has {rest} more."] if rest > 0 else []
    return (*(_sentence(line, numbers.unit, numbers.confidence) for line in lines[:MOST]), *more)


def _sentence(line: Line, words: Unit, confidence: float) -> str:
    """One method: the largest difference between the two kinds, and at which levels it is more than chance."""
    most, difference = max(line, key=lambda pair: abs(pair[1].mean))
    wide = difference.at(1 - (1 - confidence) / len(line))  # it is the largest of all levels
    times = f", at {most.times_the_training:.3g} times the training" if most.times_the_training else ""
    largest = f", the largest of {len(line)} levels" if len(line) > 1 else ""
    return (
        f"{most.method} at {level(most.sparsity)} sparsity: the difference to dense of {most.ours.kind} minus that of "
        f"{most.theirs.kind} is {words.spread(wide)}, n = {wide.n}{times}{largest}. {_verdict(line, words, confidence)}"
    )


def _verdict(line: Line, words: Unit, confidence: float) -> str:
    tested = [each for each, _ in line if each.p_value is not None]
    if not tested:
        return f"With n = {max(difference.n for _, difference in line)} this is no verdict; it takes {ENOUGH} seeds."
    kind = tested[0].ours.kind
    clear = [each for each in tested if is_clear(each.p_value, confidence)]
    verdicts = {
        f"{kind} clearly {words.surely} more": [each for each in clear if each.gain < 0],
        f"{kind} clearly {words.surely} less": [each for each in clear if each.gain > 0],
        "not clear": [each for each in tested if not is_clear(each.p_value, confidence)],
        f"fewer than {ENOUGH} seeds": [each for each, _ in line if each.p_value is None],
    }
    levels = {verdict: [level(each.sparsity) for each in rows] for verdict, rows in verdicts.items() if rows}
    sentence = "; ".join(f"{verdict} at {listed(names)}" for verdict, names in levels.items())
    return f"{sentence if clear else formats.capital(sentence)}."  # a network's name keeps its small letter


def _caption(numbers: Numbers) -> str:
    words, worse = numbers.unit, "below" if numbers.unit.outcome.more_is_better else "above"
    split = formats.listed(sorted({cell.split for each in numbers.interactions for cell in each.ours.cells}))
    n = formats.seeds(each.difference.n for each in numbers.interactions if each.difference)
    intervals = formats.with_interval([each.difference for each in numbers.interactions], numbers.confidence)
    return (
        f"Difference to dense of one network minus that of the other; {worse} 0 the first {words.surely} more. "
        f"{formats.capital(words.on(split))} at the last step, the mean over seeds ({n}){intervals}."
    )


def _computed(numbers: Numbers) -> str:
    judged = (
        f" Clear or not by the paired t-test, adjusted by Holm for all rows of the table, from {ENOUGH} seeds on. The "
        "interval of a largest difference in a sentence is taken at 1 − α/R of R levels, so that it holds for all of "
        "them at once."
    )
    intervals = any(each.difference and each.difference.interval for each in numbers.interactions)
    return (
        "Each network is compared with its own dense twin, seed by seed; then the two differences are subtracted, seed "
        "by seed. Where a kind has several networks, each seed counts with the mean over them, if all of them have it."
        f"{judged if intervals else ''} Methods are moved aside a little so that their intervals can be seen; an "
        "interval much wider than the figure is cut off, and the table has it."
    )


def _row(each: Interaction, words: Unit) -> tuple[str, ...]:
    difference, times = each.difference, each.times_the_training
    return (
        each.method, level(each.sparsity), each.ours.kind,
        words.difference(each.our_loss.mean if each.our_loss else None), each.theirs.kind,
        words.difference(each.their_loss.mean if each.their_loss else None),
        words.difference(difference.mean if difference else None), words.ends(difference),
        words.ends(difference and difference.over_examples), str(difference.n if difference else 0),
        formats.p_value(each.p_value), f"{times:.3g}" if times else formats.NONE,
    )  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    columns = ("Method", "Sparsity", "Network", "Difference to dense", "Reference", "Its difference to dense",
               "Difference of differences", f"Interval [{numbers.unit.name}]", WIDER, "n", "p (Holm)",
               TIMES)  # fmt: skip
    rows = tuple(_row(each, numbers.unit) for each in numbers.interactions)
    words = frozenset({"Method", "Network", "Reference"})
    table = Table("Differences of differences", columns, rows, words, grouped=True)
    return (without_empty(table, {WIDER, TIMES}),)


SECTION = Section(
    name="interaction",
    title="Network by network",
    question="Do networks of different kinds lose differently to sparsity?",
    summarize=_summarize,
    finding=_finding,
    text=_text,
    draw=lambda numbers: draw({pair: numbers.of(pair) for pair in numbers.pairs}, numbers.unit),
    caption=_caption,
    computed=_computed,
    tables=_tables,
)
