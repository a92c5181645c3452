"""The best round of a ladder: chosen on validation among all that compete, told on the test set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dashboards.numbers.lottery.tickets import Round, ratio
from dashboards.statistics.estimates import Estimate, adjusted, is_clear

Kind = Literal["at the last step", "at early stop", "soonest"]  # of its outcome, or of its early stop


@dataclass(frozen=True)
class Competitor:
    """One round in one contest."""

    round: Round
    score: float | None  # what it is chosen by, more is better; None: not known
    gain: Estimate  # on its twins; of `soonest` the logarithm of its steps over the dense network's
    p_value: float | None = None  # by Holm over all rounds and contests of all ladders

    def clear(self, confidence: float) -> bool:
        """Whether it is more than chance: by the test, and by the interval that holds for all rounds at once."""
        return self.gain.off_zero() and is_clear(self.p_value, confidence)


@dataclass(frozen=True)
class Contest:
    """The rounds of one ladder that have twins, and what they compete for."""

    kind: Kind
    dense: Round  # round 0
    competitors: tuple[Competitor, ...]

    def winner(self, confidence: float) -> Competitor | None:
        """The best; None where it is not known which that is.

        Whoever looks for the best of R finds one that is good by chance too. So its interval is taken at
        1 - alpha / R: it holds whichever of the R is chosen."""
        scored = [(one, one.score) for one in self.competitors if one.score is not None]
        if len(scored) < len(self.competitors):
            return None
        best, _ = max(scored, key=lambda pair: pair[1])
        return replace(best, gain=best.gain.at(1 - (1 - confidence) / len(self.competitors)))


def contests(lines: Sequence[Sequence[Round]], confidence: float) -> tuple[Contest, ...]:
    """Of each ladder, whose rounds come from the dense network on."""
    untested = [contest for line in lines if line[0].cell.round == 0 for contest in _contests(line, confidence)]
    p_values = iter(adjusted([one.gain for contest in untested for one in contest.competitors]))
    return tuple(
        replace(contest, competitors=tuple(replace(one, p_value=next(p_values)) for one in contest.competitors))
        for contest in untested
    )


def _contests(line: Sequence[Round], confidence: float) -> list[Contest]:
    dense, *pruned = line
    last = [Competitor(one, one.cell.score, gain) for one in pruned if (gain := one.cell.gain)]
    early = [Competitor(one, one.early_score, gain) for one in pruned if (gain := one.cell.best_gain)]
    soonest = [Competitor(one, -one.stop.mean, times) for one in pruned
               if one.stop and not (one.falling or dense.falling)
               and (times := ratio(one.stops, dense.stops, confidence))]  # fmt: skip
    by_kind: dict[Kind, list[Competitor]] = {"at the last step": last, "at early stop": early, "soonest": soonest}
    return [Contest(kind, dense, tuple(competitors)) for kind, competitors in by_kind.items() if competitors]
