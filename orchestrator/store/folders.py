"""The layout of a results folder: the paths of all its files."""

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboards import schema
from orchestrator.spec.names import is_legal, legal_name
from workloads.errors import FolderError

KEY = re.compile(r"[0-9a-f]{12}")  # of a trial
LONGEST_NAME = 200  # characters of a comparison's name; file systems take 255 bytes, and temporary files add some
PROBE = 2**16  # bytes of the file that tests for free space


def near(path: Path) -> str:
    """The path for people: relative where it lies below the working folder."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def make_writable(folder: Path) -> None:
    """Make the folder if it is missing. Raises FolderError if it cannot be written, or the disk is full."""
    probe = folder / f".writable.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            probe.write_bytes(bytes(PROBE))
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        reason = "it is a file" if folder.is_file() else error.strerror
        raise FolderError(
            f"cannot write to the results folder {folder}: {reason}; fix this, or "
            "choose another with --results or SPARSITY_RESULTS"
        ) from error


@dataclass(frozen=True)
class ResultsFolder:
    """RESULTS: all sweeps and one tracking store; it can be moved as a whole."""

    path: Path

    @classmethod
    def chosen(cls, option: Path | None, environ: Mapping[str, str]) -> "ResultsFolder":
        """`--results`, else SPARSITY_RESULTS, else ./results; an empty variable counts as unset."""
        return cls((option or Path(environ.get("SPARSITY_RESULTS") or "results")).expanduser().absolute())

    @property
    def tracking_uri(self) -> str:
        """The default MLflow store."""
        return f"sqlite:///{self.database}"

    @property
    def database(self) -> Path:
        """The file of the default MLflow store."""
        return self.path / "mlflow.db"

    @property
    def artifacts(self) -> Path:
        """The artifacts of the default MLflow store."""
        return self.path / "artifacts"

    @property
    def index(self) -> Path:
        """The page that lists all sweeps."""
        return self.path / "index.html"

    @property
    def stages(self) -> Path:
        """The stages that all sweeps share: a cache."""
        return self.path / ".stages"

    def stage(self, key: str) -> Path:
        """One stage."""
        return self.stages / f"{key}.safetensors"

    @property
    def tune(self) -> Path:
        """Ray Tune's files, which nothing here reads."""
        return self.path / ".tune"

    def sweep(self, name: str) -> "SweepFolder":
        """One sweep's folder. Raises FolderError for an illegal name, which could lead out of the results folder."""
        try:
            return SweepFolder(self.path / legal_name(name))
        except ValueError as error:
            raise FolderError(f"{name!r} is not the name of a sweep: it {error}") from None

    @property
    def sweeps(self) -> list["SweepFolder"]:
        """All sweeps, by name. A folder with another kind of name, such as a copy, is none."""
        names = sorted(plan.parent.name for plan in self.path.glob("*/plan.json"))
        return [self.sweep(name) for name in names if is_legal(name)]

    def report(self, sweeps: Sequence[str]) -> Path:
        """The report on one sweep, or the comparison of several. A name that is too long ends in a digest."""
        if len(sweeps) == 1:
            return self.sweep(sweeps[0]).report
        name = "+".join(sweeps)
        if len(name) > LONGEST_NAME:
            name = f"{name[:LONGEST_NAME]}+{hashlib.sha256(name.encode()).hexdigest()[:12]}"
        return self.path / f"{name}.html"

    def prepare(self) -> None:
        """Make the folder. Raises FolderError if it cannot be written, or if MLflow cannot handle its path."""
        if unfit := sorted(set("?%") & set(str(self.path))):
            raise FolderError(
                f"the path of the results folder {self.path} contains {' and '.join(unfit)}, which has another "
                "meaning in the address of an MLflow store; choose another folder with --results"
            )
        make_writable(self.path)


@dataclass(frozen=True)
class SweepFolder:
    """RESULTS/<sweep>."""

    path: Path

    @property
    def plan(self) -> Path:
        """Every trial's key, settings and state, as of the last run."""
        return self.path / "plan.json"

    @property
    def spec(self) -> Path:
        """The spec's text, as of the last run."""
        return self.path / "spec.yaml"

    @property
    def report(self) -> Path:
        """The report."""
        return self.path / "report.html"

    @property
    def summary(self) -> Path:
        """What the page comes to, for the index of all sweeps."""
        return self.path / "summary.json"

    @property
    def receipt(self) -> Path:
        """What MLflow and the report had when the sweep last ended."""
        return self.path / "receipt.json"

    @property
    def log(self) -> Path:
        """What libraries print while a sweep runs."""
        return self.path / "log.txt"

    @property
    def lock(self) -> Path:
        """Held while a sweep runs."""
        return self.path / "lock"

    @property
    def holder(self) -> Path:
        """Who holds the lock."""
        return self.path / "holder.json"

    @property
    def begun(self) -> frozenset[str]:
        """The keys of the trials that have a folder, so that there may be files to read."""
        names = os.listdir(self.path) if self.path.is_dir() else ()
        return frozenset(filter(KEY.fullmatch, names))

    def trial(self, key: str) -> "TrialFolder":
        """One trial's folder."""
        return TrialFolder(self.path / key)


@dataclass(frozen=True)
class TrialFolder:
    """RESULTS/<sweep>/<key>: all that is known about a trial."""

    path: Path

    @property
    def trial(self) -> Path:
        """The settings."""
        return self.path / "trial.json"

    @property
    def records(self) -> Path:
        """The journal: one record with its time per line."""
        return self.path / "records.jsonl"

    @property
    def attempt(self) -> Path:
        """The device, process and start of the last attempt."""
        return self.path / "attempt.json"

    @property
    def checkpoint(self) -> Path:
        """Where an interrupted trial resumes; removed when the trial ends."""
        return self.path / "checkpoint.safetensors"

    @property
    def result(self) -> Path:
        """How the trial ended; there is none before."""
        return self.path / "result.json"

    @property
    def cancelled(self) -> Path:
        """Marks a trial that ran when its sweep was stopped; removed when the trial runs again."""
        return self.path / "cancelled"

    @property
    def log(self) -> Path:
        """Output and traceback."""
        return self.path / "log.txt"

    @property
    def lock(self) -> Path:
        """Held while the trial runs."""
        return self.path / "lock"

    def network(self, label: str) -> Path:
        """Weights and masks at the end of a run."""
        return self.path / f"{label}{schema.WEIGHTS}"

    def examples(self, label: str) -> Path:
        """The outcome on each example at the end of a run."""
        return self.path / f"{label}{schema.EXAMPLES}"

    def beside_twin(self, label: str) -> Path:
        """Metrics that compare a run with its twin."""
        return self.path / f"{label}.twin.json"

    @property
    def deployed(self) -> Path:
        """What was measured of the finished networks in other formats: one line for each."""
        return self.path / "deploy.jsonl"

    def sample(self, label: str) -> Path:
        """Text that a language model writes at the end of a run."""
        return self.path / f"{label}{schema.SAMPLE}"
