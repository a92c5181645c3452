"""The page of all sweeps in a results folder: one row per sweep, from the summary beside its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dashboards import palette
from dashboards.numbers.cells.overlap import Tally, tally
from dashboards.plan_file import Entry, PlanFile
from dashboards.read.results import Results
from dashboards.report import environment, inlined
from dashboards.words.formats import count, moment


class Summary(Entry):
    """The summary of a report, stored in a file beside its page."""

    question: str | None
    verdict: str
    planned: int  # trials
    finished: int
    failed: int
    newest: int | None  # end of the newest run, in milliseconds since 1970


@dataclass(frozen=True)
class SweepRow:
    """One sweep in the results folder."""

    name: str
    plan: PlanFile | None  # None: the file is damaged, or the sweep ran in another folder
    summary: Summary | None  # None: no report yet, or one by an older version
    report: str | None  # address of the page, relative to the index
    newest: int | None  # as in Summary

    @property
    def question(self) -> str | None:
        """The question of the sweep."""
        return self.plan.question if self.plan else self.summary.question if self.summary else None

    @property
    def trials(self) -> str:
        """Numbers of finished, planned and failed trials."""
        if self._tally is None:
            return "plan.json is damaged; run the sweep again"
        failed = f", {count(self._tally.failed)} failed" if self._tally.failed else ""
        return f"{count(self._tally.finished)} of {count(self._tally.planned)} finished{failed}"

    @property
    def partial(self) -> bool:
        """Whether some trials have neither finished nor failed."""
        return self._tally is not None and self._tally.missing > 0

    @property
    def outdated(self) -> str | None:
        """A note if the report shows fewer trials than the folder has; else None."""
        if self.summary is None or self._tally is None:
            return None
        reported, finished = self.summary.finished, self._tally.finished
        if reported >= finished:
            return None
        return f"The report shows {count(reported)} of {count(finished)} finished trials."

    @property
    def date(self) -> str | None:
        """End of the newest run."""
        return None if self.newest is None else moment(self.newest)

    @property
    def _tally(self) -> Tally | None:
        if self.plan:
            states = Counter(trial.state for trial in self.plan.trials)
            return Tally(len(self.plan.trials), states["completed"], states["failed"])
        return Tally(self.summary.planned, self.summary.finished, self.summary.failed) if self.summary else None


def summary(results: Results, verdict: str) -> Summary:
    """The summary of a report for the index; `verdict` is its answer in one sentence."""
    trials, ends = tally(results), results.runs["end_time"].dropna()
    return Summary(
        question=results.plan.question, verdict=verdict, planned=trials.planned, finished=trials.finished,
        failed=trials.failed, newest=int(ends.max()) if len(ends) else None,
    )  # fmt: skip


def html(rows: Iterable[SweepRow]) -> str:
    """The whole page, the newest sweep first. Equal sweeps give equal bytes."""
    ordered = sorted(rows, key=lambda row: (-(row.newest or 0), row.name))
    style = palette.style() + inlined("page.css", "index.css")
    return environment().get_template("index.html").render(rows=ordered, style=style)
