"""The tables of deployment: every network in every format, break-even densities, pruning and quantization."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dashboards import schema
from dashboards.draw.section import Table, without_empty
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.deployment.break_even import BreakEven, Threshold
from dashboards.numbers.deployment.latency import BatchLatency
from dashboards.numbers.deployment.networks import Conversion
from dashboards.numbers.deployment.quantization import Quantization
from dashboards.sections.deployment.numbers import Numbers
from dashboards.statistics.estimates import Estimate
from dashboards.words import brief
from dashboards.words.formats import NONE
from dashboards.words.quantities import DURATIONS, PLAIN, SIZES, UnitScale, scale
from dashboards.words.units import Unit

NEVER, ALWAYS = "not within the levels measured", "at every level measured"


def tables(numbers: Numbers) -> tuple[Table, ...]:
    """The first has a row for each network and format."""
    rows = (_break_evens(numbers), _quantizations(numbers))
    return (_conversions(numbers), *(table for table in rows if table.rows))


def _conversions(numbers: Numbers) -> Table:
    words, every = numbers.unit, numbers.conversions
    sizes = _scale((amount for one in every for amount in (one.bytes, one.compressed, one.counted)), SIZES)
    times = {batch: _scale((one.latencies[batch].median for one in every if batch in one.latencies), DURATIONS)
             for batch in schema.BATCHES}  # fmt: skip
    columns = (
        "Network", "Format", f"On disk{_in(sizes)}", "Times smaller", f"Compressed{_in(sizes)}",
        f"Counted{_in(sizes)}",
        *(title for batch, unit in times.items()
          for title in (f"Batch of {batch}{_in(unit)}", f"{batch}, of dense")),
        words.heading, f"Change [{words.name}]", "Largest difference", "n",
    )  # fmt: skip
    rows = tuple(_row(one, words, sizes, times) for one in every)
    title = "Every network in every format, measured but for counted bytes"
    return without_empty(Table(title, columns, rows, frozenset(columns[:2]), grouped=True), set(columns[2:]))


def _row(one: Conversion, words: Unit, sizes: UnitScale, times: dict[int, UnitScale]) -> tuple[str, ...]:
    latencies = [(one.latencies.get(batch), unit) for batch, unit in times.items()]
    return (
        _named(one.cell), one.form, _known(one.bytes, sizes.bare), _known(one.share, lambda of: brief.factor(1 / of)),
        _known(one.compressed, sizes.bare), _known(one.counted, sizes.bare),
        *(cell for latency, unit in latencies for cell in (_seconds(latency, unit), _times(latency))),
        words.value(one.value.mean if one.value else None), words.bare(one.change.mean if one.change else None),
        _known(one.difference, "{:.2g}".format), str(len(one.seeds)),
    )  # fmt: skip


def _named(cell: Cell) -> str:
    return cell.series.label if cell.series.dense else f"{cell.series.label} at {cell.at}"


def _seconds(latency: BatchLatency | None, unit: UnitScale) -> str:
    """The median with its quartiles."""
    if latency is None:
        return NONE
    quartiles = [unit.bare(end) for end in (latency.low, latency.high) if end is not None]
    return unit.bare(latency.median) + (f" ({' to '.join(quartiles)})" if len(quartiles) > 1 else "")


def _times(latency: BatchLatency | None) -> str:
    return _known(latency.times if latency else None, "{:.2f}".format)


def _break_evens(numbers: Numbers) -> Table:
    columns = ("Method", "Format", "Smaller file", *(f"Faster batch of {batch}" for batch in schema.BATCHES))
    rows = tuple(_break_even(one) for one in numbers.break_evens)
    table = Table("Weights left below which a format beats the dense network", columns, rows,
                  frozenset({"Method", "Format"}), grouped=True)  # fmt: skip
    return without_empty(table, set(columns[2:]))


def _break_even(one: BreakEven) -> tuple[str, ...]:
    return (one.series.label, one.form, _density(one.bytes),
            *(_density(one.latencies[batch]) for batch in schema.BATCHES))  # fmt: skip


def _density(found: Threshold | None) -> str:
    if found is None:
        return NONE
    if found.density is None:
        return ALWAYS if found.ahead else NEVER
    return brief.share(found.density)


def _quantizations(numbers: Numbers) -> Table:
    words = numbers.unit
    minus = [f"{name} minus dense [{words.name}]" for name in ("Pruned", "int8", "Both")]
    columns = ("Method", "Sparsity", f"{words.heading}, dense", "Pruned", "int8", "Both", *minus,
               f"Both minus the sum of the two [{words.name}]", "n")  # fmt: skip
    rows = tuple(_quantization(one, words) for one in numbers.quantizations)
    table = Table("Pruning and int8, each alone and both", columns, rows, frozenset({"Method"}), grouped=True)
    return without_empty(table, set(columns[2:])) if rows else table


def _quantization(one: Quantization, words: Unit) -> tuple[str, ...]:
    values = (one.dense, one.pruned, one.quantized, one.both)
    changes = (one.pruned_change, one.quantized_change, one.both_change, one.beyond)
    return (
        one.cell.series.label, one.cell.at, *(words.value(value.mean if value else None) for value in values),
        *(_change(change, words) for change in changes), str(one.both.n if one.both else 0),
    )  # fmt: skip


def _change(change: Estimate | None, words: Unit) -> str:
    if change is None:
        return NONE
    return words.bare(change.mean) + (f" ({words.ends(change)})" if change.interval else "")


def _scale(amounts: Iterable[float | None], scales: tuple[UnitScale, ...]) -> UnitScale:
    known = [amount for amount in amounts if amount]
    return scale(known, scales) if known else PLAIN


def _in(unit: UnitScale) -> str:
    return f" [{unit.word or 'bytes'}]"


def _known(amount: float | None, words: Callable[[float], str]) -> str:
    return NONE if amount is None else words(amount)
