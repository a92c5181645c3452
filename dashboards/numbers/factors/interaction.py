"""Interactions: the difference between two kinds of networks in their differences to the twins.

They show whether one kind loses more to sparsity than another. Kinds are workloads. In a sweep with one workload, each
combination of its varied settings (widths, learning rates) is a kind. Each kind is compared with the first.
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
    """One method at one sparsity on all networks of one kind."""

    kind: str
    cells: tuple[Cell, ...]  # one per network

    @property
    def to_twins(self) -> Outcomes:
        """Mean difference to the twins over the networks, for the seeds that all networks have."""
        return mean_of([cell.to_twins for cell in self.cells])

    @property
    def steps(self) -> float | None:
        """Mean optimizer steps of a run over the networks."""
        known = [cell.steps for cell in self.cells if cell.steps is not None]
        return fmean(known) if len(known) == len(self.cells) else None


@dataclass(frozen=True)
class Interaction:
    """The difference of `ours` to its twin minus the difference of `theirs`."""

    method: str
    sparsity: float  # as planned, in [0, 1)
    ours: Side
    theirs: Side
    our_loss: Estimate | None  # difference to the twins
    their_loss: Estimate | None
    difference: Estimate | None  # paired by seed; None without pairs
    p_value: float | None = None  # of the paired t-test, by Holm over all interactions with enough seeds

    @property
    def gain(self) -> float:
        """Negative if `ours` loses more to its twin than `theirs`; 0 without pairs."""
        return self.ours.cells[0].outcome.gain(self.difference.mean) if self.difference else 0.0

    @property
    def times_the_training(self) -> float | None:
        """Ratio of optimizer steps, `ours` to `theirs`; None if they are nearly equal."""
        return times_the_training(self.ours.steps, self.theirs.steps)


def interactions(cells: Sequence[Cell], confidence: float) -> tuple[Interaction, ...]:
    """Each other kind against the first, by method, from dense to sparse."""
    sparse = [cell for cell in cells if cell.sparsity > 0 and not (cell.series.dense or cell.series.control)]
    kinds = _kinds(sparse)
    if len(set(kinds.values())) < 2:
        return ()
    first, *rest = dict.fromkeys(kinds.values())
    names = methods(cell.series for cell in sparse)
    sides: dict[tuple[Settings, str, float], list[Cell]] = {}
    for cell in sparse:
        sides.setdefault((cell.series.how, kinds[cell.series.workload], cell.sparsity), []).append(cell)
    levels = sorted({cell.sparsity for cell in sparse})
    untested = [
        _interaction(label, level, Side(other, tuple(sides[how, other, level])),
                     Side(first, tuple(sides[how, first, level])), confidence)
        for other in rest for how, label in names.items() for level in levels
        if (how, other, level) in sides and (how, first, level) in sides
    ]  # fmt: skip
    p_values = adjusted([interaction.difference for interaction in untested])
    return tuple(replace(interaction, p_value=p_value)
                 for interaction, p_value in zip(untested, p_values, strict=True))  # fmt: skip


def _kinds(cells: Sequence[Cell]) -> dict[Settings, str]:
    """The kind of each network."""
    names = networks(cell.series for cell in cells)
    workloads = {network: kind(network) for network in names}
    return workloads if len(set(workloads.values())) > 1 else names


def _interaction(method: str, sparsity: float, ours: Side, theirs: Side, confidence: float) -> Interaction:
    first, second, outcome = ours.to_twins, theirs.to_twins, ours.cells[0].outcome
    once, twice = possible_change(outcome), possible_change(outcome, 2)
    return Interaction(
        method,
        sparsity,
        ours,
        theirs,
        first.estimate(confidence, once),
        second.estimate(confidence, once),
        first.minus(second).estimate(confidence, twice),
    )
