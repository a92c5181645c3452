"""A cell: a series at one sparsity, over its seeds. What came of it, and how far it is from dense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dashboards.numbers.cells.outcomes import Outcomes, possible_change
from dashboards.plan_file import OutcomeEntry
from dashboards.read.series import Series
from dashboards.statistics.estimates import Estimate
from dashboards.statistics.sizes import equal_size
from dashboards.words.formats import level

Split = Literal["test", "validation"]  # without a test split the validation split has to do


@dataclass(frozen=True)
class Cell:
    """Values are in the unit of the outcome, differences are those to the twins as they are, gains are above 0 where a
    network is better than its twin; counts are of weights.

    A run that diverged counts at chance level; where there is none, it is only counted as failed. The draws of a
    control at one seed count as one, at their mean: they share the ladder that they branch off, so that they say
    nothing about other seeds. The twin of a control is the main run of its rung, all others' is a dense network that
    was trained as long."""

    series: Series
    outcome: OutcomeEntry  # what it is judged by
    split: Split  # whose values these are; where no run has finished, test
    sparsity: float  # that it was to have, in [0, 1); where only measuring tells, as reached
    target: float | None  # that its trial asks for, reached or not; None: there is none
    runs: tuple[str, ...]  # finished ones, by seed
    outcomes: Outcomes  # at the last step
    to_twins: Outcomes  # the same less that of the twins, where both are there
    twins: float | None  # what those twins reach, mean
    planned: int  # runs: one a seed, but for the draws of controls
    failed: int  # diverged ones included
    diverged: int
    missing: int  # neither finished nor failed
    value: Estimate | None  # at the last step
    converged: Estimate | None  # the same without the runs that diverged
    difference: Estimate | None  # to the twins, paired by seed; None where there are no pairs
    best: Estimate | None  # on the test split at the best checkpoint, chosen on the validation set
    best_difference: Estimate | None  # of that to the twins' best; None where a twin could choose among others
    validation: float | None  # on the validation split at the last step, mean: what methods are chosen by
    pruned: Estimate | None  # on the test split right after pruning, before any fine-tuning
    loss: float | None  # of the split, in the unit of the training loss, mean
    validation_loss: float | None
    perplexity: float | None  # of language models: comes of the tokens too, so that other tokenizers have others
    dead: float | None  # fraction of units with in- or out-degree 0
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
        """The fraction of weights asked to be kept; where only measuring tells, that is."""
        return round(1 - self.sparsity, 12)

    @property
    def by_seed(self) -> Mapping[int, float]:
        """Values at the last step."""
        return self.outcomes.by_seed

    @property
    def differences(self) -> Mapping[int, float]:
        """Of those to the twins', where both are there."""
        return self.to_twins.by_seed

    @property
    def gains(self) -> Mapping[int, float]:
        """How much better than its twin each seed is."""
        return {seed: self.outcome.gain(value) for seed, value in self.differences.items()}

    @property
    def gain(self) -> Estimate | None:
        """How much better than its twin."""
        return self._turned(self.difference)

    @property
    def best_gain(self) -> Estimate | None:
        """The same at the best checkpoint."""
        return self._turned(self.best_difference)

    @property
    def to_dense(self) -> Estimate | None:
        """The difference where the twin is a dense network; a control's is not."""
        return None if self.series.control else self.difference

    @property
    def asked_nonzero(self) -> float | None:
        """Prunable weights that its sparsity stands for."""
        return None if self.prunable is None else round(1 - self.level, 12) * self.prunable

    @property
    def sized(self) -> bool:
        """Whether it has as many weights as were asked for."""
        if self.nonzero is None or self.asked_nonzero is None:
            return False
        return equal_size(self.nonzero, self.asked_nonzero)

    @property
    def arrived(self) -> bool:
        """Whether it ends as sparse as it was to be, or sparser: weights that are let go do not stay zero."""
        if self.sparsity >= self.level:
            return True
        return self.reached is not None and equal_size(1 - self.reached, 1 - self.level)

    @property
    def score(self) -> float | None:
        """What it is chosen by, more is better."""
        return None if self.validation is None else self.outcome.gain(self.validation)

    def ahead_of(self, other: Cell, confidence: float) -> Estimate | None:
        """How much better than another cell of its outcome, paired by seed."""
        found = self.outcomes.minus(other.outcomes).estimate(confidence, possible_change(self.outcome))
        return self._turned(found)

    @property
    def unpruned(self) -> bool:
        """Whether nothing was removed."""
        return self.level == 0 and not self.series.control

    @property
    def at(self) -> str:
        """Its sparsity in words; of a twin that its method stands for, also what it is."""
        twin = self.unpruned and self.round is None and not self.series.dense
        return f"{level(self.level)} (its twin)" if twin else level(self.level)

    def _turned(self, difference: Estimate | None) -> Estimate | None:
        return -difference if difference and not self.outcome.more_is_better else difference
