"""What the answer says of weights that are set to zero time and again."""

from __future__ import annotations

from dashboards.numbers.inside.survival import AFTER_1, LATER, PERMANENT, SURVIVED, Survival
from dashboards.words.formats import level, listed, percent

OPTIMIZER = "workload.training.optimizer.name"


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
    if one.left_alone:
        return f"{told}: of the weights that an application chooses and leaves alone, {listed(parts)} ({n})."
    moved = f" {optimizer} moves every weight that nothing holds." if optimizer in ("adam", "adamw") else ""
    return f"{told}: of the weights that an application sets to zero, {listed(parts)} ({n}).{moved}"


def _held(told: str, one: Survival, n: str) -> str:
    if one.revived == 0:
        return f"{told}: no weight that was set to zero came back, as masks that hold their zeros demand ({n})."
    return (f"{told}: {percent(one.revived)} of the weights that were set to zero came back although the masks hold "
            f"them ({n}). That must not be: something is wrong with these runs.")  # fmt: skip
