"""Lottery tickets and their controls by round: their outcomes, and the ticket against each control."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite, log, nan
from statistics import fmean
from typing import Any

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.cells import BEST, cells, per_seed
from dashboards.numbers.cells.outcomes import Outcomes, possible_change
from dashboards.numbers.training.checkpoints import candidates
from dashboards.read.appearance import ARM
from dashboards.read.results import Results
from dashboards.read.series import Series
from dashboards.statistics.estimates import POSITIVE, Estimate, adjusted, estimate

METHOD = "lottery_ticket"
LOSS, SECONDS = "final/test_loss", "cost/train_seconds"
CURVE = "val/{metric}"
STOP = "convergence/early_stop_step"
TRAINS_ON, RESTART = "lr_rewind", "method.restart"


@dataclass(frozen=True)
class Round:
    """The networks of one arm in one round, over seeds."""

    cell: Cell
    left: float  # fraction of the prunable weights
    loss: Estimate | None  # on the test set, at the last step
    early: Outcomes  # the outcome on the test split at the least validation loss; empty without validation
    early_score: float | None  # mean on validation there; more is better
    chose_among: frozenset[frozenset[int]]  # evaluations with a choice of the least validation loss, by network
    stops: Mapping[int, float]  # the step of the least validation loss, by seed; see _stops
    stop: Estimate | None
    falling: int  # networks with the least validation loss at their last evaluation: early stop may be later
    seconds: Estimate | None  # of this round's training

    @property
    def series(self) -> Series:
        """The arm and its ladder."""
        return self.cell.series


@dataclass(frozen=True)
class Contrast:
    """A ticket against a control of the same round, paired by seed; positive: the ticket is better."""

    ticket: Round
    control: Round
    last: Estimate | None  # of the outcome on the test split at the last step
    early: Estimate | None  # at the least validation loss; None unless both chose among the same evaluations
    slower: Estimate | None  # log of the ratio of steps to the least validation loss, control to ticket
    p_last: float | None = None  # of the paired t-tests, by Holm over all rounds, controls and these three outcomes
    p_early: float | None = None
    p_slower: float | None = None


def arm_name(series: Series) -> str:
    """The name of an arm: `ticket`, or the control's name."""
    return series.label.removeprefix(METHOD).strip() or "ticket"


def rounds(results: Results) -> tuple[Round, ...]:
    """All rounds of all arms with a network, starting with the dense network."""
    ticket_cells = [
        (cell, cell.nonzero / cell.prunable) for cell in cells(results)
        if cell.series.method == METHOD and cell.runs and cell.nonzero is not None and cell.prunable is not None
    ]  # fmt: skip
    if not ticket_cells:
        return ()
    known = _known(results)
    return tuple(_round(cell, left, known) for cell, left in ticket_cells)


@dataclass(frozen=True)
class KnownTickets:
    """Values of single runs by their names."""

    rows: Mapping[str, Mapping[str, Any]]
    last: Mapping[str, int]  # step of the last evaluation
    validation: Mapping[tuple[str, int], float]  # the outcome by step
    best: str  # the metric of the outcome at the least validation loss
    candidates: Mapping[str, frozenset[int]]
    confidence: float


def _known(results: Results) -> KnownTickets:
    best, curve = (name.format(metric=results.outcome.metric) for name in (BEST, CURVE))
    columns = [name for name in ("run", "seed", LOSS, best, STOP, SECONDS) if name in results.runs]
    curves = {metric: points for metric, points in results.curves.groupby("metric")[["run", "step", "value"]]
              if metric in ("val/loss", curve)}  # fmt: skip
    validation = curves.get(curve, results.curves[:0])
    return KnownTickets(
        {row["run"]: row for row in results.runs[columns].to_dict("records")},
        curves["val/loss"].groupby("run")["step"].max().to_dict() if "val/loss" in curves else {},
        dict(zip(zip(validation["run"], validation["step"], strict=True), validation["value"], strict=True)),
        best, candidates(results), results.confidence,
    )  # fmt: skip


