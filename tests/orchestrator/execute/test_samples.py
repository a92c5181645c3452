"""A language model's sweep, end to end: every run leaves weights and what it writes, and MLflow has both."""

from pathlib import Path

import pytest
from mlflow import MlflowClient

from dashboards import schema
from orchestrator.store import networks
from tests.orchestrator.sweeps import options, run_sweep
from workloads.data import topics
from workloads.pruning.allocation import total

SPEC = """
name: tiny
workload:
  {name: shakespeare_gpt2, data: stand_in, blocks: 1, heads: 2, width: 8, context: 16,
   training: {steps: 30, batch_size: 8, lr_schedule: constant, optimizer: {lr: 1e-2}},
   measure: {evaluate_every: 30, probe: 4, structure_looks: 1}}
method: {name: adaptive, applications: 2, masks: zero_once, finalization: free}
sparsity: [0.5]
seeds: 2
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory, embedded_sources):
    """The plan, and where the results are."""
    place = tmp_path_factory.mktemp("language")
    planned, _ = run_sweep(place, embedded_sources, SPEC)
    return planned, options(place / "results", embedded_sources).results


def test_each_run_leaves_what_it_writes(swept):
    """300 characters of the text's own; with so little training, of the same draws nearly the same."""
    planned, results = swept
    texts = {}
    for one in planned.trials:
        for run in one.runs:
            path = results.sweep("tiny").trial(one.key).sample(run.label)
            texts[one.trial.method.name, one.trial.seed, run.label] = path.read_text(encoding="utf-8")
    assert len(texts) == 2 * 3 and {len(text) for text in texts.values()} == {300}
    assert texts["dense", 0, "final"] != texts["dense", 1, "final"]
    assert set("".join(texts.values())) <= set(topics.text())


def test_one_trial_gives_a_network_as_it_stands_and_a_sparse_one(swept):
    planned, results = swept
    dense, free, *_ = planned.trials
    kept = {}
    for run in free.runs:
        weights = networks.matrices(results.sweep("tiny").trial(free.key).network(run.label))
        kept[run.label] = sum(int(weight.count_nonzero()) for weight in weights.values())
    assert kept == {"final": free.trial.workload.prunable, "rezeroed": total(free.trial.workload.layers, 0.5)}
    assert [run.sparsity for run in free.runs] == [None, 0.5]
    assert {run.twin for run in free.runs} == {f"{dense.key}/final"}


def test_mlflow_has_each_run_with_its_text(swept):
    planned, results = swept
    client = MlflowClient(results.tracking_uri)
    experiment = client.get_experiment_by_name("tiny").experiment_id
    runs = client.search_runs([experiment], f"tags.`{schema.KIND}` = 'run'")
    assert len(runs) == 6
    for run in runs:
        label = run.data.tags[schema.LABEL]
        there = {file.path for file in client.list_artifacts(run.info.run_id)}
        assert there >= {f"{label}{schema.SAMPLE}", f"{label}{schema.WEIGHTS}", schema.PROVENANCE}
        (key,) = [one.key for one in planned.trials if run.data.tags[schema.TRIAL_KEY] == one.key]
        text = results.sweep("tiny").trial(key).sample(label).read_bytes()
        assert Path(client.download_artifacts(run.info.run_id, f"{label}{schema.SAMPLE}")).read_bytes() == text
    lasting = [run.data.metrics for run in runs if "weight_death/permanent" in run.data.metrics]
    assert len(lasting) == 2 and all(0 < metrics["weight_death/permanent"] <= 1 for metrics in lasting)
