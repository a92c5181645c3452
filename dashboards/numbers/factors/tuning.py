"""Every method with its best training settings: chosen on validation, reported on test."""

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
    score: float  # on validation; more is better


@dataclass(frozen=True)
class Tuned:
    """One method at one sparsity on one network, with the best of its training settings."""

    method: str
    network: Settings  # without its training
    sparsity: float  # as planned, in [0, 1)
    tried: Mapping[str, Tried]  # by setting in words; numbers in ascending order
    setting: str  # the chosen one
    at_an_end: bool  # whether it is the least or the greatest tried number
    reference: Cell  # the dense twin or network with its best settings
    difference: Estimate | None  # to the reference, paired by seed

    @property
    def cell(self) -> Cell:
        """The chosen cell."""
        return self.tried[self.setting].cell

    @property
    def score(self) -> float:
        """The score of the chosen cell on validation."""
        return self.tried[self.setting].score

    @property
    def times_the_training(self) -> float | None:
        """Ratio of optimizer steps to the reference; None if they are nearly equal."""
        return times_the_training(self.cell.steps, self.reference.steps)


@dataclass(frozen=True)
class Match:
    """The tuned methods at one sparsity on one network, the best on validation first."""

    ranked: tuple[Tuned, ...]
    ahead: Estimate | None  # the first minus the second on the test set, paired by seed
    p_value: float | None = None  # by Holm over all matches

    def clear(self, confidence: float) -> bool:
        """Whether the difference of the two is significant."""
        return is_clear(self.p_value, confidence)


def matches(rows: Iterable[Tuned], confidence: float) -> tuple[Match, ...]:
    """The matches wherever two or more methods are comparable."""
    groups: dict[tuple[Settings, float], list[Tuned]] = {}
    for method in rows:
        if method.sparsity > 0:
            groups.setdefault((method.network, method.sparsity), []).append(method)
    rankings = [sorted(group, key=lambda method: -method.score) for group in groups.values() if len(group) > 1]
    pairs = [Match(tuple(ranked), ranked[0].cell.ahead_of(ranked[1].cell, confidence)) for ranked in rankings]
    p_values = adjusted([match.ahead for match in pairs])
    return tuple(replace(match, p_value=p_value) for match, p_value in zip(pairs, p_values, strict=True))


def tuned(cells: Sequence[Cell], confidence: float) -> tuple[Tuned, ...]:
    """Every method and sparsity with several training settings, from dense to sparse.

    Controls, cells without a validation score, and cells without a dense reference are left out.
    """
    groups: dict[tuple[Settings, float, Settings], list[Tried]] = {}
    for cell in cells:
        if cell.score is not None and not cell.series.control:
            groups.setdefault((_network(cell), cell.sparsity, cell.series.how), []).append(Tried(cell, cell.score))
    names = methods(cell.series for cell in cells)
    result = []
    for (network, sparsity, how), group in sorted(groups.items(), key=lambda item: item[0][1]):
        references = groups.get((network, 0.0, how)) or [
            option
            for (other, _, _), dense in groups.items()
            if other == network
            for option in dense
            if option.cell.series.dense
        ]
        by_setting, numbers = _by_setting(group)
        if len(by_setting) < 2 or not references:
            continue
        setting, best = max(by_setting.items(), key=lambda item: item[1].score)
        reference = max(references, key=lambda option: option.score).cell
        difference = best.cell.ahead_of(reference, confidence)
        at_an_end = numbers and setting in (list(by_setting)[0], list(by_setting)[-1])
        result.append(Tuned(names[how], network, sparsity, by_setting, setting, at_an_end, reference, difference))
    return tuple(result)


def _network(cell: Cell) -> Settings:
    return frozenset((name, value) for name, value in cell.series.workload if not name.startswith(TRAINING))


def _by_setting(group: Sequence[Tried]) -> tuple[dict[str, Tried], bool]:
    """The cells by their varied training settings in words, and whether that is a single number."""
    trainings = [
        {name: value for name, value in option.cell.series.settings if name.startswith(TRAINING)} for option in group
    ]
    names = sorted({name for training in trainings for name in training})
    varied = [name for name in names if len({training.get(name) for training in trainings}) > 1]
    pairs = list(zip(trainings, group, strict=True))
    numbers = len(varied) == 1 and all(isinstance(training.get(varied[0]), int | float) for training in trainings)
    if numbers:
        pairs.sort(key=lambda pair: pair[0][varied[0]])
    words = {
        ", ".join(f"{name.rpartition('.')[2]} {worded(training.get(name))}" for name in varied): option
        for training, option in pairs
    }
    return words, numbers
