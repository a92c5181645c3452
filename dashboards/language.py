"""What language models come to, cell by cell: bits per character at the last step, of which fewer are better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from dashboards.cells import Cell, cells, mean, per_seed, rows_of
from dashboards.comparison import EQUAL_SIZE
from dashboards.results import Results
from dashboards.series import Series
from dashboards.statistics import Estimate, adjusted, estimate

METRIC = "final/{split}_bits_per_character"
SPLITS = {"test": "test", "val": "validation"}  # where the text has no test split, the validation split has to do


@dataclass(frozen=True)
class TextCell:
    """One cell of language models. A run that diverged has no figure to count at, and is only counted as failed."""

    cell: Cell
    split: Literal["test", "validation"] | None  # whose bits these are; None: no run has finished
    by_seed: Mapping[int, float]  # bits per character
    bits: Estimate | None
    difference: Estimate | None  # to the twins, paired by seed: above 0 is worse
    gain: Estimate | None  # the same with its sign turned: above 0 is better
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
    def sparsity(self) -> float:
        """That was reached, the mean over runs; asked for where none has finished."""
        return self.level if self.cell.reached is None else self.cell.reached

    @property
    def density(self) -> float:
        """The fraction of weights that is not zero."""
        return 1 - self.sparsity

    @property
    def arrived(self) -> bool:
        """Whether the networks end as sparse as they were to be: weights that are let go do not stay zero."""
        return self.sparsity >= self.level - EQUAL_SIZE

    @property
    def steps(self) -> float | None:
        """Optimizer steps of the whole path, mean."""
        return self.cell.steps

    @property
    def to_dense(self) -> Estimate | None:
        """The difference where the twin is a dense network."""
        return None if self.series.control or self.series.dense else self.difference


def language(results: Results) -> tuple[TextCell, ...]:
    """Every cell, series by series, from dense to sparse; none where no run has bits per character."""
    found, split_of = {}, {}
    for split in reversed(SPLITS):  # the test split last, since it counts where there are both
        metric = METRIC.format(split=split)
        values = dict(zip(results.runs["run"], results.runs.get(metric, ())))
        there = {run: value for run, value in values.items() if isfinite(value)}
        found |= there
        split_of |= dict.fromkeys(there, split)
    if not found:
        return ()
    twin_of = dict(zip(results.runs["run"], results.runs["twin"]))
    return tuple(_text_cell(cell, results, found, split_of, twin_of) for cell in cells(results))


def _text_cell(
    cell: Cell, results: Results, bits: Mapping[str, float], split_of: Mapping[str, str], twin_of: Mapping[str, object]
) -> TextCell:  # fmt: skip
    rows, confidence = rows_of(cell, results), results.confidence
    seed_of = dict(zip(results.runs["run"], results.runs["seed"]))
    own = [run for run in cell.runs if run in bits]
    split = split_of[own[0]] if own else "test"
    by_seed = per_seed((seed_of[run], bits[run]) for run in own)
    pairs = per_seed((seed_of[run], bits[run] - bits[twin_of[run]]) for run in own if twin_of[run] in bits)
    return TextCell(
        cell, SPLITS[split] if own else None, by_seed, estimate(list(by_seed.values()), confidence),
        difference=estimate(list(pairs.values()), confidence),
        gain=estimate([-value for value in pairs.values()], confidence),
        loss=mean(rows, f"final/{split}_loss"),
        perplexity=mean(rows, f"final/{split}_perplexity"),
        validation=mean(rows, METRIC.format(split="val")),
        validation_loss=mean(rows, "final/val_loss"),
        dead=mean(rows, "dead_neurons/overall"),
    )  # fmt: skip


def p_values(
    found: tuple[TextCell, ...], test: Literal["p_value", "signed_rank"] = "p_value"
) -> list[float | None]:
    """Of each difference to a dense twin, adjusted by Holm over all with seeds enough for a verdict."""
    return adjusted([one.to_dense if one.level > 0 else None for one in found], test)
