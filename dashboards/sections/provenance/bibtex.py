"""BibTeX of the works behind a sweep and of the sweep itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from dashboards.draw.latex import escaped
from dashboards.read.facts import fact_text, facts
from dashboards.read.results import Results

AUTHOR = "{your name}"  # for the author to fill in


def bibtex(results: Results) -> str:
    """Each work once in the order of the plan, then the sweep. Equal results give equal text."""
    works = {work.key: work.bibtex for work in results.plan.references}
    return "\n\n".join([*works.values(), _sweep(results)]) + "\n"


def _sweep(results: Results) -> str:
    """The entry of the sweep, dated by its newest run."""
    ends = results.runs["end_time"].dropna() if "end_time" in results.runs else ()
    year = f"{datetime.fromtimestamp(max(ends) / 1000, UTC):%Y}" if len(ends) else ""
    fields = {"author": AUTHOR, "title": f"{{{escaped(results.sweep)}: a sweep with sparsity}}", "year": year,
              "note": escaped(_note(results))}  # fmt: skip
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{re.sub('[^a-z0-9]', '', results.sweep.lower())}{year},", *lines, "}"])


def _note(results: Results) -> str:
    """Version, commit and spec, as far as they are recorded."""
    known = {name: fact_text(values) for name, values in facts(results).items()}
    parts = {"sparsity": known.get("packages.sparsity"), "commit": known.get("git.commit"),
             "spec SHA-256": known["spec sha256"]}  # fmt: skip
    return ", ".join(f"{name} {value}" for name, value in parts.items() if value)
