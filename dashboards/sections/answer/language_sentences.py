"""What the answer says of language models. As in `sentences`: below ENOUGH seeds intervals and no verdict."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.numbers.cells.language import TextCell
from dashboards.numbers.inside.survival import AFTER_1, LATER, PERMANENT, SURVIVED, Survival
from dashboards.statistics.estimates import Estimate
from dashboards.words import formats
from dashboards.words.formats import bits, ends, level, listed, percent
from dashboards.words.units import BITS

OPTIMIZER = "workload.training.optimizer.name"


def reached(cell: TextCell, one: Estimate) -> str:
    """What a dense network comes to: `one` is of its bits."""
    interval = f"interval {ends(one, bits)}, " if one.interval else ""
    per_token = {"a loss of {:.3f} nats": cell.loss, "a perplexity of {:.1f}": cell.perplexity}
    told = listed([words.format(value) for words, value in per_token.items() if value is not None])
    return (f"{cell.series.label} takes {bits(one.mean)} bits per character of the {cell.split} split "
            f"({interval}n = {one.n})" + (f", with {told} per token." if told else "."))  # fmt: skip


def let_go(line: Sequence[tuple[TextCell, Estimate]]) -> str:
    """A series whose weights were not held at zero, with its bits: its networks end denser than asked for."""
    found = [f"{percent(cell.sparsity)} instead of {level(cell.level)}"
             + (f", with {BITS.spread(cell.difference)}" if cell.difference else "") for cell, _ in line]  # fmt: skip
    n = formats.seeds(one.n for _, one in line)
    return (f"{line[0][0].series.label} ends with few zeros, since nothing holds them: {'; '.join(found)} against the "
            f"dense twin ({n}). It says nothing about sparse networks.")  # fmt: skip


def survived(one: Survival) -> str:
    """What one series' zeroed weights did at its sparsest target."""
    told = f"{one.series.label}, to {level(one.target)}"
    n = f"n = {one.n}"
    if one.persistent:
        return _held(told, one, n)
    optimizer = dict(one.series.settings).get(OPTIMIZER)
    parts = []
    if AFTER_1 in one.overall:
        parts.append(f"{percent(one.overall[AFTER_1].mean)} are nonzero one step later")
    if one.followed not in (None, AFTER_1):
        parts.append(f"{percent(one.revived)} are {LATER[one.followed]} steps later")
    if SURVIVED in one.overall:
        parts.append(f"{percent(one.overall[SURVIVED].mean)} are not chosen by the next application")
    if PERMANENT in one.overall:
        parts.append(f"{percent(one.overall[PERMANENT].mean)} are chosen by every later one")
    moved = f" {optimizer} moves every weight that nothing holds." if optimizer in ("adam", "adamw") else ""
    return f"{told}: of the weights that an application sets to zero, {listed(parts)} ({n}).{moved}"


def _held(told: str, one: Survival, n: str) -> str:
    if one.revived == 0:
        return f"{told}: no weight that was set to zero came back, as masks that hold their zeros demand ({n})."
    return (f"{told}: {percent(one.revived)} of the weights that were set to zero came back although the masks hold "
            f"them ({n}). That must not be: something is wrong with these runs.")  # fmt: skip


def diverged(cell: TextCell) -> str:
    """How many seeds of a cell diverged: there is no level to count them at."""
    return (f"{cell.cell.diverged} of {cell.cell.planned} seeds of {cell.series.label} at {level(cell.level)} "
            "sparsity diverged and count as failed: bits per character have no chance level to count them at, so its "
            "means are of the others alone.")  # fmt: skip
