"""How far each series can be pruned, in sentences. With fewer than ENOUGH seeds they give intervals and no verdict."""

from __future__ import annotations

from dashboards.numbers.answer.critical import Critical
from dashboards.numbers.answer.limits import Limits
from dashboards.numbers.answer.margins import Level, Walk
from dashboards.statistics.estimates import ENOUGH
from dashboards.words import formats
from dashboards.words.formats import level, listed
from dashboards.words.units import Unit


def limited(limit: Limits, unit: Unit) -> str:
    """How far a series can be pruned, and what lies beyond."""
    words = walked(limit.last, unit)
    return " ".join([words, _critical(limit.critical, unit), *_best(limit)]) if limit.last.enough else words


def walked(walk: Walk, unit: Unit) -> str:
    """How far a series can be pruned, and the levels without a finished pair."""
    text = _verdict(walk, unit) if walk.enough else _no_verdict(walk, unit)
    gaps = f" No finished pair at {listed([level(gap) for gap in walk.unpaired])}." if walk.unpaired else ""
    return text + gaps


def _no_verdict(walk: Walk, unit: Unit) -> str:
    changes = [f"{_change(walk, step, unit)} at {level(step.cell.level)} sparsity" for step in _reported(walk)]
    return f"{_name(walk, unit)}: {listed(changes)}. With n = {walk.fewest} this is no verdict; it takes {ENOUGH}."


def _verdict(walk: Walk, unit: Unit) -> str:
    name, judged = _name(walk, unit), _judged(walk)
    unsafe = _unsafe(walk, walk.failed, unit) if walk.failed else ""
    if not walk.passed:
        return f"{name} is safe at no level tried, {judged}. {unsafe}"
    safe = walk.passed[-1]
    text = f"{name} is safe up to {level(safe.cell.level)} sparsity"
    if not walk.failed:
        return f"{text}, the sparsest level tried, {judged}, with {_change(walk, safe, unit)}."
    return f"{text}, {judged}, with {_change(walk, safe, unit)}. {unsafe}"


def _judged(walk: Walk) -> str:
    """What the verdict rests on."""
    seeds_alone = walk.over_seeds_alone
    if len(seeds_alone) == len(walk.walked):
        return "judged over seeds alone"
    but = f", but over seeds alone at {listed([level(sparsity) for sparsity in seeds_alone])}" if seeds_alone else ""
    return f"judged over seeds and examples{but}"


def _unsafe(walk: Walk, failed: Level, unit: Unit) -> str:
    claim = "surely" if failed.loses else f"{failed.gain.n} seeds cannot rule out"
    return f"At {level(failed.cell.level)} the difference is {_change(walk, failed, unit)}: {claim} {unit.harm}."


def _reported(walk: Walk) -> tuple[Level, ...]:
    """The levels whose differences are reported: the last safe level and the first that is not safe."""
    return walk.walked[max(len(walk.passed) - 1, 0) :]


def _twin(walk: Walk, unit: Unit) -> str | None:
    """The twin's value, if it is the same at all reported levels. The rungs of a ladder have different twins."""
    twins = {unit.value(step.cell.twins) for step in _reported(walk)}
    return twins.pop() if len(twins) == 1 else None


def _name(walk: Walk, unit: Unit) -> str:
    twin = _twin(walk, unit)
    return walk.series.label + (f" (its twin: {twin})" if twin else "")


def _change(walk: Walk, step: Level, unit: Unit) -> str:
    twin = "" if _twin(walk, unit) else f" from its twin's {unit.value(step.cell.twins)}"
    return unit.change(step.gain) + twin


def _critical(critical: Critical, unit: Unit) -> str:
    allowed, seeds = unit.allowed, len(critical.by_seed)
    if (typical := critical.typical) is None:
        reached_by = f"{critical.crossed} of {seeds} seeds reach it"
        return f"Its {unit.lost} reaches {allowed} beyond {level(critical.sparsest)} ({reached_by})."
    twin = "" if typical.denser else " (the twin)"
    where = (f"Its {unit.lost} reaches {allowed} at {level(round(typical.at, 3))}, interpolated between "
             f"{level(typical.denser)}{twin} and {level(typical.sparser)}")  # fmt: skip
    if critical.crossed < seeds:
        return f"{where} (median; {critical.crossed} of {seeds} seeds reach it)."
    return f"{where} ({critical_interval(critical)})." if critical.interval else f"{where}."


def critical_interval(critical: Critical) -> str:
    """The ends of its interval. Nothing was tried beyond the sparsest level."""
    if critical.interval is None:
        return formats.NONE
    low, high = critical.interval
    return f"{100 * low:.1f} to " + (
        f"beyond {level(critical.sparsest)}" if high > critical.sparsest else f"{100 * high:.1f} %"
    )


def _best(limit: Limits) -> list[str]:
    """The sentence about the best checkpoints, where they disagree with the last step."""
    if limit.best is None or limit.agree:
        return []
    safe = f"up to {level(limit.best.safe.level)}" if limit.best.safe else "at no level tried"
    alone = ", judged over seeds alone" if len(limit.last.over_seeds_alone) < len(limit.last.walked) else ""
    return [f"At the best checkpoint, chosen on the validation set, it is safe {safe}{alone}."]
