"""`sparsity report` without a name, and what keeps the index current."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.cli import reports
from orchestrator.environment import give_way
from orchestrator.execute import sweep as sweeps
from orchestrator.store.folders import ResultsFolder
from tests.orchestrator.command import environment
from tests.orchestrator.sweeps import TINY
from workloads.errors import UsageError

RUN = ("--executor", "inline", "--set", "seeds=1")


def row(index: Path, name: str) -> str:
    """The words of one sweep's row."""
    (found,) = [part for part in index.read_text().split("<li>")[1:] if re.search(f"<h2>(<a[^>]*>)?{name}<", part)]
    return " ".join(re.sub(r"<[^>]*>", " ", found).split())


def test_the_index_of_a_finished_a_partial_and_an_unreported_sweep(sparsity, tmp_path):
    folder = ResultsFolder(tmp_path / "results")
    for name in ("half", "bare"):
        (tmp_path / f"{name}.yaml").write_text(TINY.replace("name: tiny", f"name: {name}"))
    assert sparsity("sweep", "tiny.yaml", *RUN)[0] == 0
    assert "3 of 3 finished" in row(folder.index, "tiny")

    (key, *_) = [trial["key"] for trial in json.loads(sparsity("plan", "half.yaml", *RUN[2:], "--json")[1])["trials"]]
    assert sparsity("sweep", "half.yaml", *RUN, "--only", key)[0] == 0
    before = folder.index.read_bytes()
    assert sparsity("sweep", "bare.yaml", *RUN, "--no-report")[0] == 0
    assert folder.index.read_bytes() == before and not folder.sweep("bare").summary.exists()

    assert sparsity("report") == (0, f"{folder.index}\n", "")
    page = folder.index.read_text()
    assert re.findall('href="([^"]*)"', page) == ["half/report.html", "tiny/report.html"]
    assert all((folder.path / link).is_file() for link in re.findall('href="([^"]*)"', page))
    assert "Does it work? No verdict from one seed a setting: it takes 5." in row(
        folder.index, "tiny"
    ) and "partial" not in row(folder.index, "tiny")
    assert "1 of 3 finished partial" in row(folder.index, "half")
    assert "Partial: 1 of 3 trials" in folder.sweep("half").report.read_text()
    assert "No report yet" in row(folder.index, "bare") and "3 of 3 finished" in row(folder.index, "bare")
    assert [date[:2] for date in re.findall(r"<dd>(20\d\d-.* UTC)", page)] == ["20"] * 3

    folder.sweep("tiny").summary.unlink()  # as an older version leaves its reports
    assert sparsity("report") == (0, f"{folder.index}\n", "") and folder.index.read_text() == page
    shutil.rmtree(folder.sweep("half").path)
    shutil.copytree(folder.sweep("tiny").path, folder.path / "tiny (copy)")
    code, out, _ = sparsity("status")
    assert code == 0 and "tiny" in out and "copy" not in out
    folder.sweep("bare").plan.write_text("damaged")
    folder.database.rename(tmp_path / "elsewhere")  # no run is read
    assert sparsity("report") == (0, f"{folder.index}\n", "")
    assert [row(folder.index, name).split()[0] for name in ("tiny", "bare")] == ["tiny", "bare"]
    assert "half" not in folder.index.read_text() and "copy" not in folder.index.read_text()
    assert "plan.json is damaged; run the sweep again" in row(folder.index, "bare")

    folder.sweep("tiny").plan.unlink()  # as where a report is made of a server's store
    assert sparsity("report")[0] == 0 and "3 of 3 finished" in row(folder.index, "tiny")
    folder.sweep("tiny").summary.write_text("damaged")
    code, out, err = sparsity("report")
    assert (code, out) == (0, f"{folder.index}\n") and "no verdict of tiny in the index: " in err
    assert "No verdict is known" in row(folder.index, "tiny")


def test_there_is_no_index_of_nothing(sparsity, tmp_path):
    code, out, err = sparsity("report")
    assert (code, out) == (1, "") and err.startswith(f"{tmp_path}/results does not exist: there are no results here")
    (tmp_path / "results").mkdir()
    code, out, _ = sparsity("report")
    assert code == 0 and "This folder holds no sweeps." in Path(out.strip()).read_text()


def test_the_name_of_the_index_is_no_sweeps(sparsity, tmp_path):
    (tmp_path / "tiny.yaml").write_text(TINY.replace("name: tiny", "name: index.html"))
    code, _, err = sparsity("plan", "tiny.yaml")
    assert code == 2 and "name index.html is reserved in the results folder; choose another" in err


@pytest.mark.parametrize(("words", "drawn"), [((), True), (("--no-report",), False)])
def test_a_running_sweep_is_drawn_once_a_minute_where_a_report_is_wanted(sparsity, tmp_path, monkeypatch, words, drawn):
    seen = []

    def run(spec, plan, options, progress, draw):
        seen.append((options.redrawing, options.redraw_every))
        raise UsageError("enough")

    monkeypatch.setattr(sweeps, "run", run)
    assert sparsity("sweep", "tiny.yaml", *words)[0] == 2
    command = reports.redrawing_command("tiny", ResultsFolder(tmp_path / "results"))
    assert seen == [(command if drawn else None, 60)]
    assert command[-4:] == ("report", "tiny", "--results", f"{tmp_path}/results")
    assert "give_way()" in command[3]


def test_who_gives_way_runs_last_and_ends_first(tmp_path):
    code = (f"import os; from {give_way.__module__} import give_way; give_way(); "
            "print(os.nice(0), open('/proc/self/oom_score_adj').read())")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], env=environment(tmp_path), capture_output=True, text=True)
    assert done.stdout.split() == ["19", "1000"]
