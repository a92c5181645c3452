"""What the section on deployment shows."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, replace

from dashboards import schema
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cost.prices import Candidate, candidates, front
from dashboards.numbers.deployment.break_even import BreakEven, break_evens
from dashboards.numbers.deployment.cheapest import Bargain, cheapest
from dashboards.numbers.deployment.networks import Conversion, DeployedNetworks, deployment
from dashboards.numbers.deployment.quantization import Quantization, quantizations
from dashboards.read.results import Results
from dashboards.sections.cost.numbers import PriceAxis, PricePanel
from dashboards.words.quantities import duration, size
from dashboards.words.units import Unit, unit

DENSE = schema.FORMATS[0]
MARKERS = dict(zip(schema.FORMATS, ("circle", "hexagon", "triangle-up", "square", "diamond", "x"), strict=True))


def seconds(batch: int) -> Callable[[Conversion], float | None]:
    """The median seconds of a conversion for a batch; None if it was not timed."""
    return lambda one: one.latencies[batch].median if batch in one.latencies else None


BYTES = PriceAxis("bytes", "bytes on disk", "What a file takes", lambda one: one.bytes, size, "", "", measured=True)
AXES = (
    BYTES,
    *(PriceAxis(f"latency-{batch}", f"latency, batch of {batch}", f"How long a batch of {batch} takes", seconds(batch),
                duration, "", "", measured=True) for batch in schema.BATCHES),
)  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """All converted networks, and what follows from them."""

    deployment: DeployedNetworks
    panels: tuple[PricePanel, ...]  # those with two prices or more
    break_evens: tuple[BreakEven, ...]
    quantizations: tuple[Quantization, ...]
    smallest: Bargain | None
    fastest: dict[int, Bargain]  # by the examples in a batch
    unit: Unit
    confidence: float

    @property
    def conversions(self) -> tuple[Conversion, ...]:
        """Those of all networks."""
        return self.deployment.conversions


def summarize(results: Results) -> Numbers | None:
    """None where no network was converted."""
    found = deployment(results)
    if found is None:
        return None
    networks, confidence = found.networks, results.confidence
    panels = tuple(panel for axis in AXES if len((panel := _panel(axis, found.conversions)).prices) > 1)
    fastest = {batch: cheapest(networks, seconds(batch), confidence) for batch in schema.BATCHES}
    return Numbers(
        found, panels, break_evens(networks), quantizations(networks, confidence),
        cheapest(networks, BYTES.of, confidence), {batch: one for batch, one in fastest.items() if one},
        unit(results.outcome), confidence,
    )  # fmt: skip


def _panel(axis: PriceAxis, conversions: tuple[Conversion, ...]) -> PricePanel:
    """Nothing else ran beside these measurements, so that there is a front."""
    priced = [(one, _as_cell(one), price) for one in conversions if one.value and (price := axis.of(one))]
    prices = tuple((cell, price) for _, cell, price in priced)
    options = candidates(prices)
    dense = {id(cell) for one, cell, _ in priced if one.cell.unpruned and one.form == DENSE}
    return PricePanel(axis, prices, options, _with_dense(front(options), options, dense))


def _as_cell(one: Conversion) -> Cell:
    """The converted network as a cell of a series of its own, whose mark is that of the format."""
    series = replace(one.cell.series, label=f"{one.cell.series.label}, {one.form}", marker=MARKERS[one.form])
    return replace(one.cell, series=series, outcomes=one.outcomes, value=one.value, validation=one.validation)


def _with_dense(
    members: tuple[Candidate, ...], options: tuple[Candidate, ...], dense: Set[int]
) -> tuple[Candidate, ...]:  # fmt: skip
    """The front with the best dense network as a dense file, the reference for all others."""
    references = [option for option in options if id(option.cell) in dense]
    if not references or any(id(member.cell) in dense for member in members):
        return members
    return tuple(sorted((*members, max(references, key=lambda one: one.score)), key=lambda member: member.price))
