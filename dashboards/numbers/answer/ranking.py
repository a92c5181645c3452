"""Methods at one sparsity, best first: chosen on validation, told apart on test, in groups of equals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dashboards.numbers.answer.comparison import Comparison, comparison, told_together
from dashboards.numbers.cells.cell import Cell
from dashboards.read.series import Series

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Network = frozenset  # the settings that the cells of one ranking share
Level = tuple[float, Network]


@dataclass(frozen=True)
class RankedMethod:
    """One method's place in a ranking."""

    cell: Cell
    group: str  # a letter; methods with one letter are equals; empty where there are too few seeds to say
    behind: Comparison | None  # the best of the level against this one; None of the best itself


@dataclass(frozen=True)
class MethodRanking:
    """The methods of one network at one level: group by group, in each the best on validation first."""

    level: float
    places: tuple[RankedMethod, ...]
    unequal: tuple[Cell, ...]  # not ranked, since they have more or fewer weights than the level stands for

    @property
    def network(self) -> Network:
        """The settings that all share."""
        return self.places[0].cell.series.workload

    @property
    def judged(self) -> bool:
        """Whether there are seeds enough to tell methods apart."""
        return all(place.group for place in self.places)

    @property
    def best(self) -> Cell:
        """The first."""
        return self.places[0].cell

    @property
    def equals(self) -> tuple[Series, ...]:
        """The methods that do not clearly differ from the best, itself among them; empty where nothing is told."""
        return tuple(place.cell.series for place in self.places if place.group == LETTERS[0])

    @property
    def lead(self) -> Comparison:
        """The best against the second."""
        second = self.places[1].behind
        assert second is not None
        return second


def rankings(cells: Iterable[Cell], confidence: float) -> tuple[MethodRanking, ...]:
    """A ranking for every network and level with two methods or more of equal size, from dense to sparse.

    Controls, and cells that did not reach their sparsity, are no methods to choose from. A group is the best method
    left and all that do not clearly differ from it. Holm's adjustment is over all comparisons with a best, at all
    levels and networks of the sweep: first those with the best of each level, then those of what is left."""
    competing: dict[Level, list[Cell]] = {}
    for cell in cells:
        if cell.level > 0 and cell.arrived and not cell.series.control and cell.score is not None and cell.value:
            competing.setdefault((cell.level, cell.series.workload), []).append(cell)
    sized = {level: sorted((cell for cell in members if cell.sized), key=lambda cell: -(cell.score or 0.0))
             for level, members in sorted(competing.items(), key=lambda item: item[0][0])}  # fmt: skip
    rest = {level: members for level, members in sized.items() if len(members) > 1}
    behind = _compared(rest, confidence)
    groups = _groups(rest, behind, confidence)
    return tuple(
        MethodRanking(
            level[0],
            tuple(
                RankedMethod(cell, letter, behind[level].get(cell.series))
                for letter, group in groups[level]
                for cell in group
            ),
            tuple(cell for cell in competing[level] if cell.nonzero is not None and not cell.sized),
        )
        for level in rest
    )


def shown_first(ranked: Sequence[MethodRanking], level: float) -> MethodRanking:
    """Of one ranking or more that at `level`; where there is none, one in the middle, of those with seeds enough."""
    judged = [ranking for ranking in ranked if ranking.judged] or ranked
    return next((ranking for ranking in ranked if ranking.level == level), judged[len(judged) // 2])


def _compared(levels: Mapping[Level, Sequence[Cell]], confidence: float) -> dict[Level, dict[Series, Comparison]]:
    """The first of each level against each other one, told together."""
    pairs = [(level, comparison(members[0], other, confidence)) for level, members in levels.items()
             for other in members[1:]]  # fmt: skip
    compared: dict[Level, dict[Series, Comparison]] = {level: {} for level in levels}
    for (level, _), pair in zip(pairs, told_together([pair for _, pair in pairs]), strict=True):
        compared[level][pair.theirs.series] = pair
    return compared


def _groups(
    levels: Mapping[Level, Sequence[Cell]], behind: Mapping[Level, Mapping[Series, Comparison]], confidence: float
) -> dict[Level, list[tuple[str, list[Cell]]]]:
    """Letters and their cells, level by level; one group without a letter where no pair has seeds enough."""
    groups: dict[Level, list[tuple[str, list[Cell]]]] = {level: [] for level in levels}
    rest = {level: list(members) for level, members in levels.items()}
    for letter in LETTERS:
        for level, members in rest.items():
            clear = {series for series, pair in behind[level].items() if pair.clear(confidence)}
            equal = [cell for cell in members if cell.series not in clear]
            judged = any(pair.enough for pair in behind[level].values()) or letter != LETTERS[0]
            groups[level].append((letter if judged else "", equal))
            rest[level] = [cell for cell in members if cell.series in clear]
        rest = {level: members for level, members in rest.items() if members}
        if not rest:
            break
        behind = _compared(rest, confidence)
    return groups
