"""What the section on pruning after training says in words."""

from __future__ import annotations

from dashboards.numbers.answer.comparison import Comparison
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.post_training.reconstruction import Amount, Reconstruction, by_amount, least_loss
from dashboards.sections.post_training.numbers import SOLVED, Numbers
from dashboards.words import brief
from dashboards.words.formats import capital, listed

ROOM = 80  # characters of a headline for the networks that lose least
WORDS = {1: ", clearly better", -1: ", clearly worse", 0: ", not clear"}


def finding(numbers: Numbers) -> str:
    """Which network loses least at which amounts, by validation; then how often reconstruction clearly helps."""
    wins: dict[str, list[str]] = {}
    for amount, cell in _best(numbers).items():
        wins.setdefault(brief.name(numbers.name(cell), 40), []).append(amount.brief)
    parts = [f"{name} at {listed(amounts)}" for name, amounts in wins.items()]
    helps = _helps(numbers)
    least = [brief.fitting(parts, f"Least {numbers.unit.lost} on validation: ", most=ROOM)] if parts else []
    return capital("; ".join(least + helps))


def _best(numbers: Numbers) -> dict[Amount, Cell]:
    """The network that loses least at each amount with a choice."""
    best = {amount: least_loss(group) for amount, group in by_amount(numbers.found).items()
            if sum(len(one.networks) for one in group) > 1}  # fmt: skip
    return {amount: network.cell for amount, network in best.items() if network}


def _helps(numbers: Numbers) -> list[str]:
    """How many of the tested pairs reconstruction clearly helps or hurts."""
    tested = [one.comparison for one in numbers.found if one.comparison and one.comparison.p_value is not None]
    if not tested:
        return []
    verdicts = [_verdict(pair, numbers.confidence) for pair in tested]
    of = f"of {len(tested)} pairs" if len(tested) > 1 else "of 1 pair"
    parts = [f"clearly {verb} in {verdicts.count(sign)} {of}" for verb, sign in (("helps", 1), ("hurts", -1))
             if verdicts.count(sign)]  # fmt: skip
    return [f"reconstruction {listed(parts)}" if parts else f"reconstruction makes no clear difference in {of[3:]}"]


def _verdict(pair: Comparison, confidence: float) -> int:
    """1: ours is clearly better; -1: clearly worse; 0: not clear."""
    if pair.difference is None or not pair.clear(confidence):
        return 0
    return 1 if pair.difference.mean > 0 else -1


def text(numbers: Numbers) -> tuple[str, ...]:
    """The least loss at each amount, what reconstruction does to each criterion, simple against complex criteria."""
    losses = [_least(amount, cell, numbers) for amount, cell in _best(numbers).items()]
    return (*losses, *_reconstruction(numbers), *_rivals(numbers))


def _least(amount: Amount, cell: Cell, numbers: Numbers) -> str:
    difference = f": {numbers.unit.spread(cell.to_dense)} to its dense twin" if cell.to_dense else ""
    return f"At {amount.name}, {numbers.name(cell)} has the least {numbers.unit.lost} on validation{difference}."


def _reconstruction(numbers: Numbers) -> list[str]:
    lines: dict[frozenset, list[Reconstruction]] = {}
    for one in numbers.found:
        if one.comparison and one.comparison.difference:
            lines.setdefault(one.criterion, []).append(one)
    return [f"{numbers.names[criterion]}, {SOLVED} minus without: {'; '.join(_parts(line, numbers))}."
            for criterion, line in lines.items()]  # fmt: skip


def _parts(line: list[Reconstruction], numbers: Numbers) -> list[str]:
    return [f"{numbers.unit.change(pair.difference)} at {one.amount.name}{_judged(pair, numbers.confidence)}"
            for one in line if (pair := one.comparison) and pair.difference]  # fmt: skip


def _judged(pair: Comparison, confidence: float) -> str:
    if pair.p_value is None:
        return f", no verdict with n = {pair.difference.n}" if pair.difference else ""
    return WORDS[_verdict(pair, confidence)]


def _rivals(numbers: Numbers) -> list[str]:
    """How often simple criteria with reconstruction match complex ones, then each pair."""
    tested = [pair for pair in numbers.rivals if pair.enough]
    matches = sum(matched(pair, numbers) for pair in tested)
    lead = [f"A simpler criterion {SOLVED} matches a more complex one, within {numbers.unit.allowed}, in {matches} of "
            f"{len(tested)} comparisons."] if tested else []  # fmt: skip
    pairs: dict[str, list[str]] = {}
    for pair in numbers.rivals:
        names = f"{numbers.name(pair.ours)} minus {numbers.name(pair.theirs)}"
        pairs.setdefault(names, []).append(_rival(pair, numbers))
    return lead + [f"{names}: {'; '.join(parts)}." for names, parts in pairs.items()]


def _rival(pair: Comparison, numbers: Numbers) -> str:
    change = numbers.unit.change(pair.difference) if pair.difference else ""
    verdict = _verdict(pair, numbers.confidence)
    if matched(pair, numbers) and verdict < 1:
        words = ", clearly worse, by" if verdict else ", not clear, and worse by"
        return f"{change} at {numbers.of(pair.ours).amount.name}{words} less than {numbers.unit.allowed}"
    return f"{change} at {numbers.of(pair.ours).amount.name}{_judged(pair, numbers.confidence)}"


def matched(pair: Comparison, numbers: Numbers) -> bool:
    """Whether the simpler one surely loses less than the margin, with Bonferroni's adjustment for all comparisons."""
    if pair.difference is None or not pair.enough:
        return False
    level = 1 - (1 - numbers.confidence) / len(numbers.rivals)
    return pair.difference.surely_above(-numbers.unit.margin, level)
