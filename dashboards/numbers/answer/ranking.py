"""Rankings of methods at one sparsity: ordered on validation, compared on test, in groups of equals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dashboards.numbers.answer.comparison import Comparison, comparison, with_p_values
from dashboards.numbers.cells.cell import Cell
from dashboards.read.series import Series

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Network = frozenset  # the settings that the cells of one ranking share
Level = tuple[float, Network]


@dataclass(frozen=True)
class RankedMethod:
    """The place of one method in a ranking."""

    cell: Cell
    group: str  # a letter shared by equals; empty with too few seeds
    behind: Comparison | None  # the best of the level against this method; None for the best


@dataclass(frozen=True)
class MethodRanking:
    """The methods of one network at one level, by group; in each group the best on validation first."""

    level: float
    places: tuple[RankedMethod, ...]
    unequal: tuple[Cell, ...]  # not ranked: they have more or fewer weights than planned

    @property
    def network(self) -> Network:
        """The settings that all methods share."""
        return self.places[0].cell.series.workload

    @property
    def judged(self) -> bool:
        """Whether there are enough seeds to compare methods."""
        return all(place.group for place in self.places)

    @property
    def best(self) -> Cell:
        """The first cell."""
        return self.places[0].cell

    @property
    def equals(self) -> tuple[Series, ...]:
        """The methods that do not clearly differ from the best, and the best; empty with too few seeds."""
        return tuple(place.cell.series for place in self.places if place.group == LETTERS[0])

    def better_on_test(self, confidence: float) -> tuple[Series, ...]:
        """The methods that are clearly better on test than the best on validation: there the order turns."""
        behind = [(place.cell.series, place.behind) for place in self.places if place.behind]
        return tuple(series for series, pair in behind
                     if pair.clear(confidence) and pair.difference and pair.difference.mean < 0)  # fmt: skip

    @property
    def lead(self) -> Comparison:
        """The best against the second."""
        second = self.places[1].behind
        assert second is not None
        return second


def rankings(cells: Iterable[Cell], confidence: float) -> tuple[MethodRanking, ...]:
    """A ranking for every network and level with two methods or more of equal size, from dense to sparse.

    Controls and cells below their planned sparsity are left out. A group is the best remaining method with all methods
    that do not clearly differ from it. Holm's adjustment covers all comparisons with a best at all levels and networks
    of the sweep: first with the best of each level, then among the remaining methods.
    """
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
            tuple(cell for cell in competing[level] if cell.size is not None and not cell.sized),
        )
        for level in rest
    )


def shown_first(ranked: Sequence[MethodRanking], level: float) -> MethodRanking:
    """The ranking at `level`; else the middle one of those with enough seeds, or of all."""
    judged = [ranking for ranking in ranked if ranking.judged] or ranked
    return next((ranking for ranking in ranked if ranking.level == level), judged[len(judged) // 2])


def _compared(levels: Mapping[Level, Sequence[Cell]], confidence: float) -> dict[Level, dict[Series, Comparison]]:
    """The first cell of each level against the others, adjusted together."""
    pairs = [(level, comparison(members[0], other, confidence)) for level, members in levels.items()
             for other in members[1:]]  # fmt: skip
    compared: dict[Level, dict[Series, Comparison]] = {level: {} for level in levels}
    for (level, _), pair in zip(pairs, with_p_values([pair for _, pair in pairs]), strict=True):
        compared[level][pair.theirs.series] = pair
    return compared


def _groups(
    levels: Mapping[Level, Sequence[Cell]], behind: Mapping[Level, Mapping[Series, Comparison]], confidence: float
) -> dict[Level, list[tuple[str, list[Cell]]]]:
    """Letters and their cells by level; one group without a letter if no pair has enough seeds."""
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
