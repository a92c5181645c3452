"""The tables of pruning after training: masks alone beside reconstruction, and simple criteria beside complex ones."""

from __future__ import annotations

from dashboards.draw.section import Table, without_empty
from dashboards.numbers.answer.comparison import Comparison
from dashboards.numbers.post_training.reconstruction import PrunedNetwork, Reconstruction
from dashboards.sections.post_training.numbers import Numbers
from dashboards.statistics.estimates import Estimate
from dashboards.words import brief, formats
from dashboards.words.formats import NONE
from dashboards.words.units import WIDER, Unit


def tables(numbers: Numbers) -> tuple[Table, ...]:
    """One row a criterion and amount; one row a comparison of criteria."""
    return (_reconstruction(numbers), *([_rivals(numbers)] if numbers.rivals else []))


def _reconstruction(numbers: Numbers) -> Table:
    words = numbers.unit
    columns = ("Method", "Sparsity or pattern", f"{words.heading} alone", f"{words.heading} solved",
               f"Solved minus alone [{words.name}]", f"Interval [{words.name}]", WIDER, "p (Holm)", "n",
               f"Alone minus dense [{words.name}]", f"Solved minus dense [{words.name}]", "Layer error alone [%]",
               "Layer error solved [%]")  # fmt: skip
    rows = tuple((numbers.names[one.criterion], one.amount.brief, *_row(one, words)) for one in numbers.found)
    table = Table("Masks alone, and with the layers solved again", columns, rows, frozenset({"Method"}), grouped=True)
    return without_empty(table, set(columns[2:]))


def _row(one: Reconstruction, words: Unit) -> tuple[str, ...]:
    pair = one.comparison
    difference = words.raw(pair.difference) if pair else None
    return (
        _value(one.alone, words), _value(one.solved, words), words.bare(difference.mean if difference else None),
        words.ends(difference), words.ends(difference and difference.over_examples),
        formats.p_value(pair.p_value if pair else None), str(_seeds(one, difference)),
        _to_dense(one.alone, words), _to_dense(one.solved, words), _error(one.alone), _error(one.solved),
    )  # fmt: skip


def _seeds(one: Reconstruction, difference: Estimate | None) -> int:
    """Of the difference, or of the only network."""
    if len(one.networks) > 1:
        return difference.n if difference else 0
    value = one.networks[0].cell.value
    return value.n if value else 0


def _value(network: PrunedNetwork | None, words: Unit) -> str:
    value = network.cell.value if network else None
    return words.value(value.mean if value else None)


def _to_dense(network: PrunedNetwork | None, words: Unit) -> str:
    difference = network.cell.to_dense if network else None
    if difference is None:
        return NONE
    return words.bare(difference.mean) + (f" ({words.ends(difference)})" if difference.interval else "")


def _error(network: PrunedNetwork | None) -> str:
    if network is None or network.layer_error is None:
        return NONE
    return brief.bare_share(network.layer_error)


def _rivals(numbers: Numbers) -> Table:
    words = numbers.unit
    columns = ("Simpler criterion", "More complex one", "Sparsity or pattern", f"Difference [{words.name}]",
               f"Interval [{words.name}]", WIDER, "p (Holm)", "n")  # fmt: skip
    order = list(dict.fromkeys(numbers.name(pair.ours) for pair in numbers.rivals))
    pairs = sorted(numbers.rivals, key=lambda pair: order.index(numbers.name(pair.ours)))
    rows = tuple((numbers.name(pair.ours), numbers.name(pair.theirs), numbers.of(pair.ours).amount.brief,
                  *_difference(pair, words)) for pair in pairs)  # fmt: skip
    title = "Simpler criteria with reconstruction minus more complex ones"
    table = Table(title, columns, rows, frozenset(columns[:2]), grouped=True)
    return without_empty(table, {WIDER})


def _difference(pair: Comparison, words: Unit) -> tuple[str, ...]:
    difference = words.raw(pair.difference)
    return (
        words.bare(difference.mean if difference else None), words.ends(difference),
        words.ends(difference and difference.over_examples), formats.p_value(pair.p_value),
        str(difference.n if difference else 0),
    )  # fmt: skip
