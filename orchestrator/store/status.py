"""Where sweeps stand, from their folders alone: whether one is running just now or ended long ago."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from dashboards.plan_file import TrialEntry
from orchestrator.store.folders import ResultsFolder, SweepFolder, TrialFolder
from orchestrator.store.journal import State, result, state
from orchestrator.store.live_trial import LiveTrial
from orchestrator.store.lookup import planned, sweeps
from workloads.trial import Trial

STATES = ("running", "planned", "completed", "failed", "cancelled", "lost")


@dataclass(frozen=True)
class TrialStatus:
    """One planned trial, as its folder shows it."""

    folder: TrialFolder
    settings: Mapping[str, Any]
    state: State
    steps: int  # that it takes in all
    live: LiveTrial  # empty unless it runs

    @property
    def title(self) -> str:
        """The trial in a few words; in fewer where other code planned it."""
        try:
            return Trial.model_validate({name: self.settings[name] for name in Trial.model_fields}).title
        except ValidationError:
            own = self.settings
            return f"{own['workload']['name']} {own['method']['name']} seed={own['seed']}"

    def as_json(self) -> dict[str, Any]:
        """All that is known, for programs."""
        ended, log = result(self.folder), self.folder.log
        return {
            "key": self.folder.path.name, "title": self.title, "state": self.state,
            "error": ended.error if ended else None, "log": str(log) if log.exists() else None,
            "steps": self.steps, **asdict(self.live),
        }  # fmt: skip


@dataclass(frozen=True)
class SweepStatus:
    """One sweep."""

    folder: SweepFolder
    trials: tuple[TrialStatus, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Trials by state; states without trials are left out."""
        counted: Counter[str] = Counter(trial.state for trial in self.trials)
        return {state: counted[state] for state in STATES if counted[state]}

    @property
    def moved(self) -> datetime:
        """When something was last written."""
        files = (path for one in self.trials for path in (one.folder.records, one.folder.result))
        times = [path.stat().st_mtime for path in (self.folder.plan, *files) if path.exists()]
        return datetime.fromtimestamp(max(times), UTC)

    def as_json(self) -> dict[str, Any]:
        """The sweep as a whole, for programs."""
        return {"sweep": self.folder.path.name, "counts": self.counts, "moved": self.moved.isoformat()}


def of_sweep(folder: SweepFolder) -> SweepStatus:
    """Where a sweep stands. Raises FolderError where its plan.json is damaged."""
    return SweepStatus(folder, tuple(_trial(folder.trial(entry.key), entry) for entry in planned(folder)))


def of_all(results: ResultsFolder) -> list[SweepStatus]:
    """Where all sweeps of a results folder stand, by name."""
    return [of_sweep(folder) for folder in sweeps(results)]


def _trial(folder: TrialFolder, entry: TrialEntry) -> TrialStatus:
    now = state(folder)
    return TrialStatus(
        folder, entry.settings, now, entry.steps, LiveTrial.read(folder) if now == "running" else LiveTrial()
    )
