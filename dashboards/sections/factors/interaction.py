"""Differences of differences: whether networks of different kinds lose differently to sparsity."""

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

TIMES = "Times the training"  # column: ratio to the reference
MOST = 4  # sentences; the table has all


@dataclass(frozen=True)
class Numbers:
    """All interactions of the plan."""

    interactions: tuple[Interaction, ...]
    unit: Unit
    confidence: float

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of compared kinds."""
        return list(dict.fromkeys((effect.ours.kind, effect.theirs.kind) for effect in self.interactions))

    def of(self, pair: tuple[str, str]) -> dict[str, Line]:
        """The lines of a pair, by method."""
        lines: dict[str, Line] = {}
        for effect in self.interactions:
            if effect.difference and (effect.ours.kind, effect.theirs.kind) == pair:
                lines.setdefault(effect.method, []).append((effect, effect.difference))
        return lines

    @property
    def clear(self) -> list[Interaction]:
        """The significant interactions, the largest first."""
        clear = [effect for effect in self.interactions if is_clear(effect.p_value, self.confidence)]
        return sorted(clear, key=lambda effect: -abs(effect.gain))


def _summarize(results: Results) -> Numbers | None:
    rows = interactions(cells(results), results.confidence)
    if not any(row.difference for row in rows):
        return None
    return Numbers(rows, unit(results.outcome), results.confidence)


def _finding(numbers: Numbers) -> str:
    words, clear = numbers.unit, numbers.clear
    tested = [effect for effect in numbers.interactions if effect.p_value is not None]
    if not tested:
        return f"It takes {ENOUGH} seeds to tell whether networks lose differently"
    if not clear:
        return "No network clearly loses more to sparsity than another"
    largest = clear[0]
    amount = f"{words.scale * abs(largest.gain):,.{words.digits}f} {words.name}"
    more = "more" if largest.gain < 0 else "less"
    loss = f"{largest.ours.kind} {words.surely} {amount} {more} than {largest.theirs.kind}"
    where = f"At {level(largest.sparsity)} sparsity"
    methods = {effect.method for effect in numbers.interactions}
    of = f" with {largest.method}" if len(methods) > 1 else ""
    return fitting(f"{where}, {loss}{of}", f"{where}, {loss}",
                   f"Networks lose differently: {len(clear)} of {len(tested)} differences are clear")  # fmt: skip


def _text(numbers: Numbers) -> tuple[str, ...]:
    """The largest difference of each method on each pair, clear ones first."""
    lines = [line for pair in numbers.pairs for line in numbers.of(pair).values()]
    clear = {id(effect) for effect in numbers.clear}
    lines.sort(key=lambda line: not any(id(effect) in clear for effect, _ in line))
    rest = len(lines) - MOST
    more = [f"The table has {rest} more."] if rest > 0 else []
    return (*(_sentence(line, numbers.unit, numbers.confidence) for line in lines[:MOST]), *more)


def _sentence(line: Line, words: Unit, confidence: float) -> str:
    """One method: the largest difference between two kinds, and the levels where differences are clear."""
    most, difference = max(line, key=lambda pair: abs(pair[1].mean))
    wide = difference.at(1 - (1 - confidence) / len(line))  # since it is the largest of all levels
    times = f", at {most.times_the_training:.3g} times the training" if most.times_the_training else ""
    largest = f", the largest of {len(line)} levels" if len(line) > 1 else ""
    return (
        f"{most.method} at {level(most.sparsity)} sparsity: the difference to dense of {most.ours.kind} minus that of "
        f"{most.theirs.kind} is {words.spread(wide)}, n = {wide.n}{times}{largest}. {_verdict(line, words, confidence)}"
    )


def _verdict(line: Line, words: Unit, confidence: float) -> str:
    tested = [effect for effect, _ in line if effect.p_value is not None]
    if not tested:
        return f"With n = {max(difference.n for _, difference in line)} this is no verdict; it takes {ENOUGH} seeds."
    kind = tested[0].ours.kind
    clear = [effect for effect in tested if is_clear(effect.p_value, confidence)]
    verdicts = {
        f"{kind} clearly {words.surely} more": [effect for effect in clear if effect.gain < 0],
        f"{kind} clearly {words.surely} less": [effect for effect in clear if effect.gain > 0],
        "not clear": [effect for effect in tested if not is_clear(effect.p_value, confidence)],
        f"fewer than {ENOUGH} seeds": [effect for effect, _ in line if effect.p_value is None],
    }
    levels = {verdict: [level(effect.sparsity) for effect in rows] for verdict, rows in verdicts.items() if rows}
    sentence = "; ".join(f"{verdict} at {listed(names)}" for verdict, names in levels.items())
    return f"{sentence if clear else formats.capital(sentence)}."  # a network's name keeps its lower case


def _caption(numbers: Numbers) -> str:
    words, worse = numbers.unit, "below" if numbers.unit.outcome.more_is_better else "above"
    split = formats.listed(sorted({cell.split for effect in numbers.interactions for cell in effect.ours.cells}))
    n = formats.seeds(effect.difference.n for effect in numbers.interactions if effect.difference)
    intervals = formats.with_interval([effect.difference for effect in numbers.interactions], numbers.confidence)
    return (
        f"Difference to dense of one network minus that of the other; {worse} 0, the first {words.surely} more. "
        f"{formats.capital(words.on(split))} at the last step, the mean over seeds ({n}){intervals}."
    )


def _computed(numbers: Numbers) -> str:
    judged = (
        f" The verdict comes from the paired t-test and needs {ENOUGH} seeds. It is adjusted by Holm for all rows of "
        "the table. The interval of a largest difference in a sentence is taken at 1 − α/R for R levels, so that it "
        "holds for all of them at once."
    )
    intervals = any(effect.difference and effect.difference.interval for effect in numbers.interactions)
    return (
        "Each network is compared with its dense twin by seed. Then the two differences are subtracted by seed. For a "
        "kind with several networks, each seed counts by its mean over them, if all of them have this seed."
        f"{judged if intervals else ''} Methods are shifted a little, so that their intervals can be seen. Intervals "
        "much wider than the figure are cut off; the table has them."
    )


def _row(effect: Interaction, words: Unit) -> tuple[str, ...]:
    difference, times = effect.difference, effect.times_the_training
    return (
        effect.method, level(effect.sparsity), effect.ours.kind,
        words.difference(effect.our_loss.mean if effect.our_loss else None), effect.theirs.kind,
        words.difference(effect.their_loss.mean if effect.their_loss else None),
        words.difference(difference.mean if difference else None), words.ends(difference),
        words.ends(difference and difference.over_examples), str(difference.n if difference else 0),
        formats.p_value(effect.p_value), f"{times:.3g}" if times else formats.NONE,
    )  # fmt: skip


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    columns = ("Method", "Sparsity", "Network", "Difference to dense", "Reference", "Its difference to dense",
               "Difference of differences", f"Interval [{numbers.unit.name}]", WIDER, "n", "p (Holm)",
               TIMES)  # fmt: skip
    rows = tuple(_row(effect, numbers.unit) for effect in numbers.interactions)
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
