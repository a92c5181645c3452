"""What the section on deployment says in words."""

from __future__ import annotations

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.deployment.cheapest import Bargain
from dashboards.numbers.deployment.networks import Conversion
from dashboards.numbers.deployment.quantization import Quantization
from dashboards.read.series import Series
from dashboards.sections.deployment.numbers import Numbers
from dashboards.words import brief
from dashboards.words.formats import capital, level, listed
from dashboards.words.quantities import duration, size
from dashboards.words.units import Unit

FIRST = 1  # the batch of which the headline tells
NAME, LONGEST = 20, 155  # letters of a name in the headline, and of the headline


def finding(numbers: Numbers) -> str:
    """The smallest and the fastest network within the margin, and what they save."""
    parts = []
    if (small := numbers.smallest) and small.conversion.share:
        parts.append(f"the smallest file is {_short(small.conversion)}, {_smaller(small.conversion.share)}")
    fast = numbers.fastest.get(FIRST)
    if fast and (times := fast.conversion.latencies[FIRST].times):
        parts.append(f"the fastest is {_short(fast.conversion)}, {_faster(times)}")
    lead = f"Within {numbers.unit.allowed} of dense on validation, "
    return brief.fitting(parts, lead, most=LONGEST) if parts else ""


def _short(one: Conversion) -> str:
    """As a headline has it."""
    at = "" if one.cell.unpruned else f" at {level(one.cell.level)}"
    return f"{brief.name(one.cell.series.label, NAME)}{at} as {one.form}"


def _smaller(share: float) -> str:
    return f"{brief.factor(1 / share)} times smaller" if share < 1 else f"{brief.factor(share)} times dense's file"


def _faster(times: float) -> str:
    return f"{brief.factor(1 / times)} times as fast" if times < 1 else f"{brief.factor(times)} times dense's time"


def text(numbers: Numbers) -> tuple[str, ...]:
    """The cheapest networks with their prices, pruning with quantization, and what the latencies are of."""
    return (*_cheapest(numbers), *_quantizations(numbers), *_caveats(numbers))


def _cheapest(numbers: Numbers) -> list[str]:
    """One sentence for a network that is the cheapest by several measures."""
    found = [one for one in (numbers.smallest, *numbers.fastest.values()) if one]
    if not found:
        return [f"No converted network is known to be within {numbers.unit.allowed} of dense on validation."]
    by_conversion = {id(one.conversion): one for one in found}
    return [_bargain(_praises(one.conversion, numbers), one, numbers) for one in by_conversion.values()]


def _praises(one: Conversion, numbers: Numbers) -> list[str]:
    smallest = numbers.smallest is not None and numbers.smallest.conversion is one
    batches = [str(batch) for batch, found in numbers.fastest.items() if found.conversion is one]
    of = f"batches of {listed(batches)}" if len(batches) > 1 else f"a batch of {listed(batches)}"
    return [*(["takes the fewest bytes"] if smallest else []), *([f"is the fastest with {of}"] if batches else [])]


def _bargain(praises: list[str], found: Bargain, numbers: Numbers) -> str:
    one, words = found.conversion, numbers.unit
    prices = [f"{size(one.bytes)} on disk{_of_dense(one.share)}"] if one.bytes is not None else []
    prices += [f"{duration(latency.median)} for a batch of {batch}{_of_dense(latency.times)}"
               for batch, latency in one.latencies.items()]  # fmt: skip
    return (f"Of the networks within {words.allowed} of dense on validation, {_named(one.cell)} as {one.form} "
            f"{listed(praises)}: {listed(prices)}. {capital(_outcome(found, numbers))}.")  # fmt: skip


def _of_dense(share: float | None) -> str:
    return "" if share is None else f" ({brief.factor(share)} times dense's)"


def _outcome(found: Bargain, numbers: Numbers) -> str:
    """The difference to dense over the seeds of the cell, then the change by the conversion."""
    one, words = found.conversion, numbers.unit
    change = one.change.mean if one.change else 0.0
    by_conversion = f"the conversion changes {words.outcome.title} by {words.difference(change)}"
    if one.cell.to_dense is None:
        return by_conversion
    difference, n = words.spread(one.cell.to_dense), one.cell.to_dense.n
    seeds = f"over {n} seeds" if n > 1 else "with one seed, so without an interval"
    judged = {True: "", None: "; too few seeds for a verdict",
              False: f"; the seeds cannot rule out {words.harm}"}[found.sure]  # fmt: skip
    return f"before the conversion the difference to dense is {difference} {seeds}, and {by_conversion}{judged}"


def _named(cell: Cell) -> str:
    if cell.series.dense:
        return cell.series.label
    return f"the dense twin of {cell.series.label}" if cell.unpruned else f"{cell.series.label} at {cell.at}"


def _quantizations(numbers: Numbers) -> list[str]:
    """Each series at its sparsest level."""
    last: dict[Series, Quantization] = {}
    for one in numbers.quantizations:
        last[one.cell.series] = one
    parts = [_quantization(one, numbers.unit) for one in last.values() if one.both_change]
    if not parts:
        return []
    n = {one.both_change.n for one in last.values() if one.both_change}
    alone = " One seed was converted, so no interval is possible." if n == {1} else ""
    return [f"Pruning and int8 against dense: {'; '.join(parts)}.{alone}"]


def _quantization(one: Quantization, words: Unit) -> str:
    changes = (("pruned alone", one.pruned_change), ("int8 alone", one.quantized_change), ("both", one.both_change))
    told = [f"{name} {words.spread(change)}" for name, change in changes if change]
    return f"{one.cell.series.label} at {one.cell.at}, {listed(told)}"


def _caveats(numbers: Numbers) -> list[str]:
    if numbers.deployment.machine is None:
        return []
    parts = [f"Latencies are of {machine(numbers)}, measured after the sweep with nothing beside; other machines may "
             "order the formats differently."]  # fmt: skip
    if seeds(numbers) == 1:
        parts.append("Each is of one seed's network: its quartiles are over repetitions, not over seeds.")
    if elsewhere := numbers.deployment.elsewhere:
        runs = "1 run that was" if elsewhere == 1 else f"{elsewhere} runs that were"
        parts.append(f"The latencies of {runs} timed on other machines or with other threads are left out.")
    return [" ".join(parts)]


def machine(numbers: Numbers) -> str:
    """The machine of the latencies, and its threads."""
    place = numbers.deployment.machine
    if place is None or place.name is None:
        return "one machine, which was not recorded"
    threads = {None: "", "1": ", 1 thread"}.get(place.threads, f", {place.threads} threads")
    return f"one machine ({place.name}{threads})"


def seeds(numbers: Numbers) -> int:
    """The most seeds of which one network was converted."""
    return max(len(one.seeds) for one in numbers.conversions)
