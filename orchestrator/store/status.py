"""The status of sweeps, derived from their folders alone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from dashboards.plan_file import TrialEntry
from orchestrator.store import collapse
from orchestrator.store.folders import ResultsFolder, SweepFolder, TrialFolder
from orchestrator.store.journal import State, result, state
from orchestrator.store.live_trial import LiveTrial
from orchestrator.store.lookup import planned
from workloads.trial import Trial

STATES = ("running", "planned", "completed", "failed", "cancelled", "lost")


@dataclass(frozen=True)
class TrialStatus:
    """The status of one planned trial."""

    folder: TrialFolder
    settings: Mapping[str, Any]
    state: State
    steps: int  # of the whole trial
    live: LiveTrial  # empty unless it runs
    collapse: str | None  # what its journal says of masks that let nothing through

    @property
    def title(self) -> str:
        """A short name of the trial; simpler if another version of the code planned it."""
        try:
            return Trial.model_validate({name: self.settings[name] for name in Trial.model_fields}).title
        except ValidationError:
            workload, method = self.settings["workload"]["name"], self.settings["method"]["name"]
            return f"{workload} {method} seed={self.settings['seed']}"

    def as_json(self) -> dict[str, Any]:
        """The trial in `sparsity status SWEEP --json`."""
        ending, log = result(self.folder), self.folder.log
        return {
            "key": self.folder.path.name, "title": self.title, "state": self.state,
            "error": ending.error if ending else None, "log": str(log) if log.exists() else None,
            "steps": self.steps, "collapse": self.collapse, **asdict(self.live),
        }  # fmt: skip


@dataclass(frozen=True)
class SweepStatus:
    """The status of one sweep."""

    folder: SweepFolder
    trials: tuple[TrialStatus, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Trials by state; states without trials are left out."""
        totals: Counter[str] = Counter(trial.state for trial in self.trials)
        return {state: totals[state] for state in STATES if totals[state]}

    @property
    def moved(self) -> datetime:
        """The time of the last write to plan, journals or results."""
        files = (path for trial in self.trials for path in (trial.folder.records, trial.folder.result))
        times = [path.stat().st_mtime for path in (self.folder.plan, *files) if path.exists()]
        return datetime.fromtimestamp(max(times), UTC)

    def as_json(self) -> dict[str, Any]:
        """The sweep in `sparsity status --json`."""
        return {"sweep": self.folder.path.name, "counts": self.counts, "moved": self.moved.isoformat()}


def states(folder: SweepFolder, keys: Iterable[str]) -> dict[str, State]:
    """The states of trials, by key. Reads no file for a trial without a folder."""
    begun = folder.begun
    return {key: state(folder.trial(key)) if key in begun else "planned" for key in keys}


def of_sweep(folder: SweepFolder) -> SweepStatus:
    """The status of a sweep. Raises FolderError if its plan.json is damaged."""
    return SweepStatus(folder, tuple(_trial(folder.trial(entry.key), entry) for entry in planned(folder)))


def of_all(results: ResultsFolder) -> list[SweepStatus]:
    """The status of all sweeps of a results folder, by name."""
    return [of_sweep(folder) for folder in results.sweeps]


def _trial(folder: TrialFolder, entry: TrialEntry) -> TrialStatus:
    current = state(folder)
    live = LiveTrial.read(folder) if current == "running" else LiveTrial()
    return TrialStatus(folder, entry.settings, current, entry.steps, live, collapse.of_trial(folder))
