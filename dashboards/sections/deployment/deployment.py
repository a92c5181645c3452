"""What the finished network saves: the bytes of its file and its latency, as measured, in each format."""

from __future__ import annotations

from dashboards.draw.section import Section
from dashboards.sections.cost import fronts
from dashboards.sections.deployment.figures import drawings
from dashboards.sections.deployment.numbers import Numbers, summarize
from dashboards.sections.deployment.sentences import finding, machine, text
from dashboards.sections.deployment.tables import tables
from dashboards.words import formats


def _caption(numbers: Numbers) -> str:
    if not numbers.panels:
        return ""
    n = formats.seeds(len(one.seeds) for one in numbers.conversions)
    parts = [
        f"Measured on converted networks ({n}): bytes on disk, median latency and outcome; a line through the levels "
        "of a method in one format. The pale line is the Pareto front; it always has the dense network."
    ]
    if any(panel.axis.name != "bytes" for panel in numbers.panels):
        parts.append(f"Latencies are of {machine(numbers)}.")
    if any(fronts.cut_off(panel, numbers.unit) for panel in numbers.panels):
        parts.append("Networks far behind it are cut off.")
    parts.append("By arithmetic is only the table's column of counted bytes.")
    return " ".join(parts)


def _computed(numbers: Numbers) -> str:
    words = numbers.unit
    parts = [
        "A file is measured on disk; compressed, as zstd makes it. It is so many times smaller than the file of the "
        "dense twin of the same seed in the format dense. Counted bytes: 4 for each parameter of a dense "
        "file; 8 for each weight that is left and 4 for each row in compressed sparse rows (csr); 4 for each weight "
        "that is left and a bit for each prunable weight in a bitmask.",
        "Latency is the median of repeated batches after the sweep, with quartiles in brackets; of several seeds, the "
        "means. It is divided by that of the same dense file. A format without a latency only stores.",
        "The change by the conversion is the outcome of the converted network minus that of the trained one, on the "
        "test split. The largest difference is that of any output.",
        f"Candidates within {words.allowed} of dense, and the members of the Pareto front, are chosen by validation "
        "before the conversion, plus the change by the conversion, which only the test split tells.",
        "Break-even: ratios to dense are interpolated between the measured levels, as a line of their logarithm over "
        "that of the density; of several crossings the last. The dense network in the same format is the first level.",
    ]  # fmt: skip
    if numbers.quantizations:
        parts.append("Differences of pruned and quantized networks are paired by seed. McNemar's exact test would "
                     "compare two of them example by example; outcomes by example are not recorded for converted "
                     "networks, so it is not made.")  # fmt: skip
    return " ".join(parts)


SECTION = Section(
    name="deployment",
    title="What the finished network saves",
    question="How small and how fast is the finished network in each format, and what does the conversion cost?",
    summarize=summarize,
    finding=finding,
    text=text,
    drawings=drawings,
    caption=_caption,
    computed=_computed,
    tables=tables,
)
