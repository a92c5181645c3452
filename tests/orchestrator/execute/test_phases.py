"""What is said while no trial runs yet."""

import re
import time

import pytest

from orchestrator.execute.fitting import folded
from orchestrator.execute.progress import SHORT, Progress
from tests.orchestrator.sweeps import Lines, written


def test_a_pipe_gets_a_line_when_a_phase_ends():
    heard = Lines()
    progress = Progress(heard)
    with progress.phase("Starting Ray"):
        time.sleep(2 * SHORT)
        assert heard.lines == []
    (line,) = heard.lines
    assert re.fullmatch(r"Starting Ray \.\.\. 0\.\d s", line)


def test_a_phase_that_passes_at_once_or_fails_leaves_no_line():
    heard = Lines()
    progress = Progress(heard)
    with progress.phase("Reading the spec"):
        pass
    with pytest.raises(ValueError), progress.phase("Reading the spec"):
        time.sleep(2 * SHORT)
        raise ValueError
    assert heard.lines == []


def test_the_first_trial_ends_the_wait_for_it(tmp_path):
    heard = Lines()
    progress = Progress(heard)
    _, plan = written(tmp_path)
    progress.begin(plan.trials, 6, 6)
    progress.enter("Waiting for the first trial")
    time.sleep(2 * SHORT)
    for planned in plan.trials[:2]:
        progress.began(planned.key)
    counted, waited = heard.lines
    assert counted == "6 trials planned, 0 done before, 6 to run" and waited.startswith(
        "Waiting for the first trial .."
    )


def test_lines_break_between_words_and_paths_stay_whole():
    assert folded("short", 10) == "short"
    assert folded("one two three four\n  /a/path/of/many/letters", 10) == (
        "one two\n  three\n  four\n  /a/path/of/many/letters"
    )
