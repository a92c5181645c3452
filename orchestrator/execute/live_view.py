"""A sweep at a glance: how the live part of the terminal looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from orchestrator.store.live_trial import LiveTrial

STYLES = {"running": "cyan", "completed": "green", "failed": "bold red", "lost": "bold red"}
ROOMY = 72  # columns from which a row says where its trial runs
FRAME = 4  # lines that are no rows


@dataclass(frozen=True)
class TrialRow:
    """One running trial."""

    label: str
    live: LiveTrial
    steps: int  # that it will have taken at its end


def view(
    counts: Mapping[str, int], total: int, seconds_left: float | None, rows: Sequence[TrialRow], width: int, height: int
) -> Group:
    """What fits into `width` columns and `height` lines; `counts` are trials by state."""
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


def shortened(text: str, width: int) -> str:
    """`text` in at most `width` characters, both ends kept: trials differ in their method and in their seed.

    >>> shortened("static_random sparsity=0.5 seed=12", 21)
    'static_ran….5 seed=12'
    """
    if len(text) <= width:
        return text
    tail = max(0, width - 1) // 2
    return f"{text[: max(0, width - 1 - tail)]}…{text[len(text) - tail :]}"


def unshared(labels: Mapping[str, str]) -> dict[str, str]:
    """Each label, by key, without the words that all of them have; whole where nothing else is left.

    >>> unshared({"a": "digits dense seed=0", "b": "digits dense seed=1"})
    {'a': 'seed=0', 'b': 'seed=1'}
    """
    words = {key: label.split() for key, label in labels.items()}
    shared = set.intersection(*map(set, words.values())) if words else set()
    return {key: " ".join(word for word in words[key] if word not in shared) or labels[key] for key in words}


def _states(counts: Mapping[str, int], seconds_left: float | None) -> Text:
    words = [Text(f"{count:,} {state}", STYLES.get(state, "")) for state, count in counts.items()]
    if seconds_left is not None:
        words.append(Text(f"about {timedelta(seconds=round(seconds_left))} left"))
    return Text(", ").join(words)


def _running(rows: Sequence[TrialRow], width: int) -> Table:
    """The label gets the columns that the figures leave."""
    several = len({row.live.host for row in rows} - {None}) > 1
    figures = [_figures(row, several) if width >= ROOMY else _figures(row, several)[1:] for row in rows]
    taken = [max(len(cell) for cell in column) for column in zip(*figures, strict=True)]
    left = max(1, width - sum(taken) - len(taken))
    table = Table.grid(padding=(0, 1), pad_edge=False)
    table.add_column(no_wrap=True, width=left)
    for columns in taken:
        table.add_column(justify="right", no_wrap=True, width=columns)
    for row, cells in zip(rows, figures, strict=True):
        table.add_row(shortened(row.label, left), *cells)
    return table


def _figures(row: TrialRow, several_hosts: bool) -> tuple[str, str, str]:
    """Where it runs, its step of how many, its loss."""
    live = row.live
    where = " ".join(word for word in (live.host if several_hosts else None, live.device) if word)
    return where, f"step {live.step or 0:,}/{row.steps:,}", "" if live.loss is None else f"loss {live.loss:.3g}"
