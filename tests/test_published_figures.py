"""What others published on the same data, reproduced.

Lottery tickets take hours to train, so their figures are read from the results of a sweep: of lottery_ticket_paper.yaml
if they are there, else of lottery_ticket_paper_hour.yaml, in the folder SPARSITY_RESULTS or, with SPARSITY_PUBLISHED=1,
in ./results.
"""

import os
from pathlib import Path

import pytest

from dashboards.errors import ReportError
from dashboards.numbers.lottery.tickets import Round, rounds
from dashboards.read.results import Results
from dashboards.read.store import read
from workloads.run import run_trial
from workloads.trial import Record, Trial

PAPER, HOUR = "lottery-ticket-paper", "lottery-ticket-paper-hour"
# Frankle & Carbin (2019, arXiv:1803.03635), LeNet-300-100 on MNIST, by percent of the weights left: test accuracy at
# early stop of tickets, read off Figure 4 to 0.2 points; at 1.9 the end of the curve in Figure 3, iteration 18,000.
AT_EARLY_STOP = {100: 0.980, 41.1: 0.9825, 21.1: 0.983, 7.0: 0.982, 3.6: 0.980, 1.9: 0.975, 1.2: 0.969}
AT_18_000 = {100: 0.980, 51.3: 0.982, 21.1: 0.984, 7.0: 0.982, 3.6: 0.980}  # Figure 3, ends of curves
REINIT_AT_18_000 = {51.3: 0.979, 21.1: 0.978}
TOLERANCE = {1.9: 0.005, 1.2: 0.01}  # elsewhere 0.3 points: one accuracy of 98 % on 10,000 images has an error of 0.14


@pytest.mark.long
def test_a_dense_perceptron_on_fashion_mnist(real_sources):
    """88 to 90.5 %: the data set's own benchmark table has 88.33 % for an MLP 256-128-100 (Xiao et al. 2017)."""
    trial = Trial.model_validate({"workload": "fashion_mnist_mlp", "method": "dense", "seed": 0})
    records = [event for event in run_trial(trial, trial.workload.load(real_sources)) if isinstance(event, Record)]
    figures = {record.name: record.value for record in records}
    assert 0.88 <= figures["final/test_accuracy"] <= 0.905
    assert figures["cost/steps_total"] == 4290  # 10 epochs of 55,000 // 128 batches
    assert figures["cost/flops_per_example"] == 2 * 266_200


@pytest.fixture(scope="module")
def sweep() -> Results:
    """The tickets' results; skips where nobody has trained them."""
    place = os.environ.get("SPARSITY_RESULTS") or ("results" if os.environ.get("SPARSITY_PUBLISHED") else None)
    if place is None:
        pytest.skip(f"needs SPARSITY_RESULTS, the folder that holds the results of {PAPER} or {HOUR}")
    for name in (PAPER, HOUR):
        try:
            found = read(f"sqlite:///{Path(place).resolve() / 'mlflow.db'}", name)
        except ReportError as error:
            reason = str(error)
        else:
            if len(found.runs):
                return found
            reason = f"no run of {name} has finished"
    pytest.skip(f"needs the results of {PAPER} or {HOUR} in {place}: {reason}")


def _round(results: Results, left: float, *arms: str) -> Round:
    """The round with so many percent of the weights left, of the first of these arms that there is; else it skips."""
    found = {(one.series.arm, round(100 * one.left, 1)): one for one in rounds(results)}
    for arm in arms or ("main",):
        for (own, percent), one in found.items():
            if own == arm and abs(percent - left) <= 0.05 * left:
                return one
    pytest.skip(f"{results.sweep} has no round with {left} % of the weights left, or not this control")


@pytest.mark.parametrize(("left", "published"), AT_EARLY_STOP.items())
def test_tickets_are_as_accurate_at_early_stop(sweep, left, published, request):
    if sweep.sweep == HOUR and left == 100:
        reason = "its dense networks come to 97.67 %, the mean of 3 seeds: 0.33 points below the paper"
        request.applymarker(pytest.mark.xfail(reason=reason, strict=False))
    assert _round(sweep, left).cell.best.mean == pytest.approx(published, abs=TOLERANCE.get(left, 0.003))


@pytest.mark.parametrize(("left", "published"), AT_18_000.items())
def test_tickets_are_as_accurate_at_iteration_18_000(sweep, left, published):
    if sweep.sweep != HOUR:
        pytest.skip(f"{sweep.sweep} trains on to iteration 50,000")
    assert _round(sweep, left).cell.value.mean == pytest.approx(published, abs=0.003)


@pytest.mark.parametrize(("left", "published"), REINIT_AT_18_000.items())
def test_other_first_weights_are_as_accurate_at_iteration_18_000(sweep, left, published):
    if sweep.sweep != HOUR:
        pytest.skip(f"{sweep.sweep} trains on to iteration 50,000")
    assert _round(sweep, left, "reinit").cell.value.mean == pytest.approx(published, abs=0.003)


def test_tickets_gain_more_than_0_3_points(sweep):
    """At 13.5 % of the weights, over all of them, at early stop. One-sided: the paper says "more than"."""
    gain = _round(sweep, 13.5).cell.best_difference
    assert gain.mean > 0.003


@pytest.mark.parametrize(
    ("slow", "fast", "left", "at_least"),
    [("dense", "main", 21.1, 1 / 0.85), ("reinit", "main", 21.1, 1.5), ("random", "main", 7.0, 2.0)],
)
def test_early_stops_are_as_far_apart(sweep, slow, fast, left, at_least):
    """Their steps differ with how pixels are scaled, which the paper does not say; their ratios are compared."""
    slower = _round(sweep, 100) if slow == "dense" else _round(sweep, left, slow)
    assert slower.stop.mean / _round(sweep, left, fast).stop.mean >= at_least


def test_tickets_come_before_other_weights_and_those_before_other_places(sweep):
    ticket, reinit, places = (_round(sweep, 7.0, *arms) for arms in (("main",), ("reinit",), ("random", "shuffled")))
    assert ticket.cell.best.mean > reinit.cell.best.mean > places.cell.best.mean
