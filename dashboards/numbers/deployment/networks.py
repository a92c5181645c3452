"""Finished networks in the formats that they were converted to: files, latencies and outcomes, as measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboards import schema
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import LAST, cells
from dashboards.numbers.cells.outcomes import Outcomes, per_seed, possible_change, possible_values
from dashboards.numbers.deployment.latency import (
    BatchLatency,
    Machine,
    Row,
    busiest,
    figure,
    known,
    latency,
    machine,
    mean_of,
    ratio,
    timed,
    untimed,
)
from dashboards.read.results import Results
from dashboards.statistics.estimates import Estimate

BYTES, COMPRESSED, OUTCOME, DIFFERENCE = schema.DEPLOY_METRICS
DENSE_BYTES, CSR_BYTES, NONZERO, LAYER = (
    "cost/dense_bytes", "cost/csr_bytes", "final/nonzero_parameters", "layer_weights/"
)  # fmt: skip
COLUMNS = ("run", "twin", "seed", "deploy", "final/", "cost/", LAYER)  # beginnings of the names that are read
VALUE, BITS = 4, 8  # bytes of a weight, and weights to a byte of a mask


@dataclass(frozen=True)
class Conversion:
    """A cell in one format: means over the seeds that were measured in it. None where no run recorded it."""

    cell: Cell
    form: str  # one of schema.FORMATS
    seeds: tuple[int, ...]
    bytes: float | None  # of the file
    compressed: float | None  # bytes of the compressed file
    counted: float | None  # bytes by arithmetic
    share: float | None  # bytes, of those of the dense network as a dense file
    latencies: Mapping[int, BatchLatency]  # by the examples in a batch
    outcomes: Outcomes  # after the conversion, on the test split
    value: Estimate | None  # their mean
    change: Estimate | None  # by the conversion, paired by seed
    difference: float | None  # the largest of any output

    @property
    def validation(self) -> float | None:
        """The cell's outcome on the validation split, with the change by the conversion, which only test tells."""
        if self.cell.validation is None or self.change is None:
            return None
        return self.cell.validation + self.change.mean


@dataclass(frozen=True)
class DeployedNetwork:
    """A cell in its formats, and the cell of its dense twins; a dense network is its own."""

    cell: Cell
    twins: Cell | None
    conversions: Mapping[str, Conversion]  # by format, in the order of schema.FORMATS


@dataclass(frozen=True)
class DeployedNetworks:
    """All converted networks."""

    networks: tuple[DeployedNetwork, ...]
    machine: Machine | None  # where all their latencies were measured; None without any
    elsewhere: int  # runs that another machine timed, whose latencies are left out

    @property
    def conversions(self) -> tuple[Conversion, ...]:
        """Those of all networks."""
        return tuple(one for network in self.networks for one in network.conversions.values())


def deployment(results: Results) -> DeployedNetworks | None:
    """None where no finished network was converted. Controls are left out."""
    if not any(name.startswith("deploy/") for name in results.runs):
        return None
    table = results.runs[[name for name in results.runs if name.startswith(COLUMNS)]]
    rows: dict[str, Row] = {row["run"]: row for row in table.to_dict("records")}
    place = busiest(rows.values())
    elsewhere = {run for run, row in rows.items() if timed(row) and machine(row) != place}
    rows |= {run: untimed(rows[run]) for run in elsewhere}
    homes = {run: cell for cell in cells(results) for run in cell.runs}
    networks = [_network(cell, rows, homes, results.confidence) for cell in cells(results) if not cell.series.control]
    converted = tuple(network for network in networks if network.conversions)
    return DeployedNetworks(converted, place, len(elsewhere)) if converted else None


def _network(cell: Cell, rows: Mapping[str, Row], homes: Mapping[str, Cell], confidence: float) -> DeployedNetwork:
    runs = [rows[run] for run in cell.runs]
    dense = [rows.get(row["twin"], row if cell.unpruned else None) for row in runs]
    twins = next((homes[row["run"]] for row in dense if row is not None and row["run"] in homes), None)
    pairs = list(zip(runs, dense, strict=True))
    found = {form: one for form in schema.FORMATS if (one := _conversion(cell, form, pairs, confidence))}
    return DeployedNetwork(cell, twins, found)


def _conversion(
    cell: Cell, form: str, pairs: Sequence[tuple[Row, Row | None]], confidence: float
) -> Conversion | None:  # fmt: skip
    metric, measures = cell.outcome.metric, (*schema.DEPLOY_METRICS, *schema.LATENCY_METRICS)
    pairs = [pair for pair in pairs if any(figure(pair[0], form, name, metric) is not None for name in measures)]
    if not pairs:
        return None
    before, after = LAST.format(split="test", metric=metric), schema.deployed(OUTCOME, form, metric)
    outcomes, trained = (Outcomes(per_seed((row["seed"], row[name]) for row, _ in pairs if known(row, name)))
                         for name in (after, before))  # fmt: skip
    shares = (ratio(figure(row, form, BYTES), figure(dense, "dense", BYTES)) for row, dense in pairs)
    times = {batch: latency(pairs, form, batch) for batch in schema.BATCHES}
    differences = [figure(row, form, DIFFERENCE) for row, _ in pairs]
    return Conversion(
        cell, form, tuple(dict.fromkeys(row["seed"] for row, _ in pairs)),
        bytes=mean_of(figure(row, form, BYTES) for row, _ in pairs),
        compressed=mean_of(figure(row, form, COMPRESSED) for row, _ in pairs),
        counted=mean_of(_counted(row, form) for row, _ in pairs),
        share=mean_of(shares),
        latencies={batch: one for batch, one in times.items() if one},
        outcomes=outcomes,
        value=outcomes.estimate(confidence, possible_values(cell.outcome)),
        change=outcomes.minus(trained).estimate(confidence, possible_change(cell.outcome)),
        difference=max((one for one in differences if one is not None), default=None),
    )  # fmt: skip


def _counted(row: Row, form: str) -> float | None:
    """Bytes by arithmetic; a mask of bits stores the weights that are left and a bit for each prunable weight."""
    if form == "csr":
        return known(row, CSR_BYTES)
    dense, nonzero = known(row, DENSE_BYTES), known(row, NONZERO)
    if form == "dense":
        return dense
    if form != "bitmask" or dense is None or nonzero is None:
        return None
    weights = sum(known(row, name) or 0.0 for name in row if name.startswith(LAYER))
    return dense - VALUE * (weights - nonzero) + weights / BITS if weights else None
