"""Looking into what was done, and into what is being done."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from orchestrator.store.failures import grouped
from orchestrator.store.folders import TrialFolder
from orchestrator.store.journal import Result, finish
from tests.orchestrator.sweeps import TINY, run_sweep

COMMAND = [sys.executable, "-c", "from orchestrator.cli.main import main; main()"]
FAILING = "grid: {workload.training.optimizer.lr: [0.001, 1.0e+30]}"


@pytest.fixture(scope="module")
def swept(tmp_path_factory, embedded_sources):
    """The results folder of the tiny sweep, half of which fails; tests work on copies."""
    place = tmp_path_factory.mktemp("swept")
    run_sweep(place, embedded_sources, f"{TINY}{FAILING}\n", "seeds=1")
    return place / "results"


@pytest.fixture
def finished(sparsity, swept, tmp_path):
    """The tiny sweep, half of which fails; gives its trials as `status` does."""
    shutil.copytree(swept, tmp_path / "results")
    return json.loads(sparsity("status", "tiny", "--json")[1])["trials"]


def test_status_before_and_after(sparsity, tmp_path):
    code, out, err = sparsity("status")
    assert (code, out) == (0, "") and err == f"{tmp_path}/results holds no sweeps yet; `sparsity sweep SPEC` runs one\n"
    assert sparsity("status", "--json")[:2] == (0, "[]\n")
    code, _, err = sparsity("status", "tiny")
    assert code == 2 and f"there is no sweep 'tiny' in {tmp_path}/results; it holds none" in err


def test_status_tells_states_and_failures(sparsity, tmp_path, finished):
    failed = [trial for trial in finished if trial["state"] == "failed"]
    code, out, _ = sparsity("status", "tiny.yaml")
    assert code == 0 and re.fullmatch(
        r"tiny: 3 of 6 trials completed, 3 failed; last change \d+ (s|min) ago", out.splitlines()[0]
    )
    assert re.fullmatch("(━+)(─+)", out.splitlines()[1]) and "report: " not in out
    assert "3 failed: the training loss is nan at step 20; try a lower learning rate or clip_norm" in out
    assert all(f"    results/tiny/{trial['key']}/log.txt" in out.splitlines() for trial in failed)
    assert {trial["error"] for trial in finished if trial["state"] == "completed"} == {None}
    assert all(trial["steps"] == 40 and "digits_mlp" in trial["title"] for trial in finished)

    shutil.rmtree(tmp_path / "results" / "tiny" / failed[0]["key"])
    (everything,) = json.loads(sparsity("status", "--json")[1])
    assert (everything["sweep"], everything["counts"]) == ("tiny", {"planned": 1, "completed": 3, "failed": 2})
    code, out, _ = sparsity("status")
    header, row = out.splitlines()
    assert header.split() == ["sweep", "progress", "completed", "planned", "failed", "last", "change"]
    assert re.fullmatch(r"tiny   ━{10}─{10}     3 of 6        1       2 +\d+ (s|min) ago", row)
    (tmp_path / "results" / "tiny" / "report.html").touch()
    assert sparsity("status")[1].splitlines()[-2:] == ["reports:", "    results/tiny/report.html"]
    assert "\nreport: results/tiny/report.html\n" in sparsity("status", "tiny")[1]


def test_status_of_a_plan_of_other_code(sparsity, tmp_path, finished):
    plan = tmp_path / "results" / "tiny" / "plan.json"
    plan.write_text(plan.read_text().replace('"static_random"', '"no_longer"'))
    trials = json.loads(sparsity("status", "tiny", "--json")[1])["trials"]
    assert "digits_mlp no_longer seed=0" in {trial["title"] for trial in trials}
    plan.write_text("{")
    code, _, err = sparsity("status", "tiny")
    assert code == 2 and f"{plan} is damaged; `sparsity sweep SPEC` writes it again" in err


def test_logs(sparsity, tmp_path, finished):
    failed = next(trial for trial in finished if trial["state"] == "failed")
    code, out, _ = sparsity("logs", "tiny", failed["key"][:6])
    assert code == 0 and out.startswith("Traceback") and "Diverged: the training loss is nan" in out
    assert sparsity("logs", "tiny", failed["key"], "--follow")[:2] == (0, out)  # which ends with the trial
    code, out, _ = sparsity("logs", "tiny")
    place, _, header, *rows = out.splitlines()
    assert code == 0 and place == "logs below results/tiny:"
    assert header.split() == ["key", "state", "trial", "log"] and len(rows) == 6
    (row,) = (row for row in rows if row.startswith(failed["key"]))
    assert re.fullmatch(rf"\w+  failed     .* {failed['key']}/log.txt", row)
    code, _, err = sparsity("logs", "tiny", "--follow")
    assert code == 2 and "--follow needs the key of a trial; `sparsity logs tiny` lists the keys" in err
    code, _, err = sparsity("logs", "tiny", "")
    assert code == 2 and err.startswith("6 trials of tiny have keys that begin with ''") and "and 1 more" in err
    code, _, err = sparsity("logs", "tiny", "x")
    assert code == 2 and "tiny has no trial with a key that begins with 'x'" in err
    (tmp_path / "results" / "tiny" / failed["key"] / "log.txt").unlink()
    code, _, err = sparsity("logs", "tiny", failed["key"])
    assert code == 2 and f"trial {failed['key']} has no log: its state is failed" in err


@contextmanager
def running(words, **given) -> Iterator[subprocess.Popen]:
    """A command in a process of its own, which does not outlive the test, however that ends."""
    with subprocess.Popen([*COMMAND, *words], env=os.environ, **given) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.long
def test_what_runs_is_seen_while_it_runs(sparsity, tmp_path):
    long = ["sweep", "tiny.yaml", "--executor", "inline", "--set", "workload.training.steps=1000000"]
    with running(long, cwd=tmp_path, stderr=subprocess.PIPE) as sweep:
        trial = None
        while trial is None or trial["loss"] is None:
            assert sweep.poll() is None
            time.sleep(0.2)
            code, out, _ = sparsity("status", "tiny", "--json")
            found = [one for one in json.loads(out)["trials"] if one["state"] == "running"] if code == 0 else []
            trial = found[0] if found else None
        assert len(found) == 1 and trial["device"] == "cpu" and trial["step"] >= 20 and trial["steps"] == 1_000_000
        out = sparsity("status", "tiny")[1]
        assert re.search(rf"^{trial['key']}  digits_mlp .* [\d,]+ of 1,000,000 +\d\S*$", out, re.MULTILINE)

        follow = ["logs", "tiny", trial["key"], "--follow"]
        with running(follow, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as following:
            log = tmp_path / "results" / "tiny" / trial["key"] / "log.txt"
            with open(log, "a") as file:
                file.write("said meanwhile\n")
            assert following.stdout.readline() == "said meanwhile\n" and following.poll() is None
            sweep.send_signal(signal.SIGINT)
            assert following.wait(60) == 0
        assert sweep.wait(60) == 130


def test_failures_alike_but_for_numbers_are_one(tmp_path):
    errors = ["loss is nan at step 20", "loss is nan at step 1,400", "no space left", "loss is 1e+30 at step 3"]
    for number, error in enumerate(errors):
        (tmp_path / str(number)).mkdir()
        finish(TrialFolder(tmp_path / str(number)), Result("failed", 1.0, {}, {}, error))
    groups = grouped(TrialFolder(tmp_path / str(number)) for number in range(4))
    assert [(group.error, [folder.path.name for folder in group.trials]) for group in groups] == [
        (errors[0], ["0", "1"]), (errors[2], ["2"]), (errors[3], ["3"]),
    ]  # fmt: skip
