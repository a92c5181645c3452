"""Numbers as sentences. Below ENOUGH seeds they give intervals and no verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboards.numbers.answer.comparison import Comparison, times_the_training
from dashboards.numbers.answer.critical import Critical
from dashboards.numbers.answer.limits import Limits
from dashboards.numbers.answer.margins import Level, Walk
from dashboards.numbers.answer.ranking import MethodRanking
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.overlap import Tally
from dashboards.numbers.inside.layers import LayerLeft, natural
from dashboards.numbers.inside.survival import leaves_alone
from dashboards.read.series import Series
from dashboards.statistics.estimates import ENOUGH, Estimate
from dashboards.statistics.sizes import TOLERANCE
from dashboards.words import formats
from dashboards.words.formats import count, level, listed
from dashboards.words.units import Unit

AT_START, INIT_SCALE = "static_random", "method.init_scale"  # the method that masks first weights, and their scale
FEW = 100  # weights left in a layer, below which a sentence says so
DEAD = 0.1  # of a layer's units, from which on a sentence says so


def reached(cell: Cell, one: Estimate, unit: Unit) -> str:
    """What a cell comes to: `one` is of its value. Of language models also per token."""
    interval = f"interval {unit.value_ends(one)}{unit.of_value}, " if one.interval else ""
    before = "" if cell.series.dense else " before it removes any weight"
    per_token = {}
    if cell.perplexity is not None:
        per_token = {"a loss of {:.3f} nats": cell.loss, "a perplexity of {:.1f}": cell.perplexity}
    told = listed([words.format(value) for words, value in per_token.items() if value is not None])
    return (f"{cell.series.label} {unit.reaches} {unit.amount(one.mean, cell.split)}{before} ({interval}n = {one.n})"
            + (f", with {told} per token." if told else "."))  # fmt: skip


def limited(one: Limits, unit: Unit) -> str:
    """How far a series can be pruned, and what lies beyond."""
    told = walked(one.last, unit)
    return " ".join([told, _critical(one.critical, unit), *_best(one)]) if one.last.enough else told


def let_go(line: Sequence[tuple[Cell, Estimate]], unit: Unit) -> str:
    """A series whose weights were not held at zero, with its values: its networks end denser than asked for."""
    found = [f"{formats.percent(cell.sparsity)} instead of {level(cell.level)}"
             + (f", with {unit.spread(cell.difference)}" if cell.difference else "") for cell, _ in line]  # fmt: skip
    n, series = formats.seeds(one.n for _, one in line), line[0][0].series
    if leaves_alone(series):
        return (f"{series.label} sets no weight to zero: as a control it chooses weights and leaves them alone, so it "
                f"trains the dense network ({n}). It says nothing about sparse networks.")  # fmt: skip
    return (f"{series.label} ends with few zeros, since nothing holds them: {'; '.join(found)} against the "
            f"dense twin ({n}). It says nothing about sparse networks.")  # fmt: skip


def walked(one: Walk, unit: Unit) -> str:
    """How far a series can be pruned, and which levels no pair has finished at."""
    told = _verdict(one, unit) if one.enough else _no_verdict(one, unit)
    gaps = f" No finished pair at {listed([level(gap) for gap in one.unpaired])}." if one.unpaired else ""
    return told + gaps


def _no_verdict(one: Walk, unit: Unit) -> str:
    found = [f"{_change(one, told, unit)} at {level(told.cell.level)} sparsity" for told in _told(one)]
    return f"{_name(one, unit)}: {listed(found)}. With n = {one.fewest} this is no verdict; it takes {ENOUGH}."


def _verdict(one: Walk, unit: Unit) -> str:
    name, judged = _name(one, unit), _judged(one)
    unsafe = _unsafe(one, one.failed, unit) if one.failed else ""
    if not one.passed:
        return f"{name} is safe at no level tried, {judged}. {unsafe}"
    safe = one.passed[-1]
    text = f"{name} is safe up to {level(safe.cell.level)} sparsity"
    if not one.failed:
        return f"{text}, the sparsest level tried, {judged}, with {_change(one, safe, unit)}."
    return f"{text}, {judged}, with {_change(one, safe, unit)}. {unsafe}"


def _judged(one: Walk) -> str:
    """What the verdict rests on."""
    alone = one.over_seeds_alone
    if len(alone) == len(one.walked):
        return "judged over seeds alone"
    but = f", but over seeds alone at {listed([level(found) for found in alone])}" if alone else ""
    return f"judged over seeds and examples{but}"


def _unsafe(one: Walk, failed: Level, unit: Unit) -> str:
    claim = "surely" if failed.loses else f"{failed.gain.n} seeds cannot rule out"
    return f"At {level(failed.cell.level)} the difference is {_change(one, failed, unit)}: {claim} {unit.harm}."


def _told(one: Walk) -> tuple[Level, ...]:
    """The levels whose differences are told: the last safe one and the first that is not."""
    return one.walked[max(len(one.passed) - 1, 0) :]


def _twin(one: Walk, unit: Unit) -> str | None:
    """What the twin comes to, if it is the same at all levels that are told: the rungs of a ladder have several."""
    found = {unit.value(told.cell.twins) for told in _told(one)}
    return found.pop() if len(found) == 1 else None


def _name(one: Walk, unit: Unit) -> str:
    twin = _twin(one, unit)
    return one.series.label + (f" (its twin: {twin})" if twin else "")


def _change(one: Walk, told: Level, unit: Unit) -> str:
    twin = "" if _twin(one, unit) else f" from its twin's {unit.value(told.cell.twins)}"
    return unit.change(told.gain) + twin


def _critical(one: Critical, unit: Unit) -> str:
    allowed, seeds = unit.allowed, len(one.by_seed)
    if (typical := one.typical) is None:
        return (
            f"Its {unit.lost} reaches {allowed} beyond {level(one.sparsest)} ({one.crossed} of {seeds} seeds reach it)."
        )
    twin = "" if typical.denser else " (the twin)"
    where = (f"Its {unit.lost} reaches {allowed} at {level(round(typical.at, 3))}, interpolated between "
             f"{level(typical.denser)}{twin} and {level(typical.sparser)}")  # fmt: skip
    if one.crossed < seeds:
        return f"{where} (median; {one.crossed} of {seeds} seeds reach it)."
    return f"{where} ({critical_interval(one)})." if one.interval else f"{where}."


def critical_interval(one: Critical) -> str:
    """Its ends, where there is one; what lies beyond the sparsest level was not tried."""
    if one.interval is None:
        return formats.NONE
    low, high = one.interval
    return f"{100 * low:.1f} to " + (f"beyond {level(one.sparsest)}" if high > one.sparsest else f"{100 * high:.1f} %")


def _best(one: Limits) -> list[str]:
    """The sentence about the best checkpoints, where they disagree with the last step."""
    if one.best is None or one.agree:
        return []
    safe = f"up to {level(one.best.safe.level)}" if one.best.safe else "at no level tried"
    alone = ", judged over seeds alone" if len(one.last.over_seeds_alone) < len(one.last.walked) else ""
    return [f"At the best checkpoint, chosen on the validation set, it is safe {safe}{alone}."]


def diverged(cell: Cell, unit: Unit) -> str:
    """How many seeds of a cell diverged, or of a control how many draws, and what the others reach."""
    each = "draws" if cell.series.control else "seeds"
    count = f"{cell.diverged} of {cell.planned} {each} of {cell.series.label} at {level(cell.level)} sparsity"
    if cell.outcome.chance is None:
        return (f"{count} diverged and count as failed: there is no chance level of {unit.noun} to count them at, so "
                "its means are of the others alone.")  # fmt: skip
    rest = f"the others {unit.reach} {unit.value(cell.converged.mean)}" if cell.converged else "none did not"
    return f"{count} diverged and count at chance level; {rest}."


def incomplete(trials: Tally) -> list[str]:
    """The sentence about trials without a result, where there are any."""
    failed, missing = trials.failed, trials.missing
    if not failed + missing:
        return []
    return [f"{failed + missing} of {trials.planned} planned trials have no result: {failed} failed, {missing} "
            f"{'is' if missing == 1 else 'are'} missing. The figures rest on the others."]  # fmt: skip


def compared(levels: Sequence[Comparison], unit: Unit, confidence: float) -> str:
    """One series against another at equal size, level by level."""
    ours, theirs = levels[0].ours.series.label, levels[0].theirs.series.label
    return f"{ours} against {theirs} at equal size: {'; '.join(_compared(one, unit, confidence) for one in levels)}."


def confounded(pairs: Iterable[Series]) -> list[str]:
    """The sentence about masks at initialisation that a small dense network is held against: size is not all."""
    masked = [one for one in dict.fromkeys(pairs) if one.method == AT_START]
    names = [one.label for one in masked if INIT_SCALE not in dict(one.settings)]
    if not names:
        return []
    return [f"These differences are not of size alone: small_dense draws its first weights for the inputs that its "
            f"units have, and {listed(names)} for those of the dense network (init_scale: fan_in draws them for the "
            "inputs that are left)."]  # fmt: skip


def _compared(one: Comparison, unit: Unit, confidence: float) -> str:
    where, difference = f"at {level(one.sparsity)} sparsity", one.difference
    if difference is None:
        sizes = f"{count(one.ours.nonzero)} and {count(one.theirs.nonzero)} weights"
        return f"{where} not compared, as {sizes} are more than {level(TOLERANCE)} apart"
    found = f"{where}, {unit.change(difference)}{_budget(one)}"
    if not one.enough:
        return f"{found}, no verdict with n = {difference.n}"
    if not one.clear(confidence):
        return f"{found}, no clear difference"
    return f"{found}, {'better' if difference.mean > 0 else 'worse'}"


def _budget(one: Comparison) -> str:
    """How much longer one side was trained, where that is worth a word."""
    times = one.times_the_training
    return f" at {times:.3g} times the training" if times else ""


def of_other_size(found: Sequence[Cell]) -> list[str]:
    """The sentence about cells that take no part in comparisons at equal size, where there are any."""
    told = [f"{cell.series.label} at {level(cell.level)} ({count(cell.nonzero)} instead of "
            f"{count(cell.asked_nonzero)} weights)" for cell in found]  # fmt: skip
    return [f"Not ranked, since their size is not the one asked for: {listed(told)}."] if told else []


def other_budget(ranking: MethodRanking) -> list[str]:
    """The sentence about methods at one level that train for longer than others, where any do."""
    steps = {place.cell.series.label: place.cell.steps for place in ranking.places if place.cell.steps}
    if len(steps) < 2 or times_the_training(max(steps.values()), min(steps.values())) is None:
        return []
    by_steps: dict[int, list[str]] = {}
    for label, number in steps.items():
        by_steps.setdefault(round(number), []).append(label)
    trained = [f"{listed(labels)} for {count(number)} steps" for number, labels in sorted(by_steps.items())]
    return [f"Methods train for different times: {listed(trained)}, at {level(ranking.level)} sparsity."]


def few_weights(left: LayerLeft) -> bool:
    """Whether a masked layer has so few weights left that a reader should know."""
    return _masked(left) and left.kept is not None and left.kept < FEW


def many_dead(left: LayerLeft) -> float | None:
    """The fraction of a masked layer's units that are dead, where it is so large that a reader should know."""
    return left.dead if _masked(left) and left.dead is not None and left.dead >= DEAD else None


def _masked(left: LayerLeft) -> bool:
    return left.density is not None and left.density < 1


def starved(series: Sequence[LayerLeft]) -> str:
    """The layers in which one series leaves few weights, or units without connections."""
    few, dead = [], []
    for layer in sorted({left.layer for left in series}, key=natural):
        members = [left for left in series if left.layer == layer]
        weights = [f"{count(left.kept)} at {level(left.sparsity)}" for left in members if few_weights(left)]
        units = [
            f"{level(round(share, 2))} at {level(left.sparsity)}" for left in members if (share := many_dead(left))
        ]
        few += [f"{layer} ({listed(weights)}, of {count(members[0].weights)})"] if weights else []
        dead += [f"{layer} ({listed(units)})"] if units else []
    parts = [f"{words} {listed(layers)}" for words, layers in
             (("few weights in", few), ("units without connections in", dead)) if layers]  # fmt: skip
    return f"{series[0].series.label} leaves {' and '.join(parts)}."
