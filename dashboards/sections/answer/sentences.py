"""The numbers of cells, comparisons and layers as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboards.numbers.answer.comparison import Comparison, times_the_training
from dashboards.numbers.answer.ranking import MethodRanking
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.overlap import Tally
from dashboards.numbers.inside.layers import LayerLeft, natural
from dashboards.numbers.inside.survival import leaves_alone
from dashboards.read.series import Series
from dashboards.statistics.estimates import Estimate
from dashboards.statistics.sizes import TOLERANCE
from dashboards.words import formats
from dashboards.words.formats import count, level, listed
from dashboards.words.units import Unit

AT_START, INIT_SCALE = "static_random", "method.init_scale"  # the method that masks first weights, and their scale
FEW = 100  # weights left in a layer, below which a sentence says so
DEAD = 0.1  # of a layer's units, from which on a sentence says so


def reached(cell: Cell, estimate: Estimate, unit: Unit) -> str:
    """The value of a cell, with its interval. For language models also loss and perplexity per token."""
    interval = f"interval {unit.value_ends(estimate)}{unit.of_value}, " if estimate.interval else ""
    before = "" if cell.series.dense else " before it removes any weight"
    per_token = {}
    if cell.perplexity is not None:
        per_token = {"a loss of {:.3f} nats": cell.loss, "a perplexity of {:.1f}": cell.perplexity}
    per_token_words = listed([words.format(value) for words, value in per_token.items() if value is not None])
    value = unit.amount(estimate.mean, cell.split)
    return (f"{cell.series.label} {unit.reaches} {value}{before} ({interval}n = {estimate.n})"
            + (f", with {per_token_words} per token." if per_token_words else "."))  # fmt: skip


def let_go(line: Sequence[tuple[Cell, Estimate]], unit: Unit) -> str:
    """A series whose weights were not held at zero, with its values: its networks end denser than asked for."""
    levels = [f"{formats.percent(cell.sparsity)} instead of {level(cell.level)}"
             + (f", with {unit.spread(cell.difference)}" if cell.difference else "") for cell, _ in line]  # fmt: skip
    n, series = formats.seeds(estimate.n for _, estimate in line), line[0][0].series
    if leaves_alone(series):
        return (f"{series.label} sets no weight to zero: as a control it chooses weights and leaves them alone, so it "
                f"trains the dense network ({n}). It says nothing about sparse networks.")  # fmt: skip
    return (f"{series.label} ends with few zeros, since nothing holds them: {'; '.join(levels)} against the "
            f"dense twin ({n}). It says nothing about sparse networks.")  # fmt: skip


def diverged(cell: Cell, unit: Unit) -> str:
    """How many seeds of a cell diverged, or of a control how many draws, and what the others reach."""
    each = "draws" if cell.series.control else "seeds"
    count = f"{cell.diverged} of {cell.planned} {each} of {cell.series.label} at {level(cell.level)} sparsity"
    if cell.outcome.chance is None:
        return (f"{count} diverged and count as failed: there is no chance level of {unit.noun} to count them at, so "
                "its means are of the others alone.")  # fmt: skip
    rest = f"the others {unit.reach} {unit.value(cell.converged.mean)}" if cell.converged else "none did not"
    return f"{count} diverged and count at chance level; {rest}."


def chosen(tuned: Sequence[str]) -> list[str]:
    """The sentence about settings that validation chooses, if there are any."""
    if not tuned:
        return []
    names = listed([name.rpartition(".")[2] for name in tuned])
    return [f"Each method, and the dense network, is shown with its own best {names} at each sparsity: chosen on the "
            "validation set, reported on the test set."]  # fmt: skip


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
    return f"{ours} against {theirs} at equal size: {'; '.join(_compared(pair, unit, confidence) for pair in levels)}."


def confounded(pairs: Iterable[Series]) -> list[str]:
    """The sentence about small dense networks beside masks at initialisation: they differ in more than size."""
    masked = [series for series in dict.fromkeys(pairs) if series.method == AT_START]
    names = [series.label for series in masked if INIT_SCALE not in dict(series.settings)]
    if not names:
        return []
    return [f"small_dense differs from {listed(names)} in more than size. Its first weights are scaled to the inputs "
            "that its units have; theirs are scaled to the inputs of the dense network (init_scale: fan_in scales them "
            "to the inputs that are left)."]  # fmt: skip


def _compared(pair: Comparison, unit: Unit, confidence: float) -> str:
    where, difference = f"at {level(pair.sparsity)} sparsity", pair.difference
    if difference is None:
        sizes = f"{count(pair.ours.size)} and {count(pair.theirs.size)} weights"
        return f"{where} not compared, as {sizes} are more than {level(TOLERANCE)} apart"
    text = f"{where}, {unit.change(difference)}{_budget(pair)}"
    if not pair.enough:
        return f"{text}, no verdict with n = {difference.n}"
    if not pair.clear(confidence):
        return f"{text}, no clear difference"
    return f"{text}, {'better' if difference.mean > 0 else 'worse'}"


def _budget(pair: Comparison) -> str:
    """How much longer one side trained, if the difference matters."""
    times = pair.times_the_training
    return f" at {times:.3g} times the training" if times else ""


def of_other_size(cells: Sequence[Cell]) -> list[str]:
    """The sentence about networks that are not ranked because of their size, if there are any."""
    named = [f"{cell.series.label} at {level(cell.level)} ({count(cell.size)} instead of "
            f"{count(cell.asked_nonzero)} weights)" for cell in cells]  # fmt: skip
    return [f"Not ranked, since their size is not the one asked for: {listed(named)}."] if named else []


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
