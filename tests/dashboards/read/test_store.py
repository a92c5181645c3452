from math import isnan

import pytest
from mlflow import MlflowClient

from dashboards import schema
from dashboards.errors import ReportError
from dashboards.numbers.training import paths
from dashboards.plan_file import ACCURACY
from dashboards.read.store import CURVES, read
from dashboards.sections.training import curves, gradients
from tests.dashboards.made_up import MadeUp, level, write

STATIC = {"name": "static_random", "sparsity": 0.9}
DENSE = {"name": "dense"}


def test_runs_come_with_tags_typed_params_and_last_values(stored):
    curve = {100: 0.5, 200: 0.75}
    results = stored([MadeUp(DENSE, 0), MadeUp(STATIC, 0, {"final/test_accuracy": 0.8}, {"val/accuracy": curve})])
    run = results.runs.set_index("method.name").loc["static_random"]
    assert (run["method.sparsity"], run["seed"], run["workload.hidden"]) == (0.9, 0, (300, 100))
    assert (run["workload.training.optimizer.lr"], run["workload.training.lr_schedule.name"]) == (0.001, "cosine")
    assert (run["final/test_accuracy"], run["val/accuracy"]) == (0.8, 0.75)
    assert run["run"] == f"{run['trial_key']}/final"
    assert run["twin"] == results.runs.set_index("method.name").loc["dense", "run"]
    own = results.curves[results.curves["run"] == run["run"]]
    assert list(zip(own["metric"], own["step"], own["value"])) == [
        ("val/accuracy", 100, 0.5),
        ("val/accuracy", 200, 0.75),
    ]


def test_plan_spec_and_provenance_are_read(stored):
    results = stored([MadeUp(DENSE, 0, provenance={"device": {"name": "cpu"}})], question="Why?")
    assert (results.plan.question, results.margin, results.confidence) == ("Why?", 0.01, 0.95)
    assert results.spec == "# made-up\nseeds: 5\n"
    assert list(results.provenance.values()) == [{"device.name": "cpu"}]


def test_only_finished_runs_count(stored):
    results = stored([MadeUp(DENSE, 0), MadeUp(DENSE, 1, state="running"), MadeUp(DENSE, 2, state="failed")])
    assert list(results.runs["seed"]) == [0]


def test_a_run_stored_twice_counts_once(stored):
    results = stored(
        [MadeUp(DENSE, 0, {"final/test_accuracy": 0.9}, {"val/loss": {1: 2.0}}, stored=2), MadeUp(DENSE, 1)]
    )
    assert list(results.runs["seed"].sort_values()) == [0, 1]
    assert len(results.curves) == 1


def test_runs_that_the_plan_no_longer_holds_are_counted_and_left_out(tmp_path, empty_store):
    uri = write(tmp_path, empty_store, [MadeUp(DENSE, 0), MadeUp(DENSE, 1)])
    client = MlflowClient(uri)
    parent = client.search_runs(["1"], "tags.`sparsity.kind` = 'sweep'")[0]
    plan = read(uri, "made-up").plan
    client.log_dict(parent.info.run_id, plan.as_json() | {"trials": plan.as_json()["trials"][:1]}, "plan.json")
    results = read(uri, "made-up")
    assert (list(results.runs["seed"]), results.outside) == ([0], 1)


def test_numbers_that_are_not_finite_are_nan(stored):
    results = stored(
        [MadeUp(DENSE, 0, {"final/test_loss": float("inf")}, {"val/loss": {1: float("nan"), 2: float("-inf")}})]
    )
    assert isnan(results.runs["final/test_loss"].item())
    assert results.curves["value"].isna().all() and len(results.curves) == 2


def test_nothing_finished_is_no_error(stored):
    results = stored([MadeUp(DENSE, 0, state="planned")])
    assert len(results.runs) == len(results.curves) == 0


def test_an_unknown_sweep_names_those_there_are(tmp_path, empty_store):
    uri = write(tmp_path, empty_store, level(DENSE, [0.9]), "static-levels")
    with pytest.raises(ReportError, match="no sweep 'static-level' in .*; it holds static-levels"):
        read(uri, "static-level")


def test_a_store_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(ReportError, match="does not exist"):
        read(f"sqlite:///{tmp_path / 'mlflow.db'}", "any")
    assert not list(tmp_path.iterdir())


def test_a_server_that_does_not_answer_is_the_users_matter(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(ReportError, match="is its server up"):
        read("http://127.0.0.1:9", "any")  # the discard port: nothing listens


def test_a_sweep_without_a_plan_says_what_to_do(tmp_path, empty_store):
    uri = write(tmp_path, empty_store, [])
    client = MlflowClient(uri)
    lone = client.create_experiment("lone", artifact_location=(tmp_path / "lone").as_uri())
    client.create_run(lone, tags={"sparsity.kind": "sweep"})
    with pytest.raises(ReportError, match="no plan.json .* `sparsity sync lone`"):
        read(uri, "lone")


def test_all_curves_that_are_drawn_are_read():
    drawn = {panel.metric for panel in (*curves.panels(ACCURACY), *gradients.PANELS)} | {paths.CURVE}
    assert drawn | {*schema.ZEROING_METRICS, *schema.MASK_METRICS} == {*CURVES, "train/accuracy", "val/accuracy"}


def test_layers_are_followed_only_where_weights_are_set_to_zero_time_and_again(stored):
    layer = {"dead_neurons/hidden.0": {100: 0.5, 200: 0.25}}
    zeroed = MadeUp(STATIC, 0, curves=layer | {"weight_revival/after_1": {150: 1.0}})
    twin, other = MadeUp(DENSE, 0, curves=layer), MadeUp(STATIC, 1, curves=layer)
    results = stored([twin, other, zeroed])
    own = results.curves[results.curves["metric"] == "dead_neurons/hidden.0"]
    assert set(zip(own["run"], own["step"], own["value"])) == {
        (f"{one.key}/final", step, value) for one in (twin, zeroed) for step, value in ((100, 0.5), (200, 0.25))
    }


def test_what_language_models_write_is_read(stored):
    end = {"final/test_bits_per_character": 2.0}
    silent = MadeUp(DENSE, 0, {"final/test_accuracy": 0.9}, texts={"final": "never"})
    writing = MadeUp(STATIC, 0, end, texts={"final": "To be\n", "rezeroed": "or"}, others={"rezeroed": (end, {})})
    written = {f"{writing.key}/final": "To be\n", f"{writing.key}/rezeroed": "or"}
    assert stored([silent, writing, MadeUp(STATIC, 1, end)]).samples == written
