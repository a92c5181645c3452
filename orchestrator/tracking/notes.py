"""Notes on a sweep and on a run, in Markdown, for MLflow's pages."""

from collections.abc import Mapping

from dashboards import schema
from dashboards.mlflow_inside import run_page
from orchestrator.plan.planning import Plan, Planned, PlannedRun
from orchestrator.tracking import runs_view
from workloads.tasks.outcome import Outcome

LONGEST = 500  # characters of a text by a user
HARMLESS = " ,.;?!'\"()-–…/%+="  # besides letters and digits: no meaning in Markdown or HTML
# Marks notes in existing stores, so it never changes.
SIGNATURE = "*Written by sparsity, and anew with every sweep. Without this line your own text stays.*"
TEST, VALIDATION, REACHED = "final/test_accuracy", "final/val_accuracy", "final/sparsity"
BITS, VALIDATION_BITS = "final/test_bits_per_character", "final/val_bits_per_character"
MEANINGS = {
    schema.SPARSITY: "asked for: the fraction of the weights to remove",
    REACHED: "reached: the fraction of the prunable weights that is exactly zero",
    "final/nonzero_parameters": "prunable weights that are not zero",
    TEST: "at the last step, on the test set: the figure to report",
    VALIDATION: "the same on the validation set: the figure to choose by",
    "best/test_accuracy": "at the step with the least validation loss, on the test set",
    BITS: "of language models, at the last step, on the test split: the figure to report, less is better",
    VALIDATION_BITS: "the same on the validation split: the figure to choose by",
    schema.TWIN: "the run to compare with: same seed, same steps, nothing removed",
}
OF_OUTCOME = {"accuracy": {TEST, VALIDATION, "best/test_accuracy"}, "bits_per_character": {BITS, VALIDATION_BITS}}


def of_sweep(plan: Plan, experiment: str, parent: str, has_report: bool) -> str:
    """The note on a sweep: question, links, meanings. `experiment` and `parent` are MLflow's ids."""
    report = f"- [The report]({_run(experiment, parent, f'/artifacts/{schema.REPORT}')}), with intervals and tests"
    return "\n".join([
        *([f"Question: {plain(plan.question)}", ""] if plan.question else []),
        f"This sweep has {len(plan.trials)} trials. Each of its runs is one trained network: the parameters are its "
        "settings, the metrics its results.",
        "",
        f"- [All networks in one table](#{runs_view.path(experiment)}), the best first",
        *([report] if has_report else []),
        "",
        "| name | what it means |",
        "| --- | --- |",
        *[f"| `{name}` | {meaning} |" for name, meaning in MEANINGS.items() if name not in _absent(plan)],
        "",
        SIGNATURE,
    ])  # fmt: skip


def _absent(plan: Plan) -> set[str]:
    """The metrics that no network of the sweep has."""
    metrics = {planned.outcome.metric for planned in plan.trials}
    return set().union(*(names for metric, names in OF_OUTCOME.items() if metric not in metrics))


def of_run(
    planned: Planned, run: PlannedRun, metrics: Mapping[str, float], experiment: str, parent: str, twin: str | None,
    error: str | None,
) -> str:  # fmt: skip
    """The note on a run: name, outcome, twin. `twin` is MLflow's id of the twin's run."""
    sentences = [f"One network of this [sweep]({_run(experiment, parent)}): `{planned.name(run)}`."]
    if error:
        sentences.append(f"It failed: {plain(error)}")
    elif metrics.keys() >= {f"final/val_{planned.outcome.metric}", REACHED}:
        sentences.append(f"It ends with {_figures(planned.outcome, metrics)} and a sparsity of {metrics[REACHED]:.4g}.")
    if twin:
        sentences.append(f"Compare it with its [twin]({_run(experiment, twin)}): same seed, nothing removed.")
    return " ".join(sentences)


def _figures(outcome: Outcome, metrics: Mapping[str, float]) -> str:
    """The outcome on the test split, and on validation; on validation alone if there is no test split."""
    test, validation = (metrics.get(f"final/{split}_{outcome.metric}") for split in ("test", "val"))
    title = f"a {outcome.title}" if outcome.unit == "fraction" else outcome.title
    if test is None:
        return f"{title} of **{validation:.4g}** on the validation split"
    return f"{title} of **{test:.4g}** (validation {validation:.4g})"


def is_replaceable(note: str | None) -> bool:
    """Whether a sweep may replace the note: it is empty, or generated and not changed by a user."""
    return not note or note.endswith(SIGNATURE)


def plain(text: str) -> str:
    """`text` on one line, with characters encoded that have a meaning in Markdown or HTML.

    >>> plain("a *b*\\n<c>, d-e?")
    'a &#42;b&#42; &#60;c&#62;, d-e?'
    """
    words = " ".join(text.split())
    short = words if len(words) <= LONGEST else f"{words[:LONGEST]} …"
    return "".join(char if char.isalnum() or char in HARMLESS else f"&#{ord(char)};" for char in short)


def _run(experiment: str, run: str, below: str = "") -> str:
    return f"#{run_page(experiment, run, below)}"
