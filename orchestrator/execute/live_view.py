"""The live part of the terminal while trials run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from orchestrator.execute.fitting import shortened
from orchestrator.store.live_trial import LiveTrial

STYLES = {"running": "cyan", "completed": "green", "failed": "bold red", "lost": "bold red"}
ROOMY = 72  # columns from which a row says where its trial runs
FRAME = 4  # lines that are no rows


@dataclass(frozen=True)
class TrialRow:
    """One running trial."""

    label: str
    live: LiveTrial
    steps: int  # of the whole trial


def view(
    counts: Mapping[str, int], total: int, seconds_left: float | None, rows: Sequence[TrialRow], width: int, height: int
) -> Group:
    """A bar, the counts of trials by state, and as many rows as fit into `width` columns and `height` lines."""
    ended = sum(count for state, count in counts.items() if state not in ("running", "planned"))
    bar = Table.grid(expand=True, padding=(0, 1))
    bar.add_column(ratio=1)
    bar.add_column(justify="right", no_wrap=True)
    bar.add_row(ProgressBar(total, ended, complete_style="cyan", finished_style="green"), f"{ended:,} of {total:,}")
    room = max(1, height - FRAME)
    running = counts.get("running", 0)
    shown = rows if running <= room else rows[: room - 1]
    hidden = [Text(f"and {running - len(shown):,} more", "dim")] if len(shown) < running else []
    return Group(bar, _states(counts, seconds_left), _running(shown, width), *hidden)


def _states(counts: Mapping[str, int], seconds_left: float | None) -> Text:
    parts = [Text(f"{count:,} {state}", STYLES.get(state, "")) for state, count in counts.items()]
    if seconds_left is not None:
        parts.append(Text(f"about {timedelta(seconds=round(seconds_left))} left"))
    return Text(", ").join(parts)


def _running(rows: Sequence[TrialRow], width: int) -> Table:
    """The label gets the columns that the figures leave."""
    several = len({row.live.host for row in rows} - {None}) > 1
    figures = [_figures(row, several) if width >= ROOMY else _figures(row, several)[1:] for row in rows]
    sizes = [max(len(cell) for cell in column) for column in zip(*figures, strict=True)]
    room = max(1, width - sum(sizes) - len(sizes))
    table = Table.grid(padding=(0, 1), pad_edge=False)
    table.add_column(no_wrap=True, width=room)
    for size in sizes:
        table.add_column(justify="right", no_wrap=True, width=size)
    for row, cells in zip(rows, figures, strict=True):
        table.add_row(shortened(row.label, room), *cells)
    return table


def _figures(row: TrialRow, several_hosts: bool) -> tuple[str, str, str]:
    """The place, the step and the loss."""
    live = row.live
    place = " ".join(word for word in (live.host if several_hosts else None, live.device) if word)
    return place, f"step {live.step or 0:,}/{row.steps:,}", "" if live.loss is None else f"loss {live.loss:.3g}"
