"""Networks that lost whole units: what that costs in accuracy, and what it saves in parameters and time."""

from __future__ import annotations

from dashboards.draw.section import Drawing, Section, Table, without_empty
from dashboards.numbers.structure.footprint import Footprint
from dashboards.numbers.structure.units import Peer
from dashboards.sections.cost import fronts
from dashboards.sections.structure.numbers import Numbers, summarize
from dashboards.sections.structure.sentences import finding, text
from dashboards.statistics.estimates import ENOUGH
from dashboards.words import brief, formats
from dashboards.words.formats import NONE, count, level
from dashboards.words.units import WIDER


def _drawings(numbers: Numbers) -> tuple[Drawing, ...]:
    return fronts.drawings(numbers.panels, numbers.unit)


def _caption(numbers: Numbers) -> str:
    if not numbers.panels:
        return ""
    cells = [cell for panel in numbers.panels for cell, _ in panel.prices]
    parts = [f"Means over seeds ({formats.seeds(cell.value.n for cell in cells if cell.value)}), a line through the "
             "levels of a method. Unstructured networks store as many parameters as the dense one: masks shrink "
             "nothing."]  # fmt: skip
    if any(panel.axis.measured for panel in numbers.panels):
        parts.append("Times are of the machine that trained: trials that ran side by side may have slowed each other.")
    return " ".join(parts)


def _computed(numbers: Numbers) -> str:
    parts = [
        "Stored parameters are all of the network, biases included, as it stands at the end: a structured network "
        "that shrank, and a narrow dense one, hold fewer than the dense network; with masks alone all are stored.",
        "A training step is timed after the last change of the masks, evaluations left out, and divided by a step of "
        "the dense twin of the same seed. It holds for this machine and this batch size.",
        "Each structured network is compared with the network of every other method that is nearest in its number of "
        "weights, if the two differ by 2 % of the smaller one at most; small_dense has as many weights in a narrower "
        "network that is trained from the start. A positive difference says that the structured network has more.",
    ]  # fmt: skip
    if any(peer.comparison.enough for one in numbers.removals for peer in one.peers):
        parts.append(f"p comes from the paired t-test and needs {ENOUGH} seeds; it is adjusted by Holm over all rows.")
    return " ".join(parts)


def _tables(numbers: Numbers) -> tuple[Table, ...]:
    words = numbers.unit
    columns = ("Structured network", "Network", words.heading, f"Interval{words.bracket}",
               f"Structured minus this [{words.name}]", f"Its interval [{words.name}]", WIDER, "p (Holm)", "n",
               "Stored parameters", "Of dense [%]", "Step time, of dense (measured)")  # fmt: skip
    rows = []
    for one in numbers.removals:
        name = f"{one.cell.series.label} at {level(one.cell.level)} sparsity"
        rows.append((name, one.cell.series.label, *_row(one.own, None, numbers)))
        rows += [(name, peer.cell.series.label, *_row(peer.footprint, peer, numbers)) for peer in one.peers]
    table = Table("Structured networks and networks with as many weights", columns, tuple(rows),
                  frozenset(columns[:2]), grouped=True)  # fmt: skip
    return (without_empty(table, set(columns[2:])),)


def _row(network: Footprint, peer: Peer | None, numbers: Numbers) -> tuple[str, ...]:
    words, value, times = numbers.unit, network.cell.value, network.times
    difference = words.raw(peer.comparison.difference) if peer else None
    n = difference.n if difference else value.n if value and peer is None else 0
    interval = f" ({times.low:.2f} to {times.high:.2f})" if times and times.interval else ""
    return (
        words.value(value.mean if value else None), words.value_ends(value),
        words.bare(difference.mean if difference else None), words.ends(difference),
        words.ends(difference and difference.over_examples),
        formats.p_value(peer.comparison.p_value if peer else None), str(n), count(network.parameters),
        NONE if network.share is None else brief.bare_share(network.share),
        f"{times.mean:.2f}{interval}" if times else NONE,
    )  # fmt: skip


SECTION = Section(
    name="structure",
    title="Removing whole units",
    question="What does removing whole units cost, and what does it save in stored parameters and time?",
    summarize=summarize,
    finding=finding,
    text=text,
    drawings=_drawings,
    caption=_caption,
    computed=_computed,
    tables=_tables,
)
