"""The commands as users give them: what goes where, and the exit codes."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from mlflow import MlflowClient

from dashboards.schema import KIND, REPORT
from orchestrator.store.folders import ResultsFolder
from tests.orchestrator.sweeps import TINY
from workloads.atomic import replacing


def test_the_version_is_that_of_the_distribution(sparsity):
    written = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]["version"]
    assert sparsity("--version") == (0, f"{written}\n", "")


def test_a_sweep_ends_with_its_reports_path(sparsity, tmp_path):
    code, out, err = sparsity("sweep", "tiny.yaml", "--executor", "inline", "--set", "seeds=2")
    report = tmp_path / "results" / "tiny" / "report.html"
    assert (code, out) == (0, f"{report}\n")
    assert report.read_text().lstrip().lower().startswith("<!doctype html>")
    assert "6 trials planned, 0 done before, 6 to run" in err and "Traceback" not in err
    verdict = err.splitlines()[-1]
    assert verdict == "No verdict from 2 seeds a setting: it takes 5."
    assert err.startswith("Reading the spec ... ") or err.startswith("tiny: results in results/tiny\n")
    assert re.search(r"^Writing the report \.\.\. [\d.]+ s$", err, re.MULTILINE)

    assert json.loads((report.parent / "plan.json").read_text())["provenance"]["overrides"] == ["seeds=2"]
    code, out, _ = sparsity("plan", "tiny.yaml", "--json")
    assert code == 0 and {trial["state"] for trial in json.loads(out)["trials"]} == {"completed"}

    code, out, _ = sparsity("sweep", "tiny.yaml", "--executor", "inline", "--json", "--no-report")
    assert code == 0
    told = json.loads(out)
    assert told["report"] is told["verdict"] is None and set(told["states"].values()) == {"completed"}
    assert told["tracking_uri"] == f"sqlite:///{tmp_path}/results/mlflow.db"

    client = MlflowClient(told["tracking_uri"])
    (parent,) = client.search_runs([client.get_experiment_by_name("tiny").experiment_id], f"tags.`{KIND}` = 'sweep'")
    sent = Path(client.download_artifacts(parent.info.run_id, REPORT))
    assert sent.read_bytes() == report.read_bytes()

    report.unlink()
    assert sparsity("report", "tiny.yaml")[:2] == (0, f"{report}\n") and report.exists()
    code, out, _ = sparsity("table", "tiny")
    assert code == 0 and out.splitlines()[1].startswith("| :--") and "static_random" in out
    code, out, _ = sparsity("table", "tiny", "--format", "latex")
    assert code == 0 and out.splitlines()[0] == "% needs \\usepackage{booktabs}" and "static\\_random & 50 \\%" in out
    code, out, _ = sparsity("table", "tiny", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0 and {row["n"] for row in rows} == {"2"} and len(rows) == 3
    code, out, _ = sparsity("table", "tiny", "--json")
    assert code == 0 and [row["series"] for row in json.loads(out)] == [row["series"] for row in rows]
    place = tmp_path / "new" / "table.parquet"
    assert sparsity("table", "tiny", "--format", "parquet", "--output", str(place))[:2] == (0, f"{place}\n")
    assert list(pd.read_parquet(place)["series"]) == [row["series"] for row in rows]
    for words, message in [
        (["--format", "parquet"], "--format parquet is not text; name a file with --output"),
        (["--format", "csv", "--json"], "--json and --format csv are two ways to write the same table"),
        (["--output", str(report / "table.md")], f"cannot write {report}/table.md: "),
    ]:
        code, out, err = sparsity("table", "tiny", *words)
        assert (code, out) == (2, "") and err.startswith(message)

    paper = tmp_path / "new" / "paper"
    code, out, _ = sparsity("report", "tiny", "--figures", str(paper))
    paths = [Path(line) for line in out.splitlines()]
    assert code == 0 and set(paths) == set(paper.iterdir()) and {path.parent for path in paths} == {paper}
    assert {"figure-accuracy.pdf", "table-table-1.tex", "methods.txt", "references.bib"} <= {p.name for p in paths}
    assert "@inproceedings{kingma2015adam," in (paper / "references.bib").read_text()
    first = {path: path.read_bytes() for path in paths}
    assert sparsity("report", "tiny", "--figures", str(paper))[0] == 0
    assert {path: path.read_bytes() for path in paths} == first
    assert str(tmp_path) not in "".join(content.decode(errors="replace") for content in first.values())

    report.unlink()
    code, out, _ = sparsity("report", "tiny", "--json")
    assert code == 0 and not report.exists()
    assert len(json.loads(out)["records"]) == 3 and json.loads(out)["sections"][0]["name"] == "answer"
    for words, message in [
        (["--json", "--figures", str(paper)], "--json and --figures take the place of the page each; give one"),
        (["--figures", "tiny.yaml"], "cannot write tiny.yaml/"),
    ]:
        code, out, err = sparsity("report", "tiny", *words)
        assert (code, out) == (2, "") and err.startswith(message)

    assert sparsity("sync", "tiny.yaml")[0] == 0


def test_dry_run_and_plan_start_nothing(sparsity, tmp_path):
    for words in (["sweep", "tiny.yaml", "--dry-run"], ["plan", "tiny.yaml"]):
        code, out, err = sparsity(*words)
        assert code == 0
        head, work, *_ = out.splitlines()
        assert head == "tiny: 6 trials, all digits_mlp training.steps=40 measure.evaluate_every=20"
        assert work.startswith("6 to run: about 0:00:")
    assert not (tmp_path / "results").exists()


def test_a_mistake_in_the_spec_is_a_message_and_exit_code_2(sparsity, tmp_path):
    (tmp_path / "tiny.yaml").write_text(TINY.replace("[0.5]", "[1.2]"))
    code, out, err = sparsity("sweep", "tiny.yaml")
    assert (code, out) == (2, "")
    assert "tiny.yaml:6:12: sparsity 1.2 is not in [0, 1)" in err and "Traceback" not in err
    assert sparsity("sweep", "missing.yaml")[0] == 2
    assert sparsity("sweep", "tiny.yaml", "--max-concurrent", "0")[0] == 2
    assert not (tmp_path / "results").exists()


def test_a_failed_trial_is_exit_code_1_now_and_later(sparsity):
    failing = ["--set", "workload.training.optimizer.lr=1e30", "--executor", "inline", "--set", "seeds=1"]
    for _ in range(2):
        code, out, err = sparsity("sweep", "tiny.yaml", *failing)
        assert code == 1 and "are not completed" in err and " failed" in err
    code, _, err = sparsity("sweep", "tiny.yaml", *failing, "--retry-failed")
    assert code == 1 and "0 done before" in err
    assert "3 of 3 trials are not completed: 3 failed" in err and "3 failed: the training loss is nan at step 20" in err


def test_a_report_of_nothing_is_impossible(sparsity):
    code, out, err = sparsity("report", "tiny")
    assert (code, out) == (1, "") and "no results here yet" in err
    assert sparsity("table", "tiny")[0] == 1


def test_sweeps_are_compared_on_one_page(sparsity, tmp_path):
    """One shares trials and networks with the first; one shares trials, but trains on two threads."""
    more = TINY.replace("name: tiny", "name: more").replace("small_dense", "one_shot")
    threads = "name: threads" + TINY[len("\nname: tiny") :] + "resources: {cpus: 2}\n"
    (tmp_path / "more.yaml").write_text(more)
    (tmp_path / "threads.yaml").write_text(threads.replace("[static_random, small_dense]", "static_random"))
    for name in ("tiny", "more", "threads"):
        assert sparsity("sweep", f"{name}.yaml", "--executor", "inline", "--no-report")[0] == 0

    code, out, err = sparsity("report", "tiny", "more.yaml", "threads")
    assert (code, out, err) == (0, f"{tmp_path}/results/tiny+more+threads.html\n", "")
    told = unescape(Path(out.strip()).read_text()).replace("\u00a0", " ")
    assert "tiny, more and threads share 2 of 4 series. In these they share 4 trials." in told
    assert "gave different networks in different sweeps (see code and machine below): 2 of dense (" in told
    assert "exploratory" in told and "complete: 10 of 10 trials, none failed" in told
    assert re.search(r"numerics.threads</th>\s*<td[^>]*>1</td>\s*<td[^>]*>1</td>\s*<td[^>]*>2<", told)

    alone = [row for name in ("tiny", "more") for row in _csv(sparsity("table", name, "--format", "csv")[1])]
    for row in alone:
        assert f"{100 * float(row['test_accuracy']):.2f} %" in told

    code, out, _ = sparsity("report", "tiny", "more")
    told = Path(out.strip()).read_text()
    assert code == 0 and " share " in told and "different networks" not in told


def test_a_comparison_that_is_impossible_is_exit_code_1_and_one_that_is_none_2(sparsity, tmp_path):
    assert sparsity("sweep", "tiny.yaml", "--executor", "inline", "--set", "seeds=1", "--no-report")[0] == 0
    code, out, err = sparsity("report", "tiny", "unknown")
    assert (code, out) == (1, "") and "no sweep 'unknown'" in err and "it holds tiny" in err
    failing = ["--set", "name=failing", "--set", "workload.training.optimizer.lr=1e30", "--set", "seeds=1"]
    assert sparsity("sweep", "tiny.yaml", "--executor", "inline", "--no-report", *failing)[0] == 1
    code, out, err = sparsity("report", "tiny", "failing")
    assert (code, out) == (1, "") and "'failing' has no finished run" in err and "3 failed" in err
    code, out, err = sparsity("report", "tiny", "failing", "tiny.yaml")
    assert (code, out) == (2, "") and "tiny is named more than once" in err
    assert not list((tmp_path / "results").glob("*.html"))


def test_the_name_of_a_comparison_is_never_too_long_for_a_file(tmp_path):
    names = [f"{number}{'x' * 63}" for number in range(5)]
    folder = ResultsFolder(tmp_path)
    assert folder.report(names[:1]) == tmp_path / names[0] / "report.html"
    assert folder.report(names[:2]) == tmp_path / f"{names[0]}+{names[1]}.html"
    places = [folder.report(names), folder.report(names[::-1]), folder.report(names[:4])]
    for place in places:
        with replacing(place) as unfinished:
            unfinished.write_text("page")
    assert sorted(tmp_path.iterdir()) == sorted(places)


def _csv(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_one_trial_alone_gives_its_records(sparsity, tmp_path):
    key = json.loads(sparsity("plan", "tiny.yaml", "--json")[1])["trials"][0]["key"]
    code, out, _ = sparsity("trial", "tiny.yaml", key)
    records = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and {"step": 40, "name": "cost/steps_total", "value": 40} in records
    assert not (tmp_path / "results").exists()
    code, _, err = sparsity("trial", "tiny.yaml", "abc")
    assert code == 2 and "has no trial abc; `sparsity plan tiny.yaml --json` lists the keys" in err


def test_help_stands_in_groups_with_three_examples(sparsity, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    code, out, _ = sparsity("--help")
    groups = {head: rest.splitlines() for head, rest in re.findall(r"^(\w+):\n((?:  .+\n)+)", out, re.MULTILINE)}
    assert code == 0 and list(groups) == ["Options", "Run", "Look", "Report", "Deploy", "Data"]
    commands = {head: [line.split()[0] for line in groups[head]] for head in list(groups)[1:]}
    assert commands == {
        "Run": ["sweep", "plan", "trial", "cancel", "clean"],
        "Look": ["status", "logs", "inspect", "ui", "methods", "workloads"],
        "Report": ["report", "table", "sync"],
        "Deploy": ["deploy", "export"],
        "Data": ["data"],
    }  # each in one line
    assert all(line.endswith(".") and "..." not in line for head in commands for line in groups[head])  # none is cut
    assert out.count("\n    sparsity ") == 3


def test_sync_takes_a_name_and_the_spec_as_it_was_last_run(sparsity, tmp_path):
    """The spec has no name of its own, and what was given beside it counts too."""
    (tmp_path / "nameless.yaml").write_text(TINY.replace("name: tiny\n", "").replace("digits_mlp", "fashion_mnist_mlp"))
    words = ["nameless.yaml", "--offline", "--set", "seeds=1"]
    assert sparsity("sweep", *words, "--executor", "inline", "--no-report")[0] == 0
    plan = tmp_path / "results" / "nameless" / "plan.json"
    before = plan.read_bytes()
    other = f"sqlite:///{tmp_path}/other.db"
    for _ in range(2):
        assert sparsity("sync", "nameless", "--tracking-uri", other)[0] == 0
        assert plan.read_bytes() == before
    client = MlflowClient(other)
    experiment = client.get_experiment_by_name("nameless").experiment_id
    runs = client.search_runs([experiment], f"tags.`{KIND}` = 'run'")
    assert [run.data.params["workload.data"] for run in runs] == ["stand_in"] * 3
    code, _, err = sparsity("sync", "nothing")
    assert code == 2 and "there is no sweep 'nothing'" in err


def test_data_is_fetched_and_verified(sparsity, tmp_path):
    folder = tmp_path / "cache"
    code, out, _ = sparsity("data", "fetch", "digits", "--data-dir", str(folder))
    assert code == 0 and out == f"{folder}/digits@1.safetensors\n"
    assert sparsity("data", "verify", "digits", "--data-dir", str(folder))[:2] == (0, "digits: whole\n")
    (folder / "digits@1.safetensors").write_bytes(b"damage")
    code, out, _ = sparsity("data", "verify", "digits", "--data-dir", str(folder))
    assert code == 1 and "`sparsity data fetch digits` makes it again" in out
    code, _, err = sparsity("data", "fetch", "digit")
    assert code == 2 and "there are fashion-mnist, mnist, digits" in err


def test_offline_stands_in_and_says_so(sparsity, tmp_path):
    (tmp_path / "tiny.yaml").write_text(TINY.replace("digits_mlp", "fashion_mnist_mlp").replace("seeds: 2", "seeds: 1"))
    code, out, _ = sparsity("sweep", "tiny.yaml", "--offline", "--executor", "inline")
    assert code == 0
    assert "Stand-in data: the real data set" in Path(out.strip()).read_text()


@pytest.mark.long
@pytest.mark.parametrize("executor", ["inline", "ray"])
@pytest.mark.parametrize("sent, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_sweep_can_be_finished(sparsity, tmp_path, executor, sent, code):
    long = ["sweep", "tiny.yaml", "--executor", executor, "--set", "workload.training.steps=400"]
    running = subprocess.Popen(
        [sys.executable, "-c", "from orchestrator.cli.main import main; main()", *long],
        stderr=subprocess.PIPE, text=True, env=os.environ, cwd=tmp_path,
    )  # fmt: skip
    seen = ""
    for line in running.stderr:
        seen += line
        if ": done in" in line:
            break
    running.send_signal(sent)
    begun = time.monotonic()
    seen += running.stderr.read()
    assert running.wait(60) == code, seen
    assert "Traceback" not in seen and ("interrupted; the same" in seen) == (sent == signal.SIGINT)
    assert time.monotonic() - begun < 60
    assert " lost" not in sparsity("status", "tiny")[1]
    if executor == "inline":
        code, _, err = sparsity(*long)
        assert code == 0 and ", 0 done before" not in err and not list(tmp_path.glob("results/tiny/*/cancelled"))
