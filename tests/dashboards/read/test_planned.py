"""Runs of a plan as series: controls beside the main run of a trial without rounds."""

from dataclasses import dataclass

from dashboards.numbers.cells.cells import cells
from dashboards.read.planned import planned
from tests.dashboards.made_up import MadeUp
from tests.dashboards.made_up_ladder import Ladder, Rung
from tests.dashboards.made_up_results import in_memory

SNIP = {"name": "snip", "sparsity": 0.8, "controls": ["shuffled"], "control_draws": 2}


class Branch(Rung):
    """One run of a trial without rounds."""

    @property
    def label(self) -> str:
        """As such trials call their runs."""
        return f"{self.arm}-{self.draw}" if self.draw else "final"


@dataclass(frozen=True)
class Branched(Ladder):
    """A trial without rounds, with controls."""

    def _twin_of(self, rung: Rung, baseline: str) -> str | None:
        return f"{self.key}/final" if rung.draw else f"{self.twin_key(baseline)}/final"


def _branch(accuracy: float, arm: str = "main", draw: int | None = None) -> Branch:
    return Branch(None, 0.8, {"final/test_accuracy": accuracy}, arm=arm, draw=draw)


def _trials() -> list[MadeUp | Ladder]:
    found: list[MadeUp | Ladder] = []
    for seed in range(5):
        dense = MadeUp({"name": "dense"}, seed, {"final/test_accuracy": 0.9})
        branches = (_branch(0.88), _branch(0.85, "shuffled", 1), _branch(0.87, "shuffled", 2))
        found += [dense, Branched(SNIP, seed, branches, dense)]
    return found


def test_draws_of_a_control_are_one_series_that_is_no_main_run():
    trials = planned(in_memory(_trials()))
    arms = {run.label: (run.series.arm, run.series.control) for trial in trials for run in trial.runs}
    assert arms == {
        "final": ("main", False), "shuffled-1": ("shuffled", True), "shuffled-2": ("shuffled", True),
    }  # fmt: skip
    assert len({run.series for trial in trials for run in trial.runs}) == 3


def test_a_control_is_held_against_the_main_run_and_not_against_the_dense_network():
    dense, main, shuffled = cells(in_memory(_trials()))
    assert (dense.series.dense, main.series.arm, shuffled.series.arm) == (True, "main", "shuffled")
    assert round(main.to_dense.mean, 6) == -0.02 and shuffled.to_dense is None
    assert round(shuffled.difference.mean, 6) == -0.02 and shuffled.value.n == 5  # 0.86, the mean of two draws
