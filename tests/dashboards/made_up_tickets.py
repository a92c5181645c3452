"""Made-up lottery tickets whose answer is known."""

from collections.abc import Mapping
from typing import Any

from tests.dashboards.made_up import MadeUp
from tests.dashboards.made_up_ladder import Ladder, Rung
from workloads.methods.lottery_ticket import LotteryTicket

WEIGHTS = 1000
LENET = {"name": "mnist_lenet"}
SPREAD = (0.0, 0.002, -0.002, 0.001, -0.001)  # of the seeds: tickets and controls have it in common
NOISE = (0.0, 0.0004, -0.0004, 0.0002, -0.0002)  # of the controls alone
ACCURACY = {0: 0.98, 1: 0.982, 2: 0.983, 3: 0.97}  # of the tickets, by round
BEHIND = {"reinit": (0.0, 0.004, 0.01), "one_shot": (None, 0.0, 0.002), "lr_rewind": (-0.001, -0.002, -0.003)}
STOPS = {"main": (400, 300, 200, 400), "reinit": (400, 500, 1200), "one_shot": (None, 200, 800),
         "lr_rewind": (1400, 1200, 1400)}  # fmt: skip


def tickets(
    seeds: int = 5, validation: bool = True, last: int = 2000, workload: Mapping[str, Any] = LENET, **fields: object
) -> list[MadeUp | Ladder]:
    """Dense networks and ladders of three rounds with three controls, which lose BEHIND to their tickets.

    On validation all are as good as on test. `last` is the last look."""
    found: list[MadeUp | Ladder] = []
    for seed in range(seeds):
        dense = MadeUp({"name": "dense"}, seed, *_of(0, ACCURACY[0] + SPREAD[seed], 400, validation, last),
                       workload=workload)  # fmt: skip
        method = LotteryTicket(rounds=3, rate=0.5, controls=tuple(BEHIND), **fields).model_dump(exclude_none=True)
        rungs = [Rung(0, 0.0, *_of(0, ACCURACY[0] + SPREAD[seed], 400, validation, last))]
        for number in (1, 2, 3):
            sparsity, reached = 1 - 0.5**number, ACCURACY[number] + SPREAD[seed]
            rungs.append(Rung(number, sparsity, *_of(number, reached, STOPS["main"][number], validation, last)))
            for arm, behind in BEHIND.items():
                if behind[number - 1] is not None:
                    accuracy = reached - behind[number - 1] + NOISE[seed]
                    own = _of(number, accuracy, STOPS[arm][number - 1], validation, last)
                    rungs.append(Rung(number, sparsity, *own, arm=arm, draw=1))
        found += [dense, Ladder(method, seed, tuple(rungs), dense, workload=workload)]
    return found


def _of(
    number: int, accuracy: float, stop: int, validation: bool, last: int
) -> tuple[dict[str, float], dict[str, dict[int, float]]]:
    """What a network of a round ends with, and its curves."""
    ends = {
        "final/test_accuracy": accuracy, "final/test_loss": 1 - accuracy, "cost/train_seconds": 10.0 + number,
        "final/nonzero_parameters": WEIGHTS * 0.5**number, "final/prunable_parameters": WEIGHTS,
    }  # fmt: skip
    if not validation:
        return ends, {}
    ends |= {"final/val_accuracy": accuracy, "best/test_accuracy": accuracy + 0.001,
             "convergence/early_stop_step": stop}  # fmt: skip
    return ends, {"val/loss": {200: 1.0, last: 1.0}, "val/accuracy": {stop: accuracy + 0.001}}
