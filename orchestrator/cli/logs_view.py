"""The trials of a sweep and their logs, for people."""

from orchestrator.cli.printing import NONE, Column, table
from orchestrator.execute.labels import unshared
from orchestrator.store.folders import near
from orchestrator.store.status import SweepStatus


def text(sweep: SweepStatus, width: int) -> str:
    """The folder, then a row for each trial: key, state, what it is, and the path of its log in the folder."""
    folder = sweep.folder.path
    names = unshared({trial.folder.path.name: trial.title for trial in sweep.trials})
    logs = [trial.folder.log for trial in sweep.trials]
    columns = (
        Column("key", list(names), words=True),
        Column("state", [trial.state for trial in sweep.trials], words=True),
        Column("trial", list(names.values()), words=True, elastic=True),
        Column("log", [str(log.relative_to(folder)) if log.exists() else NONE for log in logs], words=True),
    )
    return "".join(f"{line}\n" for line in (f"logs below {near(folder)}:", "", *table(columns, width)))
