"""The headline of the section on cost: whether files are smaller, and whether training is faster."""

from __future__ import annotations

from dashboards.numbers.cost.costs import CellCost
from dashboards.numbers.cost.epochs import Speed
from dashboards.read.series import Series
from dashboards.sections.cost.numbers import Numbers
from dashboards.statistics.estimates import ENOUGH, is_clear

UNTOLD = f"It takes {ENOUGH} seeds to tell whether training is faster"


def finding(numbers: Numbers) -> str:
    """Of networks with zeros, where there are any; else of all that are smaller than the dense network."""
    sparsest = _sparsest(numbers.costs)
    zeros = {series for series, cost in sparsest.items() if cost.left_out is not None}
    series = zeros or set(sparsest)
    subject = "Sparsity" if zeros else "A smaller network"
    files = _files([cost for key, cost in sparsest.items() if key in series], numbers.costs)
    speed = _speed([row for row in numbers.speeds if row.cell.series in series], numbers.confidence)
    verdicts = [f"{subject} {files} here" if files else "", _sentence("It" if files else subject, speed)]
    return ". ".join(verdict for verdict in verdicts if verdict)


def _sentence(subject: str, speed: str) -> str:
    return speed if speed in ("", UNTOLD) else f"{subject} {speed}"


def _sparsest(costs: tuple[CellCost, ...]) -> dict[Series, CellCost]:
    """Each series at its sparsest level."""
    ordered = sorted((cost for cost in costs if cost.cell.level > 0), key=lambda cost: cost.cell.level)
    return {cost.cell.series: cost for cost in ordered}


def _files(sparsest: list[CellCost], costs: tuple[CellCost, ...]) -> str:
    """What sparsity does to bytes, against the dense network of the same workload."""
    full = {cost.cell.series.workload: cost.bytes for cost in costs if cost.cell.unpruned and cost.bytes}
    pairs = [(cost.bytes, full.get(cost.cell.series.workload) or cost.dense) for cost in sparsest]
    smaller = [size < whole for size, whole in pairs if size is not None and whole is not None]
    if not smaller:
        return ""
    return "makes files smaller" if all(smaller) else "makes some files smaller" if any(smaller) else "saves no bytes"


def _speed(rows: list[Speed], confidence: float) -> str:
    """What the seeds tell of training time."""
    if not rows:
        return ""
    clear = [row for row in rows if is_clear(row.p_value, confidence)]
    faster = [row for row in clear if row.times.mean < 1]
    if all(row.p_value is None for row in rows):
        return UNTOLD
    if len(faster) == len(rows):
        return "makes training faster"
    if faster:
        return f"makes training faster with {len(faster)} of {len(rows)} methods"
    return "makes training slower" if len(clear) == len(rows) else "does not make training faster"
