"""Lottery tickets and their controls, round by round: what each came to, and the ticket against each control."""

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
from dashboards.read.results import Results
from dashboards.read.series import ARM, Series
from dashboards.statistics.estimates import POSITIVE, Estimate, adjusted, estimate

METHOD = "lottery_ticket"
LOSS, SECONDS = "final/test_loss", "cost/train_seconds"
LOOKS = "val/{metric}"
STOP = "convergence/early_stop_step"
TRAINS_ON, RESTART = "lr_rewind", "method.restart"


@dataclass(frozen=True)
class Round:
    """The networks of one arm in one round, over seeds."""

    cell: Cell
    left: float  # share of the prunable weights
    loss: Estimate | None  # on the test set, at the last step
    early: Outcomes  # the outcome on the test split at the least validation loss; empty without validation
    early_score: float | None  # on validation there, more is better, mean
    chose_among: frozenset[frozenset[int]]  # looks that the least validation loss was searched among, over networks
    stops: Mapping[int, float]  # the step of the least validation loss, by seed; see _stops
    stop: Estimate | None
    falling: int  # networks whose validation loss was least at their last look: their early stop may lie beyond
    seconds: Estimate | None  # of this round's training

    @property
    def series(self) -> Series:
        """Which arm of which ladder."""
        return self.cell.series


@dataclass(frozen=True)
class Contrast:
    """A ticket against a control of its round, paired by seed; above 0 the ticket is better."""

    ticket: Round
    control: Round
    last: Estimate | None  # of the outcome on the test split at the last step
    early: Estimate | None  # of those at the least validation loss; None unless both chose it among the same looks
    slower: Estimate | None  # logarithm of the control's steps to its least validation loss over the ticket's
    p_last: float | None = None  # of the paired t-tests, by Holm over all rounds, controls and these three
    p_early: float | None = None
    p_slower: float | None = None


def arm_name(series: Series) -> str:
    """What an arm is called among lottery tickets: `ticket`, or the control's name."""
    return series.label.removeprefix(METHOD).strip() or "ticket"


def rounds(results: Results) -> tuple[Round, ...]:
    """Every round of every arm of lottery tickets that has a network, from the dense one on."""
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
    """What is known of single runs, by their names."""

    rows: Mapping[str, Mapping[str, Any]]
    last: Mapping[str, int]  # the step of the last look
    validation: Mapping[tuple[str, int], float]  # the outcome by step
    best: str  # the metric of the outcome at the least validation loss
    candidates: Mapping[str, frozenset[int]]
    confidence: float


def _known(results: Results) -> KnownTickets:
    best, looks = (name.format(metric=results.outcome.metric) for name in (BEST, LOOKS))
    columns = [name for name in ("run", "seed", LOSS, best, STOP, SECONDS) if name in results.runs]
    curves = {metric: points for metric, points in results.curves.groupby("metric")[["run", "step", "value"]]
              if metric in ("val/loss", looks)}  # fmt: skip
    validation = curves.get(looks, results.curves[:0])
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
    """None without validation, nor where trained weights are kept: their steps go on counting from the round before."""
    trains_on = cell.series.arm == TRAINS_ON or dict(cell.series.settings).get(RESTART) == "none" and cell.round
    return {} if trains_on else _by_seed(rows, STOP)


def _by_seed(rows: Sequence[Mapping[str, Any]], metric: str) -> dict[int, float]:
    return per_seed((row["seed"], row[metric]) for row in rows if isfinite(row.get(metric, nan)))


def contrasts(all_rounds: Iterable[Round], confidence: float) -> tuple[Contrast, ...]:
    """Every control's rounds against the tickets that they branch off, control by control."""
    all_rounds = tuple(all_rounds)
    tickets = {(one.series.settings, one.cell.round): one for one in all_rounds if not one.series.control}
    lines: dict[Series, list[Contrast]] = {}
    for control in (one for one in all_rounds if one.series.control):
        ticket = tickets.get((_main(control.series), control.cell.round))
        if ticket is not None:
            lines.setdefault(control.series, []).append(_contrast(ticket, control, confidence))
    return _tested([one for line in lines.values() for one in line])


def _main(control: Series) -> frozenset:
    """The settings of the arm that a control branches off."""
    return frozenset(one for one in control.settings if one[0] != ARM)


def _contrast(ticket: Round, control: Round, confidence: float) -> Contrast:
    alike = len(ticket.chose_among | control.chose_among) == 1
    return Contrast(
        ticket,
        control,
        last=ticket.cell.ahead_of(control.cell, confidence),
        early=early_gain(ticket, control, confidence) if alike else None,
        slower=ratio(control.stops, ticket.stops, confidence),
    )


def early_gain(one: Round, other: Round, confidence: float) -> Estimate | None:
    """How much better than another round at early stop, paired by seed."""
    outcome = one.cell.outcome
    gain = one.early.minus(other.early).estimate(confidence, possible_change(outcome))
    return -gain if gain and not outcome.more_is_better else gain


def ratio(ours: Mapping[int, float], theirs: Mapping[int, float], confidence: float) -> Estimate | None:
    """The logarithm of the geometric mean of ratios, paired by seed."""
    return _logarithms(ours).minus(_logarithms(theirs)).estimate(confidence)


def _logarithms(values: Mapping[int, float]) -> Outcomes:
    return Outcomes({seed: log(value) for seed, value in values.items() if value > 0})


def _tested(rows: list[Contrast]) -> tuple[Contrast, ...]:
    p_values = iter(adjusted([one for row in rows for one in (row.last, row.early, row.slower)]))
    return tuple(replace(row, p_last=last, p_early=early, p_slower=slower)
                 for row, last, early, slower in zip(rows, p_values, p_values, p_values, strict=True))  # fmt: skip
