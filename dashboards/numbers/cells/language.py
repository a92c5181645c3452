"""What language models come to, cell by cell: bits per character at the last step, of which fewer are better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from statistics import fmean
from typing import Literal

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells, mean, rows_of
from dashboards.numbers.cells.outcomes import Outcomes, outcomes
from dashboards.read.examples import ExampleOutcomes
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import POSITIVE, Estimate, adjusted, estimate
from dashboards.statistics.sizes import equal_size

METRIC = "final/{split}_bits_per_character"
Split = Literal["test", "validation"]
SPLITS: dict[str, Split] = {"test": "test", "val": "validation"}  # without a test split the validation split has to do


@dataclass(frozen=True)
class TextCell:
    """One cell of language models. A run that diverged has no figure to count at, and is only counted as failed."""

    cell: Cell
    split: Split  # whose bits these are; where no run has finished, test
    outcomes: Outcomes  # bits per character
    bits: Estimate | None
    twins: float | None  # what the twins take, mean
    difference: Estimate | None  # to the twins, paired by seed: above 0 is worse
    loss: float | None  # of the same split, nats per token
    perplexity: float | None  # of it: comes of the tokens too, so that other tokenizers have others
    validation: float | None  # bits per character of the validation split: what is chosen by
    validation_loss: float | None
    dead: float | None  # fraction of units with in- or out-degree 0

    @property
    def series(self) -> Series:
        """Of the cell."""
        return self.cell.series

    @property
    def level(self) -> float:
        """The sparsity that was asked for."""
        return self.cell.level

    @property
    def named(self) -> float:
        """The sparsity that sentences name."""
        return self.level

    @property
    def sparsity(self) -> float:
        """That was reached, the mean over runs; asked for where none has finished."""
        return self.level if self.cell.reached is None else self.cell.reached

    @property
    def density(self) -> float:
        """The fraction of weights that is not zero."""
        return 1 - self.sparsity

    @property
    def sized(self) -> bool:
        """Whether the networks end with as many weights as were asked for."""
        return equal_size(self.density, 1 - self.level)

    @property
    def arrived(self) -> bool:
        """Whether they end as sparse as they were to be, or sparser: weights that are let go do not stay zero."""
        return self.sized or self.sparsity > self.level

    @property
    def steps(self) -> float | None:
        """Optimizer steps of the whole path, mean."""
        return self.cell.steps

    @property
    def nonzero(self) -> float | None:
        """Prunable weights that are not zero, mean."""
        return self.cell.nonzero

    @property
    def by_seed(self) -> Mapping[int, float]:
        """Bits per character."""
        return self.outcomes.by_seed

    @property
    def outcome(self) -> Estimate | None:
        """What it is judged by: bits per character."""
        return self.bits

    @property
    def gain(self) -> Estimate | None:
        """How much better than its twin: of bits fewer are better."""
        return None if self.difference is None else -self.difference

    @property
    def score(self) -> float | None:
        """What it is chosen by, more is better."""
        return None if self.validation is None else -self.validation

    def ahead_of(self, other: TextCell, confidence: float) -> Estimate | None:
        """How many bits fewer than another cell it takes, paired by seed."""
        return other.outcomes.minus(self.outcomes).estimate(confidence)

    @property
    def to_dense(self) -> Estimate | None:
        """The difference where the twin is a dense network."""
        return None if self.series.control or self.series.dense else self.difference


def language(results: Results) -> tuple[TextCell, ...]:
    """Every cell, series by series, from dense to sparse; none where no run has bits per character."""
    runs = results.runs
    found: dict[str, float] = {}
    split_of: dict[str, str] = {}
    for split in reversed(SPLITS):  # the test split last, since it counts where there are both
        metric = METRIC.format(split=split)
        values = zip(runs["run"], runs[metric], strict=True) if metric in runs else ()
        there = {run: value for run, value in values if isfinite(value)}
        found |= there
        split_of |= dict.fromkeys(there, split)
    if not found:
        return ()
    seed_of = dict(zip(runs["run"], runs["seed"], strict=True))
    twin_of = {run: twin for run, twin in zip(runs["run"], runs["twin"], strict=True) if twin in found}
    known = KnownTexts(found, split_of, seed_of, twin_of, results.examples)
    return tuple(_text_cell(cell, results, known) for cell in cells(results))


@dataclass(frozen=True)
class KnownTexts:
    """What is known of single runs of language models, by their names."""

    bits: Mapping[str, float]
    split_of: Mapping[str, str]  # whose bits these are
    seed_of: Mapping[str, int]
    twin_of: Mapping[str, str]  # of those whose twin has bits too
    examples: Mapping[str, ExampleOutcomes]

    def outcomes(self, runs: Iterable[tuple[str, str]]) -> Outcomes:
        """Of runs, each with the one at whose seed it counts."""
        return outcomes((self.seed_of[at], self.bits[run], self._examples(run)) for run, at in runs)

    def _examples(self, run: str) -> ExampleOutcomes | None:
        found = self.examples.get(run)
        return found if found and found.split == self.split_of[run] else None


def _text_cell(cell: Cell, results: Results, known: KnownTexts) -> TextCell:
    rows, confidence = rows_of(cell, results), results.confidence
    own = [run for run in cell.runs if run in known.bits]
    split = known.split_of[own[0]] if own else "test"
    ours = known.outcomes((run, run) for run in own)
    pairs = [(run, known.twin_of[run]) for run in own if run in known.twin_of]
    paired, twins = known.outcomes((run, run) for run, _ in pairs), known.outcomes((twin, run) for run, twin in pairs)
    return TextCell(
        cell, SPLITS[split], ours, estimate(list(ours.by_seed.values()), confidence, POSITIVE),
        twins=fmean(twins.by_seed.values()) if pairs else None,
        difference=paired.minus(twins).estimate(confidence),
        loss=mean(rows, f"final/{split}_loss"),
        perplexity=mean(rows, f"final/{split}_perplexity"),
        validation=mean(rows, METRIC.format(split="val")),
        validation_loss=mean(rows, "final/val_loss"),
        dead=mean(rows, "dead_neurons/overall"),
    )  # fmt: skip


def p_values(found: tuple[TextCell, ...], test: Literal["t", "signed_rank"] = "t") -> list[float | None]:
    """Of each difference to a dense twin, adjusted by Holm over all with seeds enough for a verdict."""
    return adjusted([one.to_dense if one.level > 0 else None for one in found], test)
