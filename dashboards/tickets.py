"""Lottery tickets and their controls, round by round: what each came to, and the ticket against each control."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, isfinite, log

from dashboards.cells import BEST, Cell, cells, rows_of
from dashboards.results import Results
from dashboards.series import ARM, Series
from dashboards.statistics import Estimate, adjusted, estimate, paired

METHOD = "lottery_ticket"
LOSS, SECONDS = "final/test_loss", "cost/train_seconds"
STOP = "convergence/early_stop_step"
TRAINS_ON, RESTART = "lr_rewind", "method.restart"


@dataclass(frozen=True)
class Round:
    """The networks of one arm in one round, over seeds."""

    cell: Cell
    left: float  # share of the prunable weights
    loss: Estimate | None  # on the test set, at the last step
    early: Mapping[int, float]  # test accuracy at the least validation loss, by seed; empty without validation
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
    """A ticket against a control of its round, paired by seed; differences are ticket - control."""

    ticket: Round
    control: Round
    last: Estimate | None  # of the test accuracies at the last step
    early: Estimate | None  # of those at the least validation loss
    slower: Estimate | None  # the control's steps to its least validation loss over the ticket's: geometric mean
    p_last: float | None = None  # of the paired t-test, by Holm over the rounds of one control
    p_early: float | None = None


def rounds(results: Results) -> tuple[Round, ...]:
    """Every round of every arm of lottery tickets that has a network, from the dense one on."""
    curves = results.curves[results.curves["metric"] == "val/loss"]
    last = curves.groupby("run")["step"].max().to_dict()
    return tuple(
        _round(cell, results, last)
        for cell in cells(results)
        if cell.series.method == METHOD and cell.runs and cell.nonzero is not None
    )


def _round(cell: Cell, results: Results, last: Mapping[str, int]) -> Round:
    stops = _stops(cell, results)
    loss, stop, seconds = (
        estimate(list(values.values()), results.confidence)
        for values in (_by_seed(cell, results, LOSS), stops, _by_seed(cell, results, SECONDS))
    )
    falling = _falling(cell, results, last) if stops else 0
    early = _by_seed(cell, results, BEST)
    return Round(cell, cell.nonzero / cell.prunable, loss, early, stops, stop, falling, seconds)


def _falling(cell: Cell, results: Results, last: Mapping[str, int]) -> int:
    own = results.runs[results.runs["run"].isin(cell.runs)]
    return sum(last.get(run) == stop for run, stop in zip(own["run"], own[STOP]))


def _stops(cell: Cell, results: Results) -> dict[int, float]:
    """None without validation, nor where trained weights are kept: their steps go on counting from the round before."""
    trains_on = cell.series.arm == TRAINS_ON or dict(cell.series.settings).get(RESTART) == "none" and cell.round
    return {} if trains_on else _by_seed(cell, results, STOP)


def _by_seed(cell: Cell, results: Results, metric: str) -> dict[int, float]:
    own = rows_of(cell, results)
    found = zip(own["seed"], own[metric]) if metric in own else ()
    return {seed: value for seed, value in found if isfinite(value)}


def contrasts(found: Iterable[Round], confidence: float) -> tuple[Contrast, ...]:
    """Every control's rounds against the tickets that they branch off, control by control."""
    found = tuple(found)
    tickets = {(one.series.settings, one.cell.round): one for one in found if not one.series.control}
    lines: dict[Series, list[Contrast]] = {}
    for control in (one for one in found if one.series.control):
        ticket = tickets.get((_main(control.series), control.cell.round))
        if ticket is not None:
            lines.setdefault(control.series, []).append(_contrast(ticket, control, confidence))
    return tuple(one for line in lines.values() for one in _tested(line))


def _main(control: Series) -> frozenset:
    """The settings of the arm that a control branches off."""
    return frozenset(one for one in control.settings if one[0] != ARM)


def _contrast(ticket: Round, control: Round, confidence: float) -> Contrast:
    return Contrast(
        ticket,
        control,
        last=paired(ticket.cell.by_seed, control.cell.by_seed, confidence),
        early=paired(ticket.early, control.early, confidence),
        slower=_ratio(control.stops, ticket.stops, confidence),
    )


def _ratio(ours: Mapping[int, float], theirs: Mapping[int, float], confidence: float) -> Estimate | None:
    """The geometric mean of ratios and its interval; the deviation is that of their logarithms."""
    logs = [{seed: log(value) for seed, value in side.items()} for side in (ours, theirs)]
    one = paired(*logs, confidence)
    if one is None:
        return None
    low, high = (None, None) if one.low is None else (exp(one.low), exp(one.high))
    return Estimate(one.n, exp(one.mean), one.sd, low, high)


def _tested(line: Sequence[Contrast]) -> list[Contrast]:
    p_last, p_early = adjusted([one.last for one in line]), adjusted([one.early for one in line])
    return [replace(one, p_last=last, p_early=early) for one, last, early in zip(line, p_last, p_early)]
