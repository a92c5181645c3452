"""What the live part of the terminal shows, whatever its size and however many trials there are."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from orchestrator.execute.assignment import TrialEnd
from orchestrator.execute.counts import TrialCounts
from orchestrator.execute.live_view import TrialRow, view
from orchestrator.store.folders import TrialFolder
from orchestrator.store.live_trial import TAIL, LiveTrial
from tests.orchestrator.sweeps import written

ROW = TrialRow("static_random sparsity=0.5 seed=0", LiveTrial(400, 0.31249, "gpu 3", "node-a"), 4_290)


def lines(counts, rows, width, height=24, left=None):
    console = Console(file=StringIO(), width=width, height=height)
    console.print(view(counts, sum(counts.values()), left, rows, width, height))
    return console.file.getvalue().splitlines()


def test_a_roomy_terminal_shows_everything():
    bar, states, row = lines({"running": 1, "planned": 6, "completed": 4, "failed": 1}, [ROW], 100, left=3_725)
    assert bar.startswith("━") and bar.endswith(" 5 of 12") and len(bar) == 100
    assert states == "1 running, 6 planned, 4 completed, 1 failed, about 1:02:05 left"
    assert row.startswith("static_random sparsity=0.5 seed=0 ") and row.endswith("gpu 3 step 400/4,290 loss 0.312")


def test_the_host_is_said_where_there_are_several():
    other = replace(ROW, live=replace(ROW.live, host="node-b"))
    *_, first, second = lines({"running": 2}, [ROW, other], 100)
    assert "node-a gpu 3" in first and "node-b gpu 3" in second
    *_, first, second = lines({"running": 2}, [ROW, replace(ROW, live=LiveTrial())], 100)
    assert "node" not in first + second  # the second has not said yet where it is


def test_forty_columns_are_enough():
    counts = {"running": 1, "planned": 9_000, "completed": 990, "failed": 9}
    shown = lines(counts, [ROW], 40, left=100)
    assert max(map(len, shown)) <= 40
    assert shown[0].endswith(" 999 of 10,000")
    assert shown[-1] == "static_…seed=0 step 400/4,290 loss 0.312"


@pytest.mark.parametrize("height", [5, 10, 24])
def test_many_running_trials_do_not_fill_the_screen(height):
    shown = lines({"running": 500}, [ROW] * height, 80, height)
    rows = sum("seed=0" in line for line in shown)
    assert len(shown) < height and shown[-1] == f"and {500 - rows} more"


def test_without_anything_completed_there_is_no_time_left(tmp_path):
    _, plan = written(tmp_path)
    tally = TrialCounts(plan.trials)
    first, second, *_ = (one.key for one in plan.trials)
    tally.began(first)
    assert tally.seconds_left({first: 20}) is None
    assert tally.counts == {"running": 1, "planned": 5} and [one.key for one in tally.running] == [first]
    assert tally.ended(TrialEnd(first, "failed", "no", 1.0, tmp_path)) == 1
    assert tally.seconds_left({}) is None
    tally.began(second)
    assert tally.ended(TrialEnd(second, "completed", None, 1.0, tmp_path)) == 2
    assert tally.counts == {"planned": 4, "completed": 1, "failed": 1}
    done, left = plan.trials[1].estimated_seconds, sum(one.estimated_seconds for one in plan.trials[2:])
    assert 0 < tally.seconds_left({}) <= tally.elapsed * left / done


@pytest.fixture
def running(tmp_path):
    folder = TrialFolder(tmp_path)
    folder.attempt.write_text(json.dumps({"host": "here", "pid": 1, "device": "cpu", "begun": 1_000}))

    def journal(*records: tuple[int, int, str, float]) -> LiveTrial:
        keys = ("time", "step", "name", "value")
        text = "".join(json.dumps({"label": "final", **dict(zip(keys, record))}) + "\n" for record in records)
        folder.records.write_text(text)
        return LiveTrial.read(folder)

    return folder, journal


def test_a_live_trial_is_the_journals_end(running):
    folder, journal = running
    begun = LiveTrial(None, None, "cpu", "here", 1_000)
    assert LiveTrial.read(folder) == begun
    seen = journal((1_100, 20, "train/loss", 2.5), (1_200, 40, "train/loss", 1.5), (1_300, 40, "val/loss", 9.0))
    assert seen == replace(begun, step=40, loss=1.5)
    assert journal((900, 40, "train/loss", 2.5)) == begun  # an earlier attempt's, soon cut off
    many = [(1_100 + step, step, "sparsity/overall", 0.5) for step in range(2_000)]
    assert journal((1_100, 0, "train/loss", 2.5), *many) == replace(begun, step=1_999)  # too far back to be looked for
    assert folder.records.stat().st_size > TAIL
    with open(folder.records, "a") as file:
        file.write('{"label": "fin')  # being written just now
    assert LiveTrial.read(folder).step == 1_999


def test_a_damaged_attempt_tells_nothing(running):
    folder, _ = running
    folder.attempt.write_text("{")
    assert LiveTrial.read(folder) == LiveTrial()
    folder.attempt.unlink()
    assert LiveTrial.read(folder) == LiveTrial()
