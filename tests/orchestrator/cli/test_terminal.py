"""Whole sweeps as a terminal and as a pipe see them: every line is one of ours."""

import fcntl
import json
import os
import re
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import pytest

from dashboards.read.store import read
from dashboards.report import headline
from orchestrator.execute.fitting import folded

pytestmark = pytest.mark.long

COMMAND = [sys.executable, "-c", "from orchestrator.cli.main import main; main()"]
ONE_BY_ONE = """
import json, sys
from contextlib import suppress
from orchestrator.cli.main import main
for words in json.loads(sys.argv[1]):
    sys.argv = ["sparsity", *words]
    with suppress(SystemExit):
        main()
"""
SPEC = """
name: tiny
workload: {name: digits_mlp, training: {steps: 200}, measure: {evaluate_every: 20}}
method: static_random
sparsity: [0.5]
grid: {workload.training.optimizer.lr: [0.001, 1.0e+30]}
seeds: 1
"""
SAID = (
    r"tiny: results in results/tiny",
    r"4 trials planned, 0 done before, 4 to run",
    r"\[\d/4\] [0-9a-f]{12} .*lr=1e\+30 .*: FAILED: the training loss is nan at step 20; .*",
    r"    log: results/tiny/.*/log\.txt",
    r"2 of 4 trials are not completed: 2 failed",
    r"2 failed: the training loss is nan at step 20; try a lower learning rate or clip_norm",
    r"    results/tiny/.*/log\.txt",
)
PHASES = ("Reading the spec", "Checking the data", "Starting Ray", "Waiting for the first trial", "Loading PyTorch",
          "Sending the results to MLflow", "Writing the report")  # fmt: skip
SECONDS = rf"({'|'.join(PHASES)}) \.\.\. [\d.]+ s"
PLAIN = (*SAID, SECONDS, r"\[\d/4\] [0-9a-f]{12} digits_mlp .*: done in [\d.]+ s")
LIVE = (
    *SAID,
    SECONDS,
    r"[━╸╺ ]+ \d of 4",
    r"(\d (running|planned|completed|failed)(, )?)+(about \d:\d\d:\d\d left| in \d:\d\d:\d\d)?",
    r"(training\.optimizer\.lr=\S+ )?(dense|static_random sparsity=0\.5) +(cpu )? *step +\d+/200( +loss \S+)? *",
)
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def sweep(tmp_path: Path, *words: str, text: str = SPEC, **streams) -> subprocess.Popen:
    (tmp_path / "tiny.yaml").write_text(text)
    return subprocess.Popen(
        [*COMMAND, "sweep", "tiny.yaml", *words], cwd=tmp_path, stdout=subprocess.PIPE,
        env=_environment() | streams.pop("env", {}), **streams,
    )  # fmt: skip


class Terminal:
    """A pseudo-terminal, and all that it was ever sent."""

    def __init__(self, columns: int):
        self.own, self.theirs = os.openpty()
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.sent = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def streams(self) -> dict:
        """For a process that shall have it as its controlling terminal."""
        return {
            "stdin": self.theirs, "stderr": self.theirs, "start_new_session": True,
            "preexec_fn": lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        }  # fmt: skip

    def lines(self) -> set[str]:
        """Every line that ever stood on it, once the process has ended."""
        os.close(self.theirs)
        self._reader.join(30)
        text = CONTROL.sub("", self.sent.decode())
        return {line for part in text.split("\n") for line in part.split("\r") if line}

    def _read(self) -> None:
        try:
            while data := os.read(self.own, 65_536):
                self.sent += data
        except OSError:  # the last one on the other side has left
            pass


def verdict(tmp_path: Path, columns: int) -> list[str]:
    """The report's, as a terminal shows it."""
    return folded(headline(read(f"sqlite:///{tmp_path}/results/mlflow.db", "tiny")), columns - 2).splitlines()


def strangers(lines, ours) -> list[str]:
    return [line for line in lines if not any(re.fullmatch(pattern, line) for pattern in ours)]


def test_a_pipe_gets_our_lines_and_nothing_else(tmp_path):
    with sweep(tmp_path, stderr=subprocess.PIPE) as running:
        out, err = (text.decode() for text in running.communicate(timeout=240))
    assert running.returncode == 1 and out == f"{tmp_path}/results/tiny/report.html\n"
    assert strangers(err.splitlines(), [*PLAIN, *map(re.escape, verdict(tmp_path, 10_000))]) == []
    assert verdict(tmp_path, 10_000)[0] in err.splitlines()
    assert all(any(re.fullmatch(pattern, line) for line in err.splitlines()) for pattern in PLAIN)
    assert "Starting Ray ... " in err and "Waiting for the first trial ... " in err


