"""What the section on cost says in words."""

from __future__ import annotations

from dashboards.numbers.answer.comparison import times_the_training
from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cost.costs import CellCost
from dashboards.numbers.cost.prices import Candidate, beaten
from dashboards.numbers.factors.networks import methods
from dashboards.read.series import Series
from dashboards.sections.cost.numbers import Numbers, PriceAxis, PricePanel
from dashboards.words import formats
from dashboards.words.formats import count, listed
from dashboards.words.units import Unit

MOST_NAMES = 6  # of series on a front
MOST_LENGTHS = 4  # of training that are told one by one
NEVER = (0.0, 0.0)  # steps, where no run tells them


def text(numbers: Numbers) -> tuple[str, ...]:
    """What the counts rest on, the fronts, the budgets."""
    fronts = [" ".join(_front(panel, numbers.unit)) for panel in numbers.panels]
    return (*_zeros(numbers.costs), *fronts, *_budgets(numbers.costs), *_partial(numbers.costs))


def _zeros(costs: tuple[CellCost, ...]) -> list[str]:
    """Where sparsity was simulated and where it was not; said once on a page."""
    sparse = [cost for cost in costs if cost.cell.level > 0]
    left_out = [cost for cost in sparse if cost.left_out == 1]
    partly = [cost for cost in sparse if cost.left_out is not None and 0 < cost.left_out < 1]
    simulated = any(cost.simulated for cost in sparse)
    if not left_out and not partly:
        return _all_simulated(sparse) if simulated else []
    sentences = []
    if left_out:
        names = _all_named([one.cell for one in left_out])
        sentences.append(f"Training left the zeros of these networks out of its products: {names}.")
    if partly:
        least, most = (f"{100 * end(cost.left_out or 0.0 for cost in partly):.0f}" for end in (min, max))
        span = least if least == most else f"{least} to {most}"
        names = _all_named([one.cell for one in partly])
        sentences.append(f"Training left out the zeros of these in {span} % of the steps: {names}.")
    if simulated:
        sentences.append("In the others with zeros sparsity was simulated: the machine still multiplied the zeros.")
    return [" ".join(sentences)]


def _all_simulated(sparse: list[CellCost]) -> list[str]:
    full = [label for how, label in methods(cost.cell.series for cost in sparse).items()
            if not any(cost.simulated for cost in sparse if cost.cell.series.how == how)]  # fmt: skip
    but = f", but for {listed(full)}" if full else ""
    return [f"Sparsity was simulated with masks{but}: the machine still multiplied the zeros. Counts say what a sparse "
            "kernel could save, times say what was saved."]  # fmt: skip


def _front(panel: PricePanel, words: Unit) -> list[str]:
    if not panel.front:
        return [f"Without a validation set there is no front by {panel.axis.noun}."]
    rivals = [(member.cell, beaten(member, panel.candidates)) for member in panel.front]
    names = _all_named([cell for cell, rival in rivals if not rival])
    better = "more accurate" if words.noun == "accuracy" else "better"
    sentences = [f"By {panel.axis.noun}, no cheaper network was {better} on validation than these: {names}."]
    sentences += [f"{_named(cell)} is on the front as the reference; {_named(rival.cell)} is as cheap and as good on "
                  "validation." for cell, rival in rivals if rival]  # fmt: skip
    best = max(panel.front, key=lambda member: member.score)
    cheap = next(member for member in panel.front if member.score >= best.score - words.margin)
    return sentences if cheap == best else [*sentences, _cheapest(panel.axis, cheap, best, words)]


def _cheapest(axis: PriceAxis, cheap: Candidate, best: Candidate, words: Unit) -> str:
    return (
        f"The cheapest of them within {words.allowed} of the best validation {words.noun} is "
        f"{_costing(axis, cheap, words)}; the best is {_costing(axis, best, words)}."
    )


def _costing(axis: PriceAxis, option: Candidate, words: Unit) -> str:
    amount = words.amount(option.value.mean, option.cell.split)
    return f"{_named(option.cell)}, with {amount} for {axis.words(option.price)}{axis.said}"


def _all_named(cells: list[Cell]) -> str:
    """Each series with its levels; what is unpruned by itself."""
    levels: dict[str, list[str]] = {}
    for cell in (cell for cell in cells if not cell.unpruned):
        levels.setdefault(cell.series.label, []).append(cell.at)
    names = [_named(cell) for cell in cells if cell.unpruned]
    names += [f"{label} at {listed(own)}" for label, own in levels.items()]
    more = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    return listed(names[:MOST_NAMES] + more)


def _named(cell: Cell) -> str:
    if cell.series.dense:
        return cell.series.label
    return f"the dense twin of {cell.series.label}" if cell.unpruned else f"{cell.series.label} at {cell.at}"


def _budgets(costs: tuple[CellCost, ...]) -> list[str]:
    """How long methods trained, where that is not the same."""
    lengths: dict[tuple[float, float], list[str]] = {}
    for name, ends in _steps(costs).items():
        lengths.setdefault(ends, []).append(name)
    least, most = min(lengths, default=NEVER), max(lengths, key=lambda ends: ends[1], default=NEVER)
    if times_the_training(most[1], least[0]) is None:
        return []
    if len(lengths) > MOST_LENGTHS:
        return [f"Methods did not train equally long: from {count(least[0])} steps ({lengths[least][0]}) to "
                f"{count(most[1])} ({lengths[most][0]})."]  # fmt: skip
    (first, names), *others = sorted(lengths.items())
    rest = [f"{listed(labels)} for {_length(ends)}" for ends, labels in others]
    return [f"{', '.join([f'{listed(names)} trained for {_length(first)} steps', *rest])}."]


def _steps(costs: tuple[CellCost, ...]) -> dict[str, tuple[float, float]]:
    """The least and the most steps of each method; of its series, where they are not the same."""
    steps: dict[Series, list[float]] = {}
    for cost in costs:
        if cost.steps is not None:
            steps.setdefault(cost.cell.series, []).append(cost.steps)
    ends = {series: (min(values), max(values)) for series, values in steps.items()}
    of_method: dict[str, set[tuple[float, float]]] = {}
    for series, both in ends.items():
        of_method.setdefault(series.method, set()).add(both)
    return {series.method if len(of_method[series.method]) == 1 else series.label: both
            for series, both in ends.items()}  # fmt: skip


def _length(ends: tuple[float, float]) -> str:
    low, high = ends
    return count(low) if times_the_training(high, low) is None else f"{count(low)} to {count(high)}"


def break_even(costs: tuple[CellCost, ...]) -> list[str]:
    """Below which density compressed rows are smaller, network by network."""
    densities = [cost.break_even for cost in costs if cost.break_even is not None]
    if not densities:
        return []
    least, most = (f"{100 * end:.1f} %" for end in (min(densities), max(densities)))
    others = "" if least == most else f" (in other networks of up to {most})"
    return [f"Compressed sparse rows save bytes where less than {least} of the weights are left{others}."]


def _partial(costs: tuple[CellCost, ...]) -> list[str]:
    runs = sum(cost.partial for cost in costs)
    if not runs:
        return []
    return [f"The operations of {formats.count(runs)} runs are left out: the version that counted them left out the "
            "products of attention and the head. Run those trials again to have them (--force)."]  # fmt: skip
