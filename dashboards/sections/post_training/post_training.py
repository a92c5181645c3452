"""Pruning after training: which mask loses least, and what solving the layers again gives back."""

from __future__ import annotations

from dashboards.draw.section import Section
from dashboards.sections.post_training.figure import draw
from dashboards.sections.post_training.numbers import Numbers, summarize
from dashboards.sections.post_training.sentences import finding, text
from dashboards.sections.post_training.tables import tables
from dashboards.statistics.estimates import ENOUGH
from dashboards.words import formats


def _caption(numbers: Numbers) -> str:
    differences = [cell.to_dense for cell in numbers.cells if cell.to_dense]
    if not differences:
        return ""
    words = numbers.unit
    parts = [
        f"{formats.capital(words.titled(numbers.cells[0].split))} minus that of the dense twin, paired by seed "
        f"({formats.seeds(one.n for one in differences)}): the mean"
        f"{formats.with_interval(differences, numbers.confidence)}."
    ]
    if any(cell.series.reconstructed for cell in numbers.cells):
        parts.append("Dashed lines and hollow marks: with reconstruction.")
    if any(cell.series.pattern for cell in numbers.cells):
        parts.append("Left: N:M patterns, which keep N of every M weights.")
    if diverged := sum(cell.diverged for cell in numbers.cells):
        runs = "1 run that diverged counts" if diverged == 1 else f"{diverged} runs that diverged count"
        parts.append(f"{runs} at chance level.")
    return " ".join(parts)


def _computed(numbers: Numbers) -> str:
    parts = [
        "These networks are pruned after training and not trained on. Reconstruction solves each layer by least "
        "squares under its mask (solved, in the tables), so that its outputs on a few training examples stay near "
        "those of the dense layer. SparseGPT moves weights while it prunes, also without it. Layer error is the "
        "squared error of a layer's outputs on these examples over the dense layer's squared outputs, mean over layers "
        "and seeds.",
        f"The least {numbers.unit.lost} is chosen on the validation split among networks of the size asked for, and "
        "told on the test split.",
        "Simpler criteria with reconstruction were found to match more complex ones in language models (arXiv "
        "2510.14444). From magnitudes (one_shot) to Wanda to SparseGPT criteria become more complex; the more complex "
        "one stands with or without reconstruction, as is better on validation.",
    ]  # fmt: skip
    if any(pair.enough for pair in (*(one.comparison for one in numbers.found if one.comparison), *numbers.rivals)):
        parts.append(
            f"p comes from the paired t-test and needs {ENOUGH} seeds; it is adjusted by Holm over all rows of its "
            "table. A simpler criterion matches if the one-sided lower bound of the difference, adjusted by "
            f"Bonferroni, excludes {numbers.unit.harm}."
        )
    return " ".join(parts)


SECTION = Section(
    name="post-training",
    title="Pruning after training",
    question="Which mask loses least without further training, and what does solving the layers again give back?",
    summarize=summarize,
    finding=finding,
    text=text,
    draw=draw,
    caption=_caption,
    computed=_computed,
    tables=tables,
)
