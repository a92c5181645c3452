"""The command that measures finished networks: each once, in every format, and into MLflow without repetition."""

import json

import pytest
from mlflow import MlflowClient

from dashboards import schema
from orchestrator.execute.deployment.measurement import FORMATS
from orchestrator.store import deployed
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.lock import held

SWEEP = """
name: small
workload: {name: digits_mlp, hidden: [16], training: {steps: 40}, measure: {evaluate_every: 20}}
method: [{name: snip, controls: [shuffled]}, {name: one_shot, fine_tune: {steps: 0}}]
sparsity: [0.8]
seeds: 2
"""
QUICK = ("--calls", "2")


@pytest.fixture
def folder(sparsity, tmp_path):
    """The folder of a finished sweep of two pruned networks and their dense twin, with two seeds."""
    (tmp_path / "small.yaml").write_text(SWEEP)
    assert sparsity("sweep", "small.yaml", "--executor", "inline", "--no-report")[0] == 0
    return ResultsFolder(tmp_path / "results").sweep("small")


def lines(folder) -> dict[str, list[deployed.Deployed]]:
    """By trial, of those that have any."""
    found = {key: list(deployed.read(folder.trial(key))) for key in sorted(folder.begun)}
    return {key: each for key, each in found.items() if each}


def metrics(folder) -> dict[str, dict[str, float]]:
    """Those of deployment by run, with how often each was sent."""
    client = MlflowClient(f"sqlite:///{folder.path.parent}/mlflow.db")
    (experiment,) = client.search_experiments(filter_string="name = 'small'")
    found = {}
    for run in client.search_runs([experiment.experiment_id], f"tags.`{schema.KIND}` = 'run'"):
        names = [name for name in run.data.metrics if name.startswith("deploy/")]
        if names:
            tags = run.data.tags
            assert tags[schema.DEPLOY_THREADS] == "1" and tags[schema.DEPLOY_MACHINE]
            found[tags[schema.RUN]] = {name: len(client.get_metric_history(run.info.run_id, name)) for name in names}
    return found


def test_the_networks_of_one_seed_are_measured_in_every_format_and_none_twice(sparsity, folder):
    """Three networks of the first seed; the shuffled control is none of them."""
    code, told, _ = sparsity("deploy", "small", *QUICK)
    assert (code, told) == (0, "3 of 3 networks measured now; `sparsity report small` shows them\n")
    first = lines(folder)
    assert len(first) == 3
    for key, each in first.items():
        settings = json.loads(folder.trial(key).trial.read_text())
        assert settings["seed"] == 0
        assert [line.format for line in each] == list(FORMATS) and {line.label for line in each} == {"final"}
        pruned = settings["method"]["name"] != "dense"
        assert (each[0].figures["deploy/dense/bytes"] > each[-1].figures["deploy/bitmask/bytes"]) == pruned
        assert each[0].figures["deploy/dense/largest_difference"] == 0
    sent = metrics(folder)
    assert set(sent) == {f"{key}/final" for key in first}
    formats = {name.split("/")[1] for names in sent.values() for name in names}
    assert formats == set(FORMATS) and {count for names in sent.values() for count in names.values()} == {1}
    assert sparsity("deploy", "small", *QUICK)[1].startswith("0 of 3 networks measured now")
    assert sparsity("sync", "small")[0] == 0
    assert lines(folder) == first and metrics(folder) == sent


def test_it_goes_on_where_it_was_stopped_also_in_the_middle_of_a_line(sparsity, folder):
    sparsity("deploy", "small", *QUICK)
    key, whole = next(iter(lines(folder).items()))
    path = folder.trial(key).deployed
    content = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(content[:2]) + content[2][:40])
    assert sparsity("deploy", "small", *QUICK)[1].startswith("1 of 3 networks measured now")
    again = lines(folder)[key]
    assert again[:2] == whole[:2] and [line.format for line in again] == list(FORMATS)


def test_more_seeds_are_measured_when_asked_for(sparsity, folder):
    sparsity("deploy", "small", *QUICK)
    assert sparsity("deploy", "small", "--seeds", "2", *QUICK)[1].startswith("3 of 6 networks measured now")
    assert len(lines(folder)) == 6


def test_figures_of_another_network_are_measured_again(sparsity, folder):
    """A trial that ran again has another network, and its old lines hold for the old one."""
    sparsity("deploy", "small", *QUICK)
    key, each = next(iter(lines(folder).items()))
    trial = folder.trial(key)
    trial.deployed.unlink()
    for line in each:
        deployed.append(trial, line.model_copy(update={"network": "0" * 64}))
    assert sparsity("deploy", "small", *QUICK)[1].startswith("1 of 3 networks measured now")
    assert len(lines(folder)[key]) == 2 * len(FORMATS)


def test_the_report_has_a_section_on_it(sparsity, folder):
    sparsity("deploy", "small", *QUICK)
    assert sparsity("report", "small")[0] == 0
    assert "What the finished network saves" in folder.report.read_text()


def test_a_spec_asks_for_it_after_the_last_trial(sparsity, folder, tmp_path):
    (tmp_path / "small.yaml").write_text(SWEEP + "deploy: {seeds: 2, calls: 2}\n")
    code, _, told = sparsity("sweep", "small.yaml", "--executor", "inline", "--no-report")
    assert code == 0 and "[6/6]" in told and len(lines(folder)) == 6 and len(metrics(folder)) == 6
    assert sparsity("deploy", "small", *QUICK)[1].startswith("0 of 3 networks measured now")


def test_without_a_finished_network_it_says_what_to_do(sparsity, tmp_path):
    (tmp_path / "small.yaml").write_text(SWEEP)
    code, _, told = sparsity("deploy", "small.yaml", *QUICK)
    assert code == 2 and "small has no finished network in" in told and "run `sparsity sweep` first" in told


def test_a_sweep_that_runs_is_left_alone(sparsity, folder):
    with held(folder):
        code, _, told = sparsity("deploy", "small", *QUICK)
    assert code == 2 and "another sweep is running" in told and not lines(folder)
