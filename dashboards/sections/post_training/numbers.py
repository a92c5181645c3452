"""What the section on pruning after training shows, and what it calls it."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards import schema
from dashboards.numbers.answer.comparison import Comparison
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.post_training.reconstruction import METHODS, Reconstruction, reconstructions, rivals
from dashboards.read.results import Results
from dashboards.read.series import labels
from dashboards.words.units import Unit, unit

SOLVED = "with reconstruction"


@dataclass(frozen=True)
class Numbers:
    """Every criterion at every amount, and simpler criteria against more complex ones."""

    found: tuple[Reconstruction, ...]
    rivals: tuple[Comparison, ...]
    names: dict[frozenset, str]  # of criteria
    unit: Unit
    confidence: float

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All networks."""
        return tuple(network.cell for one in self.found for network in one.networks)

    def name(self, cell: Cell) -> str:
        """What a network is called in a sentence that names its amount."""
        label = self.names[self.of(cell).criterion]
        return f"{label} {SOLVED}" if cell.series.reconstructed else label

    def of(self, cell: Cell) -> Reconstruction:
        """The criterion and the amount of a network."""
        return next(one for one in self.found if any(network.cell is cell for network in one.networks))


def summarize(results: Results) -> Numbers | None:
    """None without a criterion for masks after training: magnitudes alone leave no question open."""
    found = reconstructions(results)
    if all(one.method == METHODS[0] and one.solved is None for one in found):
        return None
    criteria = list(dict.fromkeys(one.criterion for one in found))
    names = dict(zip(criteria, labels([dict(one) for one in criteria], schema.METHOD), strict=True))
    return Numbers(found, rivals(found, results.confidence), names, unit(results.outcome), results.confidence)
