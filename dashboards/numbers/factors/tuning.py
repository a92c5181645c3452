"""Every method with the training settings that suit it best: chosen on validation, reported on test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dashboards.numbers.answer.comparison import times_the_training
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.factors.networks import Settings, methods
from dashboards.read.series import worded
from dashboards.statistics.estimates import Estimate, adjusted, is_clear

TRAINING = "workload.training."


@dataclass(frozen=True)
class Tried:
    """A cell with one of the training settings."""

    cell: Cell
    score: float  # on validation, more is better: what it is chosen by


@dataclass(frozen=True)
class Tuned:
    """One method at one sparsity on one network, with the best of the training settings that were tried."""

    method: str
    network: Settings  # without its training
    sparsity: float  # as asked for, in [0, 1)
    tried: Mapping[str, Tried]  # by setting, in words; numbers in their order
    setting: str  # the one that is chosen
    at_an_end: bool  # whether it is the least or the greatest number that was tried
    reference: Cell  # the dense twin, or the dense network, with the settings that suit that best
    difference: Estimate | None  # to the reference, paired by seed

    @property
    def cell(self) -> Cell:
        """The chosen one."""
        return self.tried[self.setting].cell

    @property
    def score(self) -> float:
        """What it was chosen by."""
        return self.tried[self.setting].score

    @property
    def times_the_training(self) -> float | None:
        """Steps over those of the reference, where they are so far apart that a reader should know."""
        return times_the_training(self.cell.steps, self.reference.steps)


@dataclass(frozen=True)
class Match:
    """The methods at one sparsity on one network, each tuned; the best on validation first."""

    ranked: tuple[Tuned, ...]
    ahead: Estimate | None  # the first less the second, on the test set, paired by seed
    p_value: float | None = None  # by Holm over all matches

    def clear(self, confidence: float) -> bool:
        """Whether the two are further apart than by chance."""
        return is_clear(self.p_value, confidence)


def matches(found: Iterable[Tuned], confidence: float) -> tuple[Match, ...]:
    """Wherever two methods or more can be held against each other."""
    groups: dict[tuple[Settings, float], list[Tuned]] = {}
    for one in found:
        if one.sparsity > 0:
            groups.setdefault((one.network, one.sparsity), []).append(one)
    rankings = [sorted(group, key=lambda one: -one.score) for group in groups.values() if len(group) > 1]
    made = [Match(tuple(ranked), ranked[0].cell.ahead_of(ranked[1].cell, confidence)) for ranked in rankings]
    p_values = adjusted([one.ahead for one in made])
    return tuple(replace(one, p_value=p_value) for one, p_value in zip(made, p_values, strict=True))


def tuned(cells: Sequence[Cell], confidence: float) -> tuple[Tuned, ...]:
    """Every method and sparsity for which several training settings were tried, from dense to sparse.

    Controls are left out, cells without a figure on validation, and what no dense network can be held against."""
    groups: dict[tuple[Settings, float, Settings], list[Tried]] = {}
    for cell in cells:
        if cell.score is not None and not cell.series.control:
            groups.setdefault((_network(cell), cell.sparsity, cell.series.how), []).append(Tried(cell, cell.score))
    called = methods(cell.series for cell in cells)
    found = []
    for (network, sparsity, how), group in sorted(groups.items(), key=lambda item: item[0][1]):
        references = groups.get((network, 0.0, how)) or [
            one for (other, _, _), dense in groups.items() if other == network for one in dense if one.cell.series.dense
        ]
        by_setting, numbers = _by_setting(group)
        if len(by_setting) < 2 or not references:
            continue
        setting, best = max(by_setting.items(), key=lambda item: item[1].score)
        reference = max(references, key=lambda one: one.score).cell
        difference = best.cell.ahead_of(reference, confidence)
        at_an_end = numbers and setting in (list(by_setting)[0], list(by_setting)[-1])
        found.append(Tuned(called[how], network, sparsity, by_setting, setting, at_an_end, reference, difference))
    return tuple(found)


def _network(cell: Cell) -> Settings:
    return frozenset((name, value) for name, value in cell.series.workload if not name.startswith(TRAINING))


def _by_setting(group: Sequence[Tried]) -> tuple[dict[str, Tried], bool]:
    """By the training settings in which the cells differ, in words; and whether that is one number."""
    trainings = [
        {name: value for name, value in one.cell.series.settings if name.startswith(TRAINING)} for one in group
    ]
    names = sorted({name for training in trainings for name in training})
    varied = [name for name in names if len({training.get(name) for training in trainings}) > 1]
    pairs = list(zip(trainings, group, strict=True))
    numbers = len(varied) == 1 and all(isinstance(training.get(varied[0]), int | float) for training in trainings)
    if numbers:
        pairs.sort(key=lambda pair: pair[0][varied[0]])
    words = {
        ", ".join(f"{name.rpartition('.')[2]} {worded(training.get(name))}" for name in varied): one
        for training, one in pairs
    }
    return words, numbers
