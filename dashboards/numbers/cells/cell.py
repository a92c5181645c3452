"""A cell: one series at one sparsity over its seeds, with its outcomes and its differences to dense."""

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

Split = Literal["test", "validation"]  # validation if there is no test split


@dataclass(frozen=True)
class Cell:
    """One series at one sparsity, over its seeds.

    Values are in the unit of the outcome. Differences are value minus twin. Gains are positive if a network is better
    than its twin. Counts are numbers of weights.

    A diverged run counts at chance level; without a chance level it counts only as failed. The draws of a control at
    one seed count as one value, their mean: they share one ladder, so they give no evidence on other seeds. The twin of
    a control is the main run of its rung. All other twins are dense networks with equal training.
    """

    series: Series
    outcome: OutcomeEntry  # the outcome that judges it
    split: Split  # of the values; test if no run has finished
    sparsity: float  # as planned, in [0, 1); as measured if no sparsity was planned
    target: float | None  # the trial's planned sparsity, reached or not; None: no target
    runs: tuple[str, ...]  # finished runs, by seed
    outcomes: Outcomes  # at the last step
    to_twins: Outcomes  # outcomes minus those of the twins, for seeds with both
    twins: float | None  # mean value of those twins
    planned: int  # runs: one per seed, more for draws of controls
    failed: int  # with the diverged runs
    diverged: int
    missing: int  # neither finished nor failed
    value: Estimate | None  # at the last step
    converged: Estimate | None  # value without the diverged runs
    difference: Estimate | None  # to the twins, paired by seed; None without pairs
    best: Estimate | None  # on the test split at the best checkpoint, chosen on the validation set
    best_difference: Estimate | None  # best minus the twins' best; None if a twin chose among other checkpoints
    validation: float | None  # mean on the validation split at the last step; methods are chosen by it
    pruned: Estimate | None  # on the test split right after pruning, before any fine-tuning
    loss: float | None  # mean on the split, in the unit of the training loss
    validation_loss: float | None
    perplexity: float | None  # language models only; depends on the tokenizer
    dead: float | None  # fraction of units with in- or out-degree 0
    steps: float | None  # mean optimizer steps of the whole path
    nonzero: float | None  # mean number of nonzero prunable weights
    kept: float | None  # mean number of weights that the masks keep; those that were regrown last are zero at first
    prunable: float | None  # number of prunable weights in the network
    reached: float | None  # mean of final/sparsity
    round: int | None = None  # of the ladder with this rung

    @property
    def level(self) -> float:
        """The sparsity that identifies a cell in its series: the trial's planned one, reached or not."""
        return self.sparsity if self.target is None else self.target

    @property
    def density(self) -> float:
        """The planned fraction of remaining weights; the measured one if none was planned."""
        return round(1 - self.sparsity, 12)

    @property
    def by_seed(self) -> Mapping[int, float]:
        """Values at the last step, by seed."""
        return self.outcomes.by_seed

    @property
    def differences(self) -> Mapping[int, float]:
        """Differences to the twins, by seed."""
        return self.to_twins.by_seed

    @property
    def gains(self) -> Mapping[int, float]:
        """Gains on the twins, by seed."""
        return {seed: self.outcome.gain(value) for seed, value in self.differences.items()}

    @property
    def gain(self) -> Estimate | None:
        """Gain on the twins."""
        return self._turned(self.difference)

    @property
    def best_gain(self) -> Estimate | None:
        """Gain on the twins at the best checkpoint."""
        return self._turned(self.best_difference)

    @property
    def to_dense(self) -> Estimate | None:
        """The difference to a dense twin; None for controls, since their twins are not dense."""
        return None if self.series.control else self.difference

    @property
    def asked_nonzero(self) -> float | None:
        """Number of remaining weights at the planned sparsity."""
        return None if self.prunable is None else round(1 - self.level, 12) * self.prunable

    @property
    def size(self) -> float | None:
        """Number of weights: what the masks keep if that is as planned, else the nonzero ones.

        A regrown weight whose input is always 0 stays zero, but its place is in the mask. Masks that keep more than
        planned hold nothing at zero: their method zeroes weights that may change again.
        """
        if self.kept is None or self.asked_nonzero is None or not equal_size(self.kept, self.asked_nonzero):
            return self.nonzero
        return self.kept

    @property
    def sized(self) -> bool:
        """Whether the number of weights is as planned."""
        if self.size is None or self.asked_nonzero is None:
            return False
        return equal_size(self.size, self.asked_nonzero)

    @property
    def arrived(self) -> bool:
        """Whether it ends at its planned sparsity or above. Weights that masks do not hold may become nonzero again."""
        if self.sparsity >= self.level:
            return True
        return self.reached is not None and equal_size(1 - self.reached, 1 - self.level)

    @property
    def score(self) -> float | None:
        """The score for choosing a cell, on validation; more is better."""
        return None if self.validation is None else self.outcome.gain(self.validation)

    def ahead_of(self, other: Cell, confidence: float) -> Estimate | None:
        """Gain on another cell with the same outcome, paired by seed."""
        difference = self.outcomes.minus(other.outcomes).estimate(confidence, possible_change(self.outcome))
        return self._turned(difference)

    @property
    def unpruned(self) -> bool:
        """Whether no weights were removed."""
        return self.level == 0 and not self.series.control

    @property
    def copied(self) -> bool:
        """Whether it is a control of masks at initialisation: its layers, its size and its price are the main runs'."""
        return self.series.control and self.round is None

    @property
    def at(self) -> str:
        """The sparsity in words, with a note for a twin listed under its method."""
        twin = self.unpruned and self.round is None and not self.series.dense
        return f"{level(self.level)} (its twin)" if twin else level(self.level)

    def _turned(self, difference: Estimate | None) -> Estimate | None:
        return -difference if difference and not self.outcome.more_is_better else difference