@pytest.mark.parametrize("executor", ["ray", "inline"])
def test_a_terminal_gets_a_live_view_and_nothing_else(tmp_path, executor):
    terminal = Terminal(columns=160)
    with sweep(tmp_path, "--executor", executor, **terminal.streams()) as running:
        out, _ = running.communicate(timeout=240)
    lines = terminal.lines()
    assert running.returncode == 1 and out.decode() == f"{tmp_path}/results/tiny/report.html\n"
    assert strangers(lines, [*LIVE, *map(re.escape, verdict(tmp_path, 160))]) == []
    assert all(any(re.fullmatch(pattern, line) for line in lines) for pattern in LIVE)
    assert any(re.fullmatch(r"2 completed, 2 failed in .*", line) for line in lines)
    assert b"\x1b[1;31m" in terminal.sent  # failures are red
    assert terminal.sent.count(b"\x1b[?25l") == terminal.sent.count(b"\x1b[?25h") > 0  # the cursor went and came back


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_what_a_terminal_cannot_show_it_does_not_get(tmp_path, environment):
    terminal = Terminal(columns=160)
    with sweep(tmp_path, "--executor", "inline", "--no-report", env=environment, **terminal.streams()) as running:
        running.communicate(timeout=240)
    if environment.get("TERM") == "dumb":
        assert b"\x1b" not in terminal.sent and strangers(terminal.lines(), PLAIN) == []
    else:
        assert strangers(terminal.lines(), LIVE) == []
        assert not re.search(rb"\x1b\[[0-9;]*3[0-9]", terminal.sent)  # no colour


def test_ctrl_c_leaves_a_clean_terminal(tmp_path):
    terminal = Terminal(columns=60)
    long = SPEC.replace("steps: 200", "steps: 1000000")
    with sweep(tmp_path, "--executor", "inline", text=long, **terminal.streams()) as running:
        while not re.search(rb"step +[1-9][\d,]*/1,000,000 +loss \d", terminal.sent):
            assert running.poll() is None, terminal.sent
            time.sleep(0.1)
        os.write(terminal.own, b"\x03")
        running.communicate(timeout=60)
    terminal.lines()
    assert running.returncode == 130
    erased, _, last = terminal.sent.rpartition(b"\x1b[2K")
    assert last == b"interrupted; the same command resumes where this one stopped\r\n"
    assert erased.rpartition(b"\x1b[?25h")[2].count(b"\x1b[2K") + 1 == 3  # bar, states and the one trial


def test_nothing_is_wider_than_a_hundred_columns(tmp_path):
    """Names as long as they may be, and every command that prints a table or a sentence."""
    name = "a-name-of-sixty-four-letters-is-as-long-as-one-may-be-and-no-mor"
    text = SPEC.replace("tiny", name).replace("static_random", "{name: static_random, allocation: erk}")
    ran = Terminal(columns=100)
    with sweep(tmp_path, "--executor", "inline", "--set", "workload.hidden=[32, 24, 16]", text=text, **ran.streams()):
        pass
    commands = [
        ["plan", "tiny.yaml"], ["status"], ["status", name], ["status", "none"], ["logs", name], ["table", name],
        ["inspect", f"{name}/KEY"], ["plan", "tiny.yaml", "--set", "resources.precision=bfloat16"], ["--help"],
        *([command, "--help"] for command in ("sweep", "plan", "status", "logs", "table", "sync", "report", "data")),
    ]  # fmt: skip
    key = next(tmp_path.glob("results/*/*/final.safetensors")).parent.name
    words, terminal = [[word.replace("KEY", key) for word in words] for words in commands], Terminal(columns=100)
    done = subprocess.run(
        [sys.executable, "-c", ONE_BY_ONE, json.dumps(words)], cwd=tmp_path, stdout=terminal.theirs,
        stderr=terminal.theirs, env=_environment(), timeout=240,
    )  # fmt: skip
    lines = ran.lines() | terminal.lines()
    assert len(lines) > 100 and done.returncode == 0
    assert [line for line in lines if len(line.rstrip()) > 100] == []


def _environment() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    return {**environment, "TERM": "xterm-256color"}
