"""Names that lead out of the results folder are refused; any other text stays as it is."""

import json

import pytest
from mlflow import MlflowClient

from dashboards.schema import ERROR, PLAN
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import Result, finish
from tests.orchestrator.sweeps import TINY
from workloads.errors import FolderError

ROGUE = "<script>alert(\"1\")</script> & 'a' \\ `b` {c} %d – ü " + "x" * 150
OUTSIDE = ["../x", "/tmp/x", "a/b", "", ".", ".."]
BAD_NAMES = [*OUTSIDE, "x" * 65, "Static", "a b", "artifacts", "mlflow.db", "-x", "ü", "a\n"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_illegal_names_are_refused(sparsity, tmp_path, name):
    (tmp_path / "tiny.yaml").write_text(TINY.replace("name: tiny", f"name: {json.dumps(name)}"))
    code, _, err = sparsity("sweep", "tiny.yaml", "--executor", "inline")
    assert code == 2 and "tiny.yaml:2:7: name" in err
    with pytest.raises(FolderError, match="is not the name of a sweep: it is "):
        ResultsFolder(tmp_path).sweep(name)
    code, _, err = sparsity("report", "--", name)
    assert code == 2 and f"{name!r} is not the name of a sweep" in err
    assert {path.name for path in tmp_path.iterdir()} == {"tiny.yaml"}


def test_a_file_with_an_illegal_stem_needs_a_name(sparsity, tmp_path):
    text = TINY.replace("name: tiny\n", "")
    (tmp_path / "My Sweep.yaml").write_text(text)
    code, _, err = sparsity("plan", "My Sweep.yaml")
    assert code == 2 and "name My Sweep is not legal" in err and "e.g. name: static-levels" in err


def test_words_go_through_unharmed(sparsity, tmp_path):
    """In the question, in the path of the results, in the error of a failed trial."""
    (tmp_path / "tiny.yaml").write_text(TINY.replace("Does it work?", json.dumps(ROGUE)))
    results = tmp_path / '<b>"it\'s" #1 & more'
    options = ["--results", str(results)]
    code, out, _ = sparsity("plan", "tiny.yaml", "--json", *options)
    planned = json.loads(out)
    assert code == 0 and planned["question"] == ROGUE
    keys = [trial["key"] for trial in planned["trials"]]
    folder = ResultsFolder(results)
    sweep = folder.sweep("tiny")
    sweep.trial(keys[1]).path.mkdir(parents=True)
    finish(sweep.trial(keys[1]), Result("failed", 1.0, {}, {}, ROGUE + "y" * 10_000))
    code, out, err = sparsity("sweep", "tiny.yaml", "--executor", "inline", *options)
    assert code == 1 and out == f"{sweep.report}\n" and "MLflow at" not in err

    client = MlflowClient(folder.tracking_uri)
    runs = client.search_runs([client.get_experiment_by_name("tiny").experiment_id])
    (error,) = (run.data.tags[ERROR] for run in runs if ERROR in run.data.tags)
    assert error.startswith(ROGUE)
    (parent,) = folder.artifacts.rglob(PLAN)
    sent = json.loads(parent.read_text())
    assert sent["question"] == ROGUE and sent["trials"][1]["error"].startswith(ROGUE)
    page = sweep.report.read_text()
    escaped = "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; &#39;a&#39; \\ `b` {c} %d – ü xxx"
    assert f"<h1>{escaped}" in page and f'<td class="words">{escaped}' in page
    assert "<script>alert" not in page and "<b>&" not in page and '<b>"' not in page


@pytest.mark.parametrize("name", ["100%", "why?"])
def test_a_path_that_no_address_of_a_store_can_hold_is_refused(sparsity, tmp_path, name):
    code, _, err = sparsity("sweep", "tiny.yaml", "--executor", "inline", "--results", name)
    assert code == 2 and f"the results folder {tmp_path}/{name} contains {name[-1]}, which" in err
    assert not (tmp_path / name).exists()
