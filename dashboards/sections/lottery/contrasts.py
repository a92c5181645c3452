"""What is said of lottery tickets against their controls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dashboards.numbers.lottery.restarts import beside
from dashboards.numbers.lottery.tickets import Contrast
from dashboards.statistics.estimates import ENOUGH, Estimate, is_clear
from dashboards.words.formats import listed, percent, times
from dashboards.words.units import Unit

MEANING = {
    "reinit": "the same masks, other first weights",
    "shuffled": "the same first weights and as many of them in each layer, at other places",
    "random": "other first weights, as many of them in each layer, at other places",
    "one_shot": "masks found by pruning the dense network once, the same first weights",
    "lr_rewind": "the same masks, the trained weights kept and only the learning rate begun again",
}


def sentences_on(line: list[Contrast], unit: Unit, confidence: float) -> list[str]:
    """One control: what it is, and whether tickets do better at the last step, at early stop and in time."""
    arm, name = line[0].control.series.arm, line[0].control.series.label
    last = [RoundDifference(one, one.last, one.p_last) for one in line if one.last]
    early = [RoundDifference(one, one.early, one.p_early) for one in line if one.early]
    slower = [RoundDifference(one, one.slower, one.p_slower) for one in line if one.slower and not one.ticket.falling]
    at_last = f"at the last step {_outcome(last, unit, confidence)}" if last else "no finished pair at the last step"
    sentences = [f"Against {name} ({MEANING[arm]}): {at_last}.", *beside(line[0].control.series)]
    if early:
        sentences.append(f"At early stop {_outcome(early, unit, confidence)}.")
    if slower:
        sentences.append(f"To the least validation loss {_time(slower, confidence)}.")
    return sentences


@dataclass(frozen=True)
class RoundDifference:
    """One round in one outcome."""

    contrast: Contrast
    estimate: Estimate
    p_value: float | None

    def clear(self, confidence: float) -> bool:
        """Whether it is more than chance."""
        return is_clear(self.p_value, confidence)


def _outcome(line: list[RoundDifference], unit: Unit, confidence: float) -> str:
    words = "the ticket is clearly better", "the ticket is clearly worse", "it is not clear which is better"
    most = _at_once(line, confidence, lambda one: abs(one.estimate.mean))
    largest = (f"{_largest(line)} difference is {unit.change(most.estimate)}, n = {most.estimate.n}, with "
               f"{percent(most.contrast.ticket.left)} of the weights")  # fmt: skip
    return _verdicts(line, confidence, *words, largest)


def _time(line: list[RoundDifference], confidence: float) -> str:
    words = "the control clearly takes more steps", "it clearly takes fewer", "it is not clear which takes more steps"
    most = _at_once(line, confidence, lambda one: one.estimate.mean)
    amount = "at least " if most.contrast.control.falling else ""
    largest = (f"{_largest(line)} ratio is {amount}{times(most.estimate)}, n = {most.estimate.n}, with "
               f"{percent(most.contrast.ticket.left)} of the weights")  # fmt: skip
    return _verdicts(line, confidence, *words, largest)


def _verdicts(
    line: list[RoundDifference], confidence: float, above: str, below: str, unclear: str, largest: str
) -> str:
    """In which rounds which is true, and then the round that differs most."""
    tested = [one for one in line if one.p_value is not None]
    if not tested:
        return f"{largest}; below n = {ENOUGH} this is no verdict"
    verdicts = {
        above: [one for one in tested if one.clear(confidence) and one.estimate.mean > 0],
        below: [one for one in tested if one.clear(confidence) and one.estimate.mean < 0],
        unclear: [one for one in tested if not one.clear(confidence)],
    }
    parts = [f"{words} {_where(these, len(tested))}" for words, these in verdicts.items() if these]
    if len(parts) > 1 and (rest := len(verdicts[unclear])):
        parts[-1] = f"{unclear} in the other {'round' if rest == 1 else f'{rest} rounds'}"
    return f"{listed(parts)}; {largest}"


def _at_once(
    line: list[RoundDifference], confidence: float, size: Callable[[RoundDifference], float]
) -> RoundDifference:
    """The round that differs most, with an interval that holds for all rounds at once: it was looked for."""
    most = max(line, key=size)
    return replace(most, estimate=most.estimate.at(1 - (1 - confidence) / len(line)))


def _largest(line: list[RoundDifference]) -> str:
    return "the" if len(line) == 1 else f"of {len(line)} rounds the largest"


def _where(these: list[RoundDifference], of: int) -> str:
    """In which rounds, in few words."""
    if len(these) == of:
        return "in every round" if of > 1 else f"with {percent(these[0].contrast.ticket.left)} of the weights"
    return f"with {listed([percent(one.contrast.ticket.left) for one in these])} of the weights"
