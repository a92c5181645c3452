"""Small sweeps on real data, for tests that run whole ones."""

import csv
import io
from pathlib import Path

from orchestrator.execute import sweep
from orchestrator.execute.progress import Progress
from orchestrator.execute.sweep import Options
from orchestrator.plan.planning import Plan, plan
from orchestrator.spec.reading import SweepSpec, read
from orchestrator.store.folders import ResultsFolder
from workloads.data.sources import Sources

TINY = """
name: tiny
question: Does it work?
workload: {name: digits_mlp, training: {steps: 40}, measure: {evaluate_every: 20}}
method: [static_random, small_dense]
sparsity: [0.5]
seeds: 2
"""


def written(folder: Path, text: str = TINY, *overrides: str) -> tuple[SweepSpec, Plan]:
    """A spec in a file, and what it comes to."""
    path = folder / "tiny.yaml"
    path.write_text(text)
    spec = read(path, overrides)
    return spec, plan(spec)


def options(results: Path, sources: Sources, **given) -> Options:
    """How tests run sweeps unless they say otherwise: in this process."""
    return Options(results=ResultsFolder(results), sources=sources, **{"executor": "inline", **given})


def counted(table: str) -> list[str]:
    """n of every row of a table in CSV."""
    return [row["n"] for row in csv.DictReader(io.StringIO(table))]


class Lines:
    """Progress that remembers what it was told."""

    def __init__(self):
        self.lines: list[str] = []

    def write(self, text: str) -> None:
        """A stream's."""
        self.lines += [line for line in text.splitlines() if line]

    def flush(self) -> None:
        """A stream's."""


def run_sweep(place: Path, sources: Sources, text: str = TINY, *overrides: str, **given) -> tuple[Plan, list[str]]:
    """Run a sweep in `place`/results, as the command does but for the report; its plan, and what was said."""
    spec, planned = written(place, text, *overrides)
    heard = Lines()
    sweep.run(spec, planned, options(place / "results", sources, **given), Progress(heard))
    return planned, heard.lines
