"""Networks pruned after training and not trained on: masks alone, and with the layers solved again under them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dashboards import schema
from dashboards.numbers.answer.comparison import Comparison, comparison, with_p_values
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import cells, mean, rows_of
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.words.formats import level

METHODS = ("one_shot", "wanda", "sparsegpt")  # from the simplest criterion to the most complex
LAYER_ERROR, _ = schema.SOLVE_METRICS
FINE_TUNE = "method.fine_tune."


@dataclass(frozen=True)
class Amount:
    """How many weights go, on one network: a sparsity, or an N:M pattern."""

    network: frozenset
    sparsity: float | None  # None: the pattern tells
    pattern: str | None

    @property
    def name(self) -> str:
        """As a sentence has it."""
        return self.pattern or f"{level(self.sparsity or 0.0)} sparsity"

    @property
    def brief(self) -> str:
        """As a table has it."""
        return self.pattern or level(self.sparsity or 0.0)


@dataclass(frozen=True)
class PrunedNetwork:
    """A cell with its layer error."""

    cell: Cell
    layer_error: float | None  # relative squared error of the layers' outputs, mean over layers and seeds

    @property
    def reconstructed(self) -> bool:
        """Whether its layers are solved again."""
        return self.cell.series.reconstructed


@dataclass(frozen=True)
class Reconstruction:
    """One criterion at one amount: its masks alone, and with the layers solved again; one of the two may be missing."""

    criterion: frozenset  # the settings that both share, the amount left out
    amount: Amount
    alone: PrunedNetwork | None
    solved: PrunedNetwork | None
    comparison: Comparison | None = None  # solved against alone, paired by seed; p by Holm over all of the sweep

    @property
    def networks(self) -> tuple[PrunedNetwork, ...]:
        """Those of the two that there are."""
        return tuple(one for one in (self.alone, self.solved) if one)

    @property
    def method(self) -> str:
        """The method's name."""
        return self.networks[0].cell.series.method

    @property
    def best(self) -> PrunedNetwork:
        """The better of the two on validation; where that is unknown, masks alone."""
        return max(self.networks, key=lambda one: -float("inf") if one.cell.score is None else one.cell.score)


def is_post_training(series: Series) -> bool:
    """Whether its networks are pruned after training, and not trained on."""
    settings = dict(series.settings)
    lengths = [settings.get(f"{FINE_TUNE}{unit}") for unit in ("steps", "epochs")]
    trained_on = any(name.startswith(FINE_TUNE) for name in settings) and 0 not in lengths
    return series.method in METHODS and not series.control and not trained_on


def reconstructions(results: Results) -> tuple[Reconstruction, ...]:
    """Every criterion at every amount with a finished run, by criterion and amount, patterns last."""
    pairs: dict[tuple[frozenset, Amount], dict[bool, PrunedNetwork]] = {}
    for cell in cells(results):
        if is_post_training(cell.series) and cell.level > 0 and cell.value:
            network = PrunedNetwork(cell, mean(rows_of(cell, results), LAYER_ERROR))
            pairs.setdefault((_criterion(cell.series), _amount(cell)), {})[network.reconstructed] = network
    order = list(dict.fromkeys(criterion for criterion, _ in pairs))
    found = [Reconstruction(criterion, amount, both.get(False), both.get(True))
             for (criterion, amount), both in pairs.items()]  # fmt: skip
    found.sort(key=lambda one: (order.index(one.criterion), one.amount.pattern or "", one.amount.sparsity or 0.0))
    return _with_comparisons(found, results.confidence)


def _with_comparisons(found: Sequence[Reconstruction], confidence: float) -> tuple[Reconstruction, ...]:
    both = {place: comparison(one.solved.cell, one.alone.cell, confidence)
            for place, one in enumerate(found) if one.solved and one.alone}  # fmt: skip
    adjusted = dict(zip(both, with_p_values(list(both.values())), strict=True))
    return tuple(replace(one, comparison=adjusted.get(place)) for place, one in enumerate(found))


def _criterion(series: Series) -> frozenset:
    return frozenset(setting for setting in series.settings if setting[0] not in (schema.PATTERN, schema.RECONSTRUCT))


def _amount(cell: Cell) -> Amount:
    pattern = cell.series.pattern
    return Amount(cell.series.workload, None if pattern else cell.level, pattern)


def by_amount(found: Iterable[Reconstruction]) -> dict[Amount, list[Reconstruction]]:
    """The criteria at each amount, from dense to sparse, patterns last."""
    groups: dict[Amount, list[Reconstruction]] = {}
    for one in found:
        groups.setdefault(one.amount, []).append(one)
    order = sorted(groups, key=lambda amount: (amount.pattern or "", amount.sparsity or 0.0))
    return {amount: groups[amount] for amount in order}


def least_loss(group: Iterable[Reconstruction]) -> PrunedNetwork | None:
    """The best on validation of the networks of the size asked for; None without a validation set."""
    networks = [one for each in group for one in each.networks if one.cell.score is not None and one.cell.sized]
    return max(networks, key=lambda one: one.cell.score or 0.0, default=None)


def rivals(found: Iterable[Reconstruction], confidence: float) -> tuple[Comparison, ...]:
    """Each simpler criterion with reconstruction against each more complex one at the same amount.

    The more complex one stands with or without reconstruction, as is better on validation. Holm's adjustment covers
    all these comparisons.
    """
    pairs = [
        comparison(simple.solved.cell, other.best.cell, confidence)
        for group in by_amount(found).values() for simple in group for other in group
        if simple.solved and METHODS.index(simple.method) < METHODS.index(other.method)
    ]  # fmt: skip
    return with_p_values([pair for pair in pairs if pair.difference])
