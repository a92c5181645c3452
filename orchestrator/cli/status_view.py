"""The states of sweeps, for people."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from orchestrator.cli.printing import NONE, Column, bar, number, table
from orchestrator.execute.labels import unshared
from orchestrator.store import failures
from orchestrator.store.folders import near
from orchestrator.store.status import STATES, SweepStatus, TrialStatus

UNITS = (("day", 86_400), ("h", 3_600), ("min", 60), ("s", 1))  # in seconds


def of_all(sweeps: Sequence[SweepStatus], now: datetime, width: int) -> str:
    """A row for each sweep, then the paths of the reports."""
    if not sweeps:
        return ""
    columns = (
        Column("sweep", [sweep.folder.path.name for sweep in sweeps], words=True, elastic=True),
        Column("progress", [bar(*_done(sweep)) for sweep in sweeps], words=True),
        Column("completed", ["{:,} of {:,}".format(*_done(sweep)) for sweep in sweeps]),
        *(
            Column(state, [number(sweep.counts.get(state, 0)) for sweep in sweeps])
            for state in STATES if state != "completed"
        ),
        Column("last change", [ago(sweep.moved, now) for sweep in sweeps]),
    )  # fmt: skip
    reports = [f"    {near(sweep.folder.report)}" for sweep in sweeps if sweep.folder.report.exists()]
    return _text([*table(columns, width), *(["", "reports:", *reports] if reports else [])])


def of_sweep(sweep: SweepStatus, now: datetime, width: int) -> str:
    """The trials by state and the report, then the running trials, those with collapsed masks, and the failed ones."""
    done, total = _done(sweep)
    others = "".join(f", {count:,} {state}" for state, count in sweep.counts.items() if state != "completed")
    name = sweep.folder.path.name
    head = [f"{name}: {done:,} of {total:,} trials completed{others}; last change {ago(sweep.moved, now)}"]
    head.append(bar(done, total, min(len(head[0]), width)))
    if sweep.folder.report.exists():
        head.append(f"report: {near(sweep.folder.report)}")
    return _text([*head, *_running(sweep, width), *_collapsed(sweep), *_failed(sweep)])


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that fits.

    >>> ago(datetime(2026, 1, 1, 12, 0), datetime(2026, 1, 1, 12, 7, 30))
    '7 min ago'
    >>> ago(datetime(2026, 1, 1), datetime(2026, 1, 3))
    '2 days ago'
    """
    seconds = max(0, round((now - moment).total_seconds()))
    unit, size = next((pair for pair in UNITS if seconds >= pair[1]), UNITS[-1])
    count = seconds // size
    return f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''} ago"


def _done(sweep: SweepStatus) -> tuple[int, int]:
    """Completed trials, and all."""
    return sweep.counts.get("completed", 0), len(sweep.trials)


def _running(sweep: SweepStatus, width: int) -> Iterator[str]:
    running = [trial for trial in sweep.trials if trial.state == "running"]
    if not running:
        return
    hosts = {trial.live.host for trial in running} - {None}
    names = unshared({trial.folder.path.name: trial.title for trial in running})
    columns = (
        Column("running", list(names), words=True),
        Column("trial", list(names.values()), words=True, elastic=True),
        Column("place", [_place(trial, several_hosts=len(hosts) > 1) for trial in running]),
        Column("step", [f"{trial.live.step or 0:,} of {trial.steps:,}" for trial in running]),
        Column("training loss", [_loss(trial.live.loss) for trial in running]),
    )
    yield ""
    yield from table(columns, width)


def _collapsed(sweep: SweepStatus) -> Iterator[str]:
    groups: dict[str, list[TrialStatus]] = {}
    for trial in sweep.trials:
        if trial.collapse is not None:
            groups.setdefault(trial.collapse, []).append(trial)
    for words, (first, *others) in groups.items():
        yield ""
        yield f"{1 + len(others):,} collapsed: {words}"
        yield f"    {'' if not others else 'e.g. '}{first.folder.path.name} {first.title}"


def _failed(sweep: SweepStatus) -> Iterator[str]:
    failed = [trial.folder for trial in sweep.trials if trial.state == "failed"]
    if failed:
        yield ""
        yield from failures.text(failures.grouped(failed))


def _place(trial: TrialStatus, several_hosts: bool) -> str:
    return " ".join(word for word in (trial.live.host if several_hosts else None, trial.live.device) if word)


def _loss(loss: float | None) -> str:
    return NONE if loss is None else f"{loss:.3g}"


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
