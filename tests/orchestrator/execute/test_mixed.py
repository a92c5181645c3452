"""Figures of two precisions or of two kinds of device never meet in silence."""

import json
import shutil

import pytest
from mlflow import MlflowClient

from dashboards import schema
from tests.orchestrator.sweeps import run_sweep

INLINE = ("sweep", "tiny.yaml", "--executor", "inline")
ROUNDED = ("--set", "resources.precision=bfloat16")
SPARSER = ("--set", "sparsity=[0.5,0.7]")
THEN = "train in bfloat16, which gives other figures. Train them again with --rerun-mixed, keep them apart with another"


@pytest.fixture(scope="module")
def swept(tmp_path_factory, embedded_sources):
    """The results folder of the tiny sweep; tests work on copies."""
    place = tmp_path_factory.mktemp("swept")
    run_sweep(place, embedded_sources)
    return place / "results"


@pytest.fixture
def results(sparsity, swept, tmp_path):
    """The tiny sweep, finished in float32 on the CPU."""
    shutil.copytree(swept, tmp_path / "results")
    return tmp_path / "results"


def precisions(sparsity, *more: str) -> list[str | None]:
    """As `plan` tells them; None of what is not finished."""
    trials = json.loads(sparsity("plan", "tiny.yaml", "--json", *more)[1])["trials"]
    return [one["numerics"] and one["numerics"]["precision"] for one in trials]


def test_a_finished_sweep_is_not_taken_for_one_of_another_precision(sparsity, results):
    code, out, err = sparsity(*INLINE, *ROUNDED)
    assert (code, out) == (2, "")
    assert f"6 finished trials were trained in float32, and this sweep would {THEN} --results, or continue" in err
    assert "continue as before: resources.precision: float32" in err
    assert "to run" not in err and "Traceback" not in err
    code, out, err = sparsity("plan", "tiny.yaml", *ROUNDED)
    assert code == 0 and "6 done" in out and "6 finished trials were trained in float32" in err
    assert sparsity("plan", "tiny.yaml")[2] == ""
    assert precisions(sparsity) == ["float32"] * 6


def test_one_sparsity_more_is_not_paired_with_twins_of_another_precision(sparsity, results, tmp_path):
    code, _, err = sparsity(*INLINE, *ROUNDED, *SPARSER)
    assert code == 2 and "6 finished trials were trained in float32" in err
    assert [path.name for path in (results / "tiny").glob("*/lock")] == ["lock"] * 6  # no trial of it was begun
    code, _, _ = sparsity(*INLINE, *SPARSER)  # without the setting it goes on
    assert code == 0 and precisions(sparsity, *SPARSER) == ["float32"] * 10


def test_rerun_mixed_trains_anew_what_was_finished_otherwise(sparsity, results):
    code, _, err = sparsity(*INLINE, *ROUNDED, *SPARSER, "--rerun-mixed", "--no-report")
    assert code == 0 and "10 trials planned, 0 done before, 10 to run" in err
    assert precisions(sparsity, *SPARSER) == ["bfloat16"] * 10
    code, _, err = sparsity(*INLINE, *ROUNDED, *SPARSER, "--rerun-mixed", "--no-report")
    assert code == 0 and "10 done before, 0 to run" in err


def test_another_results_folder_keeps_both(sparsity, results, tmp_path):
    code, _, _ = sparsity(*INLINE, *ROUNDED, "--results", str(tmp_path / "rounded"), "--no-report")
    assert code == 0 and precisions(sparsity) == ["float32"] * 6
    assert precisions(sparsity, "--results", str(tmp_path / "rounded")) == ["bfloat16"] * 6


def on_a_gpu(folder) -> None:
    """Let a trial have been computed on a GPU, as its own result says."""
    told = json.loads((folder / "result.json").read_text())
    told["provenance"]["numerics"] |= {"device": "cuda", "gpu": "one", "tf32": ["conv"]}
    (folder / "result.json").write_text(json.dumps(told))


@pytest.mark.parametrize("executor", ["inline", pytest.param("ray", marks=pytest.mark.long)])
def test_the_kind_of_device_is_looked_at_before_the_first_trial(sparsity, results, executor):
    folders = sorted(path.parent for path in results.glob("tiny/*/result.json"))
    for folder in folders[:2]:
        on_a_gpu(folder)
    command = ("sweep", "tiny.yaml", "--executor", executor, *SPARSER)
    code, out, err = sparsity(*command)
    assert (code, out) == (2, "")
    assert ("2 finished trials were trained on cuda, and this sweep would train on cpu, which gives other figures. "
            "Train them again with --rerun-mixed, keep them apart with another --results, or continue as before, where "
            "torch finds cuda") in err  # fmt: skip
    assert len(list(results.glob("tiny/*/lock"))) == 6
    code, _, err = sparsity(*command, "--rerun-mixed", "--no-report")
    assert code == 0 and "2 finished on another kind of device, to run again: 6 to run" in err
    told = [json.loads((folder / "result.json").read_text())["provenance"]["numerics"] for folder in folders]
    assert [one["device"] for one in told] == ["cpu"] * 6


def test_rerun_mixed_finds_another_device_where_nothing_else_is_to_run(sparsity, results):
    folder = next(results.glob("tiny/*/result.json")).parent
    on_a_gpu(folder)
    code, _, err = sparsity(*INLINE, "--no-report")  # nothing to run, so nothing to mix
    assert code == 0 and "6 done before, 0 to run" in err
    code, _, err = sparsity(*INLINE, "--rerun-mixed", "--no-report")
    assert code == 0 and "1 finished on another kind of device, to run again: 1 to run" in err
    code, _, err = sparsity(*INLINE, "--rerun-mixed", "--no-report")
    assert code == 0 and "to run again" not in err


def test_what_older_versions_wrote_counts_too(sparsity, results):
    for path in results.glob("tiny/*/result.json"):
        told = json.loads(path.read_text())
        numerics = told["provenance"].pop("numerics")
        told["provenance"]["machine"] |= {name: numerics[name] for name in ("precision", "device", "threads")}
        path.write_text(json.dumps(told))
    code, _, err = sparsity(*INLINE, *ROUNDED)
    assert code == 2 and "6 finished trials were trained in float32" in err


def test_every_run_carries_its_numerics(sparsity, results):
    client = MlflowClient(f"sqlite:///{results / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("tiny").experiment_id
    runs = client.search_runs([experiment], f"tags.`{schema.KIND}` = 'run'")
    told = {run.data.tags[schema.TRIAL_KEY]: json.loads(run.data.tags[schema.NUMERICS]) for run in runs}
    kept = {path.parent.name: json.loads(path.read_text())["provenance"]["numerics"]
            for path in results.glob("tiny/*/result.json")}  # fmt: skip
    assert told == kept and len(told) == 6
