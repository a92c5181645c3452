"""A cell: a series at one sparsity, over its seeds. What came of it, and how far it is from dense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.numbers.cells.outcomes import Outcomes
from dashboards.read.series import Series
from dashboards.statistics.estimates import CHANGE, Estimate
from dashboards.statistics.sizes import equal_size
from dashboards.words.formats import level


@dataclass(frozen=True)
class Cell:
    """Accuracies are fractions; counts are of weights.

    A run that diverged counts at chance level, where there is one. The draws of a control at one seed count as one, at
    their mean: they share the ladder that they branch off, so that they say nothing about other seeds. The twin of a
    control is the main run of its rung, all others' is a dense network that was trained as long."""

    series: Series
    sparsity: float  # that it was to have, in [0, 1); where only measuring tells, as reached
    target: float | None  # that its trial asks for, reached or not; None: there is none
    runs: tuple[str, ...]  # finished ones, by seed
    outcomes: Outcomes  # test accuracy at the last step
    to_twins: Outcomes  # the same less that of the twins, where both are there
    twins: float | None  # what those twins reach, mean
    planned: int  # runs: one a seed, but for the draws of controls
    failed: int  # diverged ones included
    diverged: int
    missing: int  # neither finished nor failed
    accuracy: Estimate | None
    converged: Estimate | None  # the accuracy without the runs that diverged
    difference: Estimate | None  # to the twins, paired by seed; None where there are no pairs
    best: Estimate | None  # test accuracy at the best checkpoint, chosen on the validation set
    best_difference: Estimate | None  # of that to the twins' best; None where a twin could choose among others
    validation: float | None  # validation accuracy at the last step, mean: what methods are chosen by
    pruned: Estimate | None  # test accuracy right after pruning, before any fine-tuning
    steps: float | None  # optimizer steps of the whole path, mean
    nonzero: float | None  # prunable weights that are not zero, mean
    prunable: float | None  # N, of the whole network
    reached: float | None  # final/sparsity, mean
    round: int | None = None  # of a ladder, which this is a rung of

    @property
    def level(self) -> float:
        """What tells it from other cells of its series: the sparsity that its trial asks for, reached or not."""
        return self.sparsity if self.target is None else self.target

    @property
    def density(self) -> float:
        """The fraction of weights asked to be kept."""
        return round(1 - self.sparsity, 12)

    @property
    def named(self) -> float:
        """The sparsity that sentences name."""
        return self.sparsity

    @property
    def by_seed(self) -> Mapping[int, float]:
        """Test accuracy at the last step."""
        return self.outcomes.by_seed

    @property
    def differences(self) -> Mapping[int, float]:
        """Of those to the twins', where both are there."""
        return self.to_twins.by_seed

    @property
    def outcome(self) -> Estimate | None:
        """What it is judged by: test accuracy at the last step."""
        return self.accuracy

    @property
    def gain(self) -> Estimate | None:
        """How much better than its twin: the difference, since of accuracy more is better."""
        return self.difference

    @property
    def asked_nonzero(self) -> float | None:
        """Prunable weights that its sparsity stands for."""
        return None if self.prunable is None else self.density * self.prunable

    @property
    def sized(self) -> bool:
        """Whether it has as many weights as were asked for."""
        if self.nonzero is None or self.asked_nonzero is None:
            return False
        return equal_size(self.nonzero, self.asked_nonzero)

    @property
    def score(self) -> float | None:
        """What it is chosen by, more is better."""
        return self.validation

    def ahead_of(self, other: Cell, confidence: float) -> Estimate | None:
        """How much better than another cell on the test set, paired by seed."""
        return self.outcomes.minus(other.outcomes).estimate(confidence, CHANGE)

    @property
    def unpruned(self) -> bool:
        """Whether nothing was removed."""
        return self.sparsity == 0 and not self.series.control

    @property
    def at(self) -> str:
        """Its sparsity in words; of a twin that its method stands for, also what it is."""
        twin = self.unpruned and self.round is None and not self.series.dense
        return f"{level(self.sparsity)} (its twin)" if twin else level(self.sparsity)
