"""The best round of a ladder: chosen on validation among all competitors, reported on the test set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dashboards.numbers.lottery.tickets import Round, ratio
from dashboards.statistics.estimates import Estimate, adjusted, is_clear

Kind = Literal["at the last step", "at early stop", "soonest"]  # two kinds of outcome, and the early-stop step


@dataclass(frozen=True)
class Competitor:
    """One round in a contest."""

    round: Round
    score: float | None  # for the choice, more is better; None: unknown
    gain: Estimate  # on its twins; for `soonest` the logarithm of the ratio of steps to the dense network
    p_value: float | None = None  # adjusted by Holm over all rounds and contests of all ladders

    def clear(self, confidence: float) -> bool:
        """Whether it is significant, both in the test and in the interval for all rounds at once."""
        return self.gain.off_zero() and is_clear(self.p_value, confidence)


@dataclass(frozen=True)
class Contest:
    """The rounds of one ladder with twins, in one kind of contest."""

    kind: Kind
    dense: Round  # round 0
    competitors: tuple[Competitor, ...]

    def winner(self, confidence: float) -> Competitor | None:
        """The best competitor; None if a score is missing.

        The best of R rounds may be best by chance. So its interval is taken at 1 - alpha / R: it holds whichever of the
        R rounds is chosen.
        """
        scored = [(competitor, competitor.score) for competitor in self.competitors if competitor.score is not None]
        if len(scored) < len(self.competitors):
            return None
        best, _ = max(scored, key=lambda pair: pair[1])
        return replace(best, gain=best.gain.at(1 - (1 - confidence) / len(self.competitors)))


def contests(lines: Sequence[Sequence[Round]], confidence: float) -> tuple[Contest, ...]:
    """The contests of each ladder. Its rounds start with the dense network."""
    untested = [contest for line in lines if line[0].cell.round == 0 for contest in _contests(line, confidence)]
    p_values = iter(adjusted([competitor.gain for contest in untested for competitor in contest.competitors]))
    return tuple(
        replace(
            contest,
            competitors=tuple(replace(competitor, p_value=next(p_values)) for competitor in contest.competitors),
        )
        for contest in untested
    )


def _contests(line: Sequence[Round], confidence: float) -> list[Contest]:
    dense, *pruned = line
    last = [Competitor(rung, rung.cell.score, gain) for rung in pruned if (gain := rung.cell.gain)]
    early = [Competitor(rung, rung.early_score, gain) for rung in pruned if (gain := rung.cell.best_gain)]
    soonest = [Competitor(rung, -rung.stop.mean, times) for rung in pruned
               if rung.stop and not (rung.falling or dense.falling)
               and (times := ratio(rung.stops, dense.stops, confidence))]  # fmt: skip
    by_kind: dict[Kind, list[Competitor]] = {"at the last step": last, "at early stop": early, "soonest": soonest}
    return [Contest(kind, dense, tuple(competitors)) for kind, competitors in by_kind.items() if competitors]
