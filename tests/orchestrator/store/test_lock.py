"""One sweep at a time in a folder: the error names the holder, and a killed process holds no lock."""

import os
import signal
import socket
import subprocess
import time

import pytest

from orchestrator.store.folders import ResultsFolder
from orchestrator.store.lock import held
from tests.orchestrator.command import MAIN, environment
from tests.orchestrator.sweeps import TINY
from workloads.errors import FolderError


def test_a_second_sweep_is_told_who_holds_the_folder_until_that_is_killed(sparsity, tmp_path, embedded_sources):
    (tmp_path / "long.yaml").write_text(TINY.replace("steps: 40", "steps: 200_000"))
    command = [*MAIN, "sweep", "long.yaml", "--executor", "inline"]
    running = subprocess.Popen(
        command, cwd=tmp_path, env=environment(embedded_sources.cache), stderr=subprocess.DEVNULL
    )
    folder = ResultsFolder(tmp_path / "results").sweep("tiny")
    try:
        while not list(folder.path.glob("*/records.jsonl")):
            assert running.poll() is None
            time.sleep(0.05)
        for words in (["sweep", "tiny.yaml", "--executor", "inline"], ["sync", "tiny.yaml"]):
            code, out, err = sparsity(*words)
            assert (code, out) == (2, "")
            message = err.splitlines()[-1]
            assert message.startswith(f"another sweep is running in {folder.path}: `")
            assert " sweep long.yaml --executor inline`, process" in message
            assert f"process {running.pid} on {socket.gethostname()}, since 20" in message
            assert message.endswith(" UTC; wait for it, stop it, or choose another --results")
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert folder.holder.exists()  # the killed process could not remove it
    code, _, err = sparsity("sweep", "tiny.yaml", "--executor", "inline", "--no-report")
    assert code == 0 and "6 trials planned, 0 done before, 6 to run" in err
    assert not folder.holder.exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}'])
def test_a_damaged_file_of_the_holder_is_left_out(tmp_path, content):
    folder = ResultsFolder(tmp_path).sweep("tiny")
    with held(folder):
        folder.holder.write_text(content)
        with pytest.raises(FolderError, match="another sweep is running in [^ ]*/tiny; wait for it"), held(folder):
            pass
    with held(folder):
        assert f'"pid": {os.getpid()}' in folder.holder.read_text()
