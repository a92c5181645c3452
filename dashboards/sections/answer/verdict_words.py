"""The verdict in a sentence, and what it would take where there is none."""

from __future__ import annotations

from dashboards.numbers.answer.verdict import Verdict
from dashboards.read.series import Series
from dashboards.statistics.estimates import ENOUGH
from dashboards.words.formats import capital, level, listed
from dashboards.words.units import Unit

FEW = 3  # methods that a sentence names one by one


def sentence(verdict: Verdict, words: Unit) -> str:
    """For readers who see nothing else of the page."""
    match verdict.reason:
        case "nothing finished":
            return "No verdict: no run has finished yet."
        case "no outcome":
            return f"No verdict: the finished runs have no {words.outcome.title}."
        case "no twins":
            return "No verdict: no run has a finished dense twin to compare with."
        case "few seeds":
            seeds = "one seed" if verdict.seeds == 1 else f"{verdict.seeds} seeds"
            return f"No verdict from {seeds} a setting: it takes {ENOUGH}."
    if not verdict.leaders:
        return (f"No method surely stays within {words.allowed} of the dense network, not even at "
                f"{level(verdict.densest)} sparsity.")  # fmt: skip
    return f"{_leaders(verdict, words)} {_others(verdict)}".strip()


def names(series: list[Series]) -> str:
    """Methods in a sentence; of many only how many.

    >>> names([])
    ''
    """
    if len(series) > FEW:
        return f"{len(series)} methods"
    return listed([member.label for member in series]) if series else ""


def _leaders(verdict: Verdict, words: Unit) -> str:
    series = [cell.series for cell in verdict.leaders]
    stay = "stays" if len(series) == 1 else "stay"
    where = f"within {words.allowed} of the dense network up to {level(verdict.level)} sparsity"
    if not verdict.others:
        number = "both" if len(series) == 2 else f"all {len(series)}"
        everyone = names(series) if len(series) == 1 else f"{number} methods"
        tried = ", the sparsest level tried" if verdict.level == verdict.sparsest else ""
        return f"{everyone if len(series) == 1 else capital(everyone)} {stay} {where}{tried}."
    return f"{names(series)} {stay} {where}."


def _others(verdict: Verdict) -> str:
    if verdict.next_level is None:
        return ""
    if verdict.next_level == 0:
        return "No other method surely does at any level tried."
    return f"No other method gets past {level(verdict.next_level)}."
