"""How long a network in some format takes for a batch, on one machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from statistics import fmean
from typing import Any

from dashboards import schema

NAME, THREADS = (tag.removeprefix("sparsity.") for tag in (schema.DEPLOY_MACHINE, schema.DEPLOY_THREADS))
Row = Mapping[str, Any]  # one of Results.runs


@dataclass(frozen=True)
class Machine:
    """Where latencies were measured; None: not recorded."""

    name: str | None
    threads: str | None


@dataclass(frozen=True)
class BatchLatency:
    """Seconds for a batch: means over the measured seeds of the median and of the quartiles."""

    median: float
    low: float | None
    high: float | None
    times: float | None  # ratio to the dense network as a dense file, by seed


def machine(row: Row) -> Machine:
    """Where a run's latencies were measured."""
    return Machine(*(str(row[tag]) if isinstance(row.get(tag), str | int) else None for tag in (NAME, THREADS)))


def timed(row: Row) -> bool:
    """Whether any latency of a run was measured."""
    return any(_latency(name) and isfinite(row[name]) for name in row)


def busiest(rows: Iterable[Row]) -> Machine | None:
    """The machine that timed most runs; None without any."""
    counts = Counter(machine(row) for row in rows if timed(row))
    return min(counts, key=lambda one: (-counts[one], one.name or "", one.threads or ""), default=None)


def untimed(row: Row) -> Row:
    """The run without its latencies."""
    return {name: value for name, value in row.items() if not _latency(name)}


def latency(pairs: Iterable[tuple[Row, Row | None]], form: str, batch: int) -> BatchLatency | None:
    """Of runs in a format, each with its dense network; None where no run was timed."""
    pairs = tuple(pairs)
    median, low, high = (mean_of(figure(row, form, metric) for row, _ in pairs) for metric in schema.LATENCIES[batch])
    name = schema.LATENCIES[batch][0]
    ratios = (ratio(figure(row, form, name), figure(dense, "dense", name)) for row, dense in pairs)
    return None if median is None else BatchLatency(median, low, high, mean_of(ratios))


def figure(row: Row | None, form: str, metric: str, outcome: str = "") -> float | None:
    """What a run recorded in a format; None if it did not."""
    return None if row is None else known(row, schema.deployed(metric, form, outcome))


def known(row: Row, metric: str) -> float | None:
    """What a run recorded; None if it did not."""
    found = row.get(metric)
    return found if found is not None and isfinite(found) else None


def ratio(own: float | None, other: float | None) -> float | None:
    """None where either is unknown."""
    return own / other if own is not None and other else None


def mean_of(values: Iterable[float | None]) -> float | None:
    """The mean of those that are known."""
    found = [value for value in values if value is not None]
    return fmean(found) if found else None


def _latency(column: str) -> bool:
    return column.startswith("deploy/") and "/latency_" in column
