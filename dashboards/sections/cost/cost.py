"""What networks cost: counted operations and bytes, and the time that the machine took."""

from __future__ import annotations

from dashboards.draw.section import Drawing, Section
from dashboards.sections.cost import fronts, over_sparsity, times
from dashboards.sections.cost.finding import finding
from dashboards.sections.cost.numbers import Numbers, summarize
from dashboards.sections.cost.sentences import break_even, text
from dashboards.sections.cost.table import table
from dashboards.statistics.estimates import ENOUGH
from dashboards.words import formats


def _drawings(numbers: Numbers) -> tuple[Drawing, ...]:
    return (
        over_sparsity.drawings(numbers)
        + fronts.drawings(numbers.panels + numbers.clock, numbers.unit)
        + times.drawings(numbers)
    )


def _caption(numbers: Numbers) -> str:
    if not numbers.panels and not numbers.clock and not numbers.speeds:
        return ""
    parts = []
    if numbers.panels:
        priced = [cell for panel in numbers.panels for cell, _ in panel.prices]
        n = formats.seeds(cell.value.n for cell in priced if cell.value)
        parts.append(f"Counted: means over seeds ({n}), a line through the levels of a method. The pale line is the "
                     "Pareto front, chosen on validation; it always has the dense network.")  # fmt: skip
        if any(fronts.cut_off(panel, numbers.unit) for panel in numbers.panels):
            parts.append("Networks far behind it are cut off.")
    if numbers.clock:
        parts.append("Seconds of training are measured, with filled marks: networks that trained side by side may have "
                     "slowed each other, so there is no front.")  # fmt: skip
    if numbers.speeds:
        n = formats.seeds(speed.times.n for speed in numbers.speeds)
        intervals = formats.with_interval([speed.times for speed in numbers.speeds], numbers.confidence)
        parts.append(f"Measured: each method at its sparsest level, mean over seeds ({n}){intervals}.")
    return " ".join(parts)


def _computed(numbers: Numbers) -> str:
    ladders = any(cost.cell.round is not None for cost in numbers.costs)
    parts = [
        "All numbers are means over finished runs. Steps, operations and times are those of the whole path from the "
        "first weight; a beginning that several runs share counts for each of them."
        + (" A rung of a ladder includes the rungs before it." if ladders else ""),
        "An operation is a multiplication or an addition; those with a zero weight are not counted. A backward pass "
        "counts as two forward passes.",
        "Bytes are of the parameters, as compressed sparse rows (32-bit values and indices: 8 bytes for each weight "
        "that is left) or dense (4 bytes a parameter), whichever is less.",
        *break_even(numbers.costs),
        "The Pareto front holds the cells that no other cell equals or beats in both price and validation outcome; it "
        "is shown at their outcomes on the figure's split.",
        "Time is that of training steps, measuring left out, over all steps of the path, for as many steps as an epoch "
        "has. It is divided by the time of the dense twin of the same seed. Trials that ran side by side may have "
        "slowed each other. Intervals much wider than the figure are cut off; the table has them.",
        *([f"The headline calls training faster or slower if a paired t-test tells the ratio from 1, adjusted by Holm "
           f"over all methods, from {ENOUGH} seeds on."] if numbers.judged else []),
        "Peak memory is shown for GPUs only, where each trial has a process of its own: the memory of a CPU's process "
        "depends on the trials that it ran before.",
    ]  # fmt: skip
    return " ".join(parts)


SECTION = Section(
    name="cost",
    title="Cost",
    question="What does each method cost?",
    summarize=summarize,
    finding=finding,
    text=text,
    drawings=_drawings,
    caption=_caption,
    computed=_computed,
    tables=lambda numbers: (table(numbers),),
)