def _round(cell: Cell, left: float, known: KnownTickets) -> Round:
    rows = [known.rows[run] for run in cell.runs]
    stops = _stops(cell, rows)
    stopped = [(row["run"], row[STOP]) for row in rows if STOP in row]
    scores = [cell.outcome.gain(known.validation[at]) for at in stopped if at in known.validation]

    def mean(values: Mapping[int, float]) -> Estimate | None:
        return estimate(list(values.values()), known.confidence, POSITIVE)

    return Round(
        cell, left,
        loss=mean(_by_seed(rows, LOSS)),
        early=Outcomes(_by_seed(rows, known.best)),
        early_score=fmean(scores) if scores and len(scores) == len(stopped) else None,
        chose_among=frozenset(known.candidates.get(run, frozenset()) for run in cell.runs),
        stops=stops,
        stop=mean(stops),
        falling=sum(known.last.get(run) == stop for run, stop in stopped) if stops else 0,
        seconds=mean(_by_seed(rows, SECONDS)),
    )  # fmt: skip


def _stops(cell: Cell, rows: Sequence[Mapping[str, Any]]) -> dict[int, float]:
    """Early-stop steps by seed. Empty without validation, and for kept weights, whose step count continues."""
    trains_on = cell.series.arm == TRAINS_ON or dict(cell.series.settings).get(RESTART) == "none" and cell.round
    return {} if trains_on else _by_seed(rows, STOP)


def _by_seed(rows: Sequence[Mapping[str, Any]], metric: str) -> dict[int, float]:
    return per_seed((row["seed"], row[metric]) for row in rows if isfinite(row.get(metric, nan)))


def contrasts(all_rounds: Iterable[Round], confidence: float) -> tuple[Contrast, ...]:
    """The rounds of every control against their tickets, by control."""
    all_rounds = tuple(all_rounds)
    tickets = {(rung.series.settings, rung.cell.round): rung for rung in all_rounds if not rung.series.control}
    lines: dict[Series, list[Contrast]] = {}
    for control in (rung for rung in all_rounds if rung.series.control):
        ticket = tickets.get((_main(control.series), control.cell.round))
        if ticket is not None:
            lines.setdefault(control.series, []).append(_contrast(ticket, control, confidence))
    return _tested([pair for line in lines.values() for pair in line])


def _main(control: Series) -> frozenset:
    """The settings of the ticket that a control branches off."""
    return frozenset(setting for setting in control.settings if setting[0] != ARM)


def _contrast(ticket: Round, control: Round, confidence: float) -> Contrast:
    same_choice = len(ticket.chose_among | control.chose_among) == 1
    return Contrast(
        ticket,
        control,
        last=ticket.cell.ahead_of(control.cell, confidence),
        early=early_gain(ticket, control, confidence) if same_choice else None,
        slower=ratio(control.stops, ticket.stops, confidence),
    )


def early_gain(first: Round, second: Round, confidence: float) -> Estimate | None:
    """The gain on another round at early stop, paired by seed."""
    outcome = first.cell.outcome
    gain = first.early.minus(second.early).estimate(confidence, possible_change(outcome))
    return -gain if gain and not outcome.more_is_better else gain


def ratio(first: Mapping[int, float], second: Mapping[int, float], confidence: float) -> Estimate | None:
    """The logarithm of the geometric mean of ratios, paired by seed."""
    return _logarithms(first).minus(_logarithms(second)).estimate(confidence)


def _logarithms(values: Mapping[int, float]) -> Outcomes:
    return Outcomes({seed: log(value) for seed, value in values.items() if value > 0})


def _tested(rows: list[Contrast]) -> tuple[Contrast, ...]:
    p_values = iter(adjusted([estimate for row in rows for estimate in (row.last, row.early, row.slower)]))
    return tuple(replace(row, p_last=last, p_early=early, p_slower=slower)
                 for row, last, early, slower in zip(rows, p_values, p_values, p_values, strict=True))  # fmt: skip
