"""Sentences on lottery tickets and their controls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dashboards.numbers.lottery.restarts import other_differences
from dashboards.numbers.lottery.tickets import Contrast
from dashboards.statistics.estimates import ENOUGH, Estimate, is_clear
from dashboards.words.formats import capital, listed, percent, times
from dashboards.words.units import Unit

MEANING = {
    "reinit": "has the ticket's masks and other first weights",
    "shuffled": "has the ticket's first weights and as many of them in each layer, but at other places",
    "random": "has other first weights, as many in each layer as the ticket, at other places",
    "one_shot": "has the ticket's first weights; its masks come from pruning the dense network once",
    "lr_rewind": "has the ticket's masks, keeps its trained weights and only restarts the learning rate",
}
OUTCOME = ("the ticket is clearly better", "the ticket is clearly worse", "it is not clear which is better")
TIME = ("the control clearly takes more steps", "the control clearly takes fewer steps",
        "it is not clear which takes more steps")  # fmt: skip


def sentences_on(line: list[Contrast], unit: Unit, confidence: float) -> list[str]:
    """One control: its meaning, and whether tickets do better at the last step, at early stop and in time."""
    series = line[0].control.series
    last = [RoundDifference(pair, pair.last, pair.p_last) for pair in line if pair.last]
    early = [RoundDifference(pair, pair.early, pair.p_early) for pair in line if pair.early]
    slower = [RoundDifference(pair, pair.slower, pair.p_slower) for pair in line
              if pair.slower and not pair.ticket.falling]  # fmt: skip
    sentences = [f"{series.label} {MEANING[series.arm]}.", *other_differences(series)]
    if last:
        sentences += _verdicts("at the last step", last, confidence, OUTCOME, _difference(last, unit, confidence))
    else:
        sentences.append("No pair is finished at the last step.")
    if early:
        sentences += _verdicts("at early stop", early, confidence, OUTCOME, _difference(early, unit, confidence))
    if slower:
        sentences += _verdicts("to the least validation loss", slower, confidence, TIME, _ratio(slower, confidence))
    return sentences


@dataclass(frozen=True)
class RoundDifference:
    """One round in one outcome."""

    contrast: Contrast
    estimate: Estimate
    p_value: float | None

    @property
    def left(self) -> str:
        """The weights that the round leaves."""
        return percent(self.contrast.ticket.left)

    def clear(self, confidence: float) -> bool:
        """Whether the difference is significant."""
        return is_clear(self.p_value, confidence)


def _difference(line: list[RoundDifference], unit: Unit, confidence: float) -> str:
    largest = _at_once(line, confidence, lambda pair: abs(pair.estimate.mean))
    lead = "the difference" if len(line) == 1 else f"the largest difference of {len(line)} rounds"
    change = unit.change(largest.estimate)
    return f"{lead} is {change}, n = {largest.estimate.n}, with {largest.left} of the weights"


def _ratio(line: list[RoundDifference], confidence: float) -> str:
    largest = _at_once(line, confidence, lambda pair: pair.estimate.mean)
    lead = "the ratio of their steps" if len(line) == 1 else f"the largest ratio of their steps in {len(line)} rounds"
    amount = "at least " if largest.contrast.control.falling else ""
    ratio = times(largest.estimate)
    return f"{lead} is {amount}{ratio}, n = {largest.estimate.n}, with {largest.left} of the weights"


def _verdicts(
    where: str, line: list[RoundDifference], confidence: float, words: tuple[str, str, str], largest: str
) -> list[str]:
    """The verdict of each round, then the largest difference; `words` are those for above 0, below 0 and unclear."""
    tested = [pair for pair in line if pair.p_value is not None]
    lead = capital(where)
    if not tested:
        return [f"{lead}, {largest}.", f"A verdict needs {ENOUGH} seeds."]
    above, below, unclear = words
    verdicts = {
        above: [pair for pair in tested if pair.clear(confidence) and pair.estimate.mean > 0],
        below: [pair for pair in tested if pair.clear(confidence) and pair.estimate.mean < 0],
        unclear: [pair for pair in tested if not pair.clear(confidence)],
    }
    parts = [f"{verdict} {_rounds(pairs, len(tested))}" for verdict, pairs in verdicts.items() if pairs]
    if len(parts) > 1 and (rest := len(verdicts[unclear])):
        parts[-1] = f"in the other {'round' if rest == 1 else f'{rest} rounds'}, {unclear}"
    return [f"{lead}, {parts[0]}.", *(f"{capital(part)}." for part in (*parts[1:], largest))]


def _at_once(
    line: list[RoundDifference], confidence: float, size: Callable[[RoundDifference], float]
) -> RoundDifference:
    """The round with the largest difference; since it is selected, its interval holds for all rounds at once."""
    largest = max(line, key=size)
    return replace(largest, estimate=largest.estimate.at(1 - (1 - confidence) / len(line)))


def _rounds(pairs: list[RoundDifference], total: int) -> str:
    """The rounds of a verdict, in few words."""
    if len(pairs) == total and total > 1:
        return "in every round"
    return f"with {listed([pair.left for pair in pairs])} of the weights"
