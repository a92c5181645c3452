"""Does a network of one kind lose more to sparsity than one of another? The difference of the differences to the twins.

Kinds are workloads; where a sweep has one workload, every setting of it that differs (widths, learning rates) makes a
kind of its own. Each is held against the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from dashboards.numbers.answer.comparison import times_the_training
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.outcomes import Outcomes, mean_of, possible_change
from dashboards.numbers.factors.networks import Settings, kind, methods, networks
from dashboards.statistics.estimates import Estimate, adjusted


@dataclass(frozen=True)
class Side:
    """One method at one sparsity on all networks of a kind."""

    kind: str
    cells: tuple[Cell, ...]  # one for each network

    @property
    def to_twins(self) -> Outcomes:
        """Differences to the twins, the mean over the networks, for the seeds that all networks have."""
        return mean_of([cell.to_twins for cell in self.cells])

    @property
    def steps(self) -> float | None:
        """Optimizer steps of a run, the mean over the networks."""
        known = [cell.steps for cell in self.cells if cell.steps is not None]
        return fmean(known) if len(known) == len(self.cells) else None


@dataclass(frozen=True)
class Interaction:
    """The difference of `ours` to its twin less that of `theirs`."""

    method: str
    sparsity: float  # as asked for, in [0, 1)
    ours: Side
    theirs: Side
    our_loss: Estimate | None  # differences to the twins, as of a cell
    their_loss: Estimate | None
    difference: Estimate | None  # paired by seed; None where no seed has both
    p_value: float | None = None  # of the paired t-test, by Holm over all interactions that have seeds enough

    @property
    def gain(self) -> float:
        """Below 0 `ours` loses more to its twin than `theirs` does; 0 where no seed has both."""
        return self.ours.cells[0].outcome.gain(self.difference.mean) if self.difference else 0.0

    @property
    def times_the_training(self) -> float | None:
        """Steps of `ours` over those of `theirs`, where they are so far apart that a reader should know."""
        return times_the_training(self.ours.steps, self.theirs.steps)


def interactions(cells: Sequence[Cell], confidence: float) -> tuple[Interaction, ...]:
    """Each kind but the first against the first, method by method, from dense to sparse."""
    sparse = [cell for cell in cells if cell.sparsity > 0 and not (cell.series.dense or cell.series.control)]
    kinds = _kinds(sparse)
    if len(set(kinds.values())) < 2:
        return ()
    first, *others = dict.fromkeys(kinds.values())
    called = methods(cell.series for cell in sparse)
    sides: dict[tuple[Settings, str, float], list[Cell]] = {}
    for cell in sparse:
        sides.setdefault((cell.series.how, kinds[cell.series.workload], cell.sparsity), []).append(cell)
    levels = sorted({cell.sparsity for cell in sparse})
    found = [
        _interaction(label, level, Side(other, tuple(sides[how, other, level])),
                     Side(first, tuple(sides[how, first, level])), confidence)
        for other in others for how, label in called.items() for level in levels
        if (how, other, level) in sides and (how, first, level) in sides
    ]  # fmt: skip
    p_values = adjusted([one.difference for one in found])
    return tuple(replace(one, p_value=p_value) for one, p_value in zip(found, p_values, strict=True))


def _kinds(cells: Sequence[Cell]) -> dict[Settings, str]:
    """By network, the kind that it belongs to."""
    called = networks(cell.series for cell in cells)
    names = {one: kind(one) for one in called}
    return names if len(set(names.values())) > 1 else called


def _interaction(method: str, sparsity: float, ours: Side, theirs: Side, confidence: float) -> Interaction:
    mine, other, outcome = ours.to_twins, theirs.to_twins, ours.cells[0].outcome
    once, twice = possible_change(outcome), possible_change(outcome, 2)
    return Interaction(
        method,
        sparsity,
        ours,
        theirs,
        mine.estimate(confidence, once),
        other.estimate(confidence, once),
        mine.minus(other).estimate(confidence, twice),
    )
