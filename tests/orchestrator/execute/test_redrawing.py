"""The report while a sweep runs: there before the end, never in the way, gone without a trace when it must."""

import os
import re
import sys
import time
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import pytest

from orchestrator.cli.reports import GIVING_WAY, redrawing_command
from orchestrator.execute import sweep
from orchestrator.execute.progress import Progress
from orchestrator.execute.redrawing import Redrawing
from orchestrator.store.folders import ResultsFolder
from tests.orchestrator.processes import below
from tests.orchestrator.sweeps import Lines, options, run_sweep, written

PATIENCE = 300  # seconds for a report, on a busy machine
EAGER = GIVING_WAY.replace("give_way(); ", "")  # else it would wait for all other tests
EXECUTORS = pytest.mark.parametrize("executor", ["inline", pytest.param("ray", marks=pytest.mark.long)])
NOTHING: Future[None] = Future()
NOTHING.set_result(None)


def until(there) -> None:
    end = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < end
        time.sleep(0.02)


def running(code: str) -> list[str]:
    """The command lines of processes below this one that run the code."""
    lines = []
    for process in below(os.getpid()):
        with suppress(OSError):
            lines.append(Path(f"/proc/{process.pid}/cmdline").read_bytes().decode())
    return [line for line in lines if code in line]


def redrawing(code: str, folder: Path, news, every: float = 0.05, say=lambda text: None) -> Redrawing:
    command = [sys.executable, "-c", code]
    return Redrawing(command, {"PLACE": str(folder)}, every, (folder,), news, lambda: NOTHING, say)


ADD_A_LINE = """
import os, time
with open(os.environ["PLACE"] + "/drawn", "a") as file:
    file.write("begun\\n")
    file.flush()
    time.sleep(0.3)
    file.write("ended\\n")
"""


def test_it_draws_where_there_is_news_and_never_twice_at_once(tmp_path):
    news, drawn = [0], tmp_path / "drawn"
    with redrawing(ADD_A_LINE, tmp_path, lambda: news[0]):
        time.sleep(0.5)
        assert not drawn.exists()
        for number in (1, 2):
            news[0] = number
            until(lambda: drawn.exists() and drawn.read_text() == "begun\nended\n" * news[0])
            time.sleep(0.5)  # many times as long as it waits for news
            assert drawn.read_text() == "begun\nended\n" * number
        news[0] = 3
        until(lambda: drawn.read_text().count("begun") == 3)
        news[0] = 4
        until(lambda: drawn.read_text() == "begun\nended\n" * 4)


def test_the_first_comes_after_the_interval(tmp_path):
    with redrawing(ADD_A_LINE, tmp_path, iter(range(9)).__next__, every=60):
        time.sleep(0.5)
    assert list(tmp_path.iterdir()) == []


HANG = """
import os, tempfile, time
from pathlib import Path
place = Path(os.environ["PLACE"])
tempfile.NamedTemporaryFile(delete=False)
(place / "temporary").write_text(tempfile.gettempdir())
(place / f".report.html.{os.getpid()}.unfinished").write_text("half")
time.sleep(600)
"""


def test_a_drawing_that_is_not_done_leaves_nothing_behind(tmp_path):
    other = tmp_path / ".report.html.1.unfinished"
    other.write_text("of another process")
    with redrawing(HANG, tmp_path, iter(range(9)).__next__):
        until(lambda: len(list(tmp_path.glob(".*.unfinished"))) == 2)
        assert running(HANG)
        left = time.monotonic()
    assert time.monotonic() - left < 30
    assert not Path((tmp_path / "temporary").read_text()).exists()
    assert list(tmp_path.glob(".*.unfinished")) == [other]
    assert running(HANG) == []


def test_what_goes_wrong_is_said_once(tmp_path):
    said, counted = [], iter(range(1_000))
    counts = []

    def news() -> int:
        counts.append(next(counted))
        return counts[-1]

    with redrawing("raise SystemExit('first\\nno store')", tmp_path, news, say=said.append):
        until(lambda: len(counts) > 4)
    assert said == ["warning: the report could not be drawn while the sweep runs (no store); the sweep goes on"]


class AtTheEndOf(Progress):
    """Does something when so many trials have ended."""

    def __init__(self, number: int, then):
        super().__init__(Lines())
        self._left, self._then = number, then

    def ended(self, outcome) -> None:
        super().ended(outcome)
        self._left -= 1
        if self._left == 0:
            self._then()


def draw_at(place: Path, sources, executor: str, then) -> None:
    """Run six trials whose report is drawn after a moment."""
    spec, planned = written(place)
    folder = ResultsFolder(place / "results")
    command = tuple(word.replace(GIVING_WAY, EAGER) for word in redrawing_command("tiny", folder))
    how = {"executor": executor, "redrawing": command, "redraw_every": 0.1}
    given = options(folder.path, sources, **how)
    sweep.run(spec, planned, given, AtTheEndOf(3, then))


@EXECUTORS
def test_the_page_of_a_running_sweep_is_there_and_says_that_it_is_partial(tmp_path, embedded_sources, executor):
    folder, pages = ResultsFolder(tmp_path / "results"), []

    def wait_for_the_page() -> None:
        until(folder.index.exists)
        pages.extend([folder.sweep("tiny").report.read_text(), folder.index.read_text()])

    draw_at(tmp_path, embedded_sources, executor, wait_for_the_page)
    report, index = pages
    assert re.search(r"Partial: [1-5] of 6 trials finished", report)
    assert re.search(r'[1-5] of 6 finished <strong class="partial">partial<', index)
    assert not list(folder.path.rglob("*.unfinished"))


@pytest.mark.long
@EXECUTORS
def test_a_sweep_stopped_while_its_page_is_drawn_leaves_nothing_behind(tmp_path, embedded_sources, executor):
    def stop() -> None:
        until(lambda: running(EAGER))
        raise SystemExit(143)

    with pytest.raises(SystemExit):
        draw_at(tmp_path, embedded_sources, executor, stop)
    assert running(EAGER) == [] and not list((tmp_path / "results").rglob("*.unfinished"))
    run_sweep(tmp_path, embedded_sources)
