"""Files, latencies and outcomes of converted networks, by hand."""

from dataclasses import replace
from math import nan

import pytest
from mlflow import MlflowClient

from dashboards import schema
from dashboards.numbers.cells.cells import cells
from dashboards.numbers.deployment.latency import Machine
from dashboards.numbers.deployment.networks import deployment
from dashboards.read.store import read
from tests.dashboards.made_up import write
from tests.dashboards.made_up_deployment import deployed, deployment_sweep
from tests.dashboards.made_up_pruned import dense, pruned
from tests.dashboards.made_up_results import in_memory
from tests.dashboards.made_up_tickets import tickets

ONE_SHOT = {"name": "one_shot", "sparsity": 0.8}


def _networks(runs):
    return {(one.cell.series.method, one.cell.level): one for one in deployment(in_memory(runs)).networks}


def test_without_measures_there_is_nothing():
    assert deployment(in_memory([*dense([0.9]), *pruned(ONE_SHOT, [0.8])])) is None


def test_columns_without_a_value_are_no_measures():
    (run,) = dense([0.9])
    results = in_memory([run])
    assert deployment(replace(results, runs=results.runs.assign(**{"deploy/csr/bytes": nan}))) is None


def test_files_are_shares_of_the_dense_network_as_a_dense_file():
    """0.4 of 4,400 bytes as compressed rows; counted 8 x 200 + 804, and 800 + 125 + 400 of 4,400 as bits."""
    forms = _networks(deployment_sweep())["one_shot", 0.8].conversions
    assert list(forms) == ["dense", "bitmask", "csr", "int8", "onnx"]
    assert forms["csr"].bytes == pytest.approx(1760) and forms["csr"].share == pytest.approx(0.4)
    assert (forms["csr"].counted, forms["dense"].counted) == (pytest.approx(2404), 4400)
    assert (forms["bitmask"].counted, forms["int8"].counted) == (1325, None)


def test_a_pruned_network_as_a_dense_file_is_no_reference():
    """Its file is larger here than the dense network's, which is 100 bytes."""
    (one,), (other,) = dense([0.9]), pruned(ONE_SHOT, [0.8])
    runs = [deployed(one, dense__bytes=100), deployed(other, dense__bytes=200, csr__bytes=50)]
    forms = _networks(runs)["one_shot", 0.8].conversions
    assert (forms["dense"].share, forms["csr"].share) == (2.0, 0.5)


def test_latencies_have_quartiles_and_a_ratio_to_dense():
    forms = _networks(deployment_sweep())["one_shot", 0.8].conversions
    single, many = forms["csr"].latencies[1], forms["csr"].latencies[256]
    assert (single.median, single.low, single.high) == pytest.approx((8e-5, 7.2e-5, 8.8e-5))
    assert single.times == pytest.approx(0.8) and many.median == pytest.approx(8e-3)
    assert forms["bitmask"].latencies == {}  # nothing computes with it


def test_several_seeds_give_means_and_one_seed_no_interval():
    """Ratios by seed: 1/2 and 1/4; their mean is 3/8, not the ratio of the means."""
    reference = [deployed(run, dense__latency_1=seconds) for run, seconds in zip(dense([0.9] * 2), (2, 8), strict=True)]
    networks = [deployed(run, csr__latency_1=seconds, csr__largest_difference=1 - seconds / 4)
                for run, seconds in zip(pruned(ONE_SHOT, [0.8] * 2), (1, 2), strict=True)]  # fmt: skip
    csr = _networks([*reference, *networks])["one_shot", 0.8].conversions["csr"]
    assert (csr.seeds, csr.latencies[1].median, csr.latencies[1].times) == ((0, 1), 1.5, 0.375)
    assert csr.difference == 0.75  # the largest
    assert (csr.bytes, csr.share, csr.value, csr.change, csr.latencies[1].low) == (None,) * 5


def test_the_change_is_that_of_the_seeds_that_were_converted():
    """Seed 0 reaches 81 % trained and 80.5 % converted; the cell's mean over both seeds is 80 %."""
    one, other = pruned(ONE_SHOT, [0.81, 0.79])
    int8 = _networks([*dense([0.9] * 2), deployed(one, int8__test_accuracy=0.805), other])["one_shot", 0.8]
    found = int8.conversions["int8"]
    assert (found.seeds, found.value.mean, found.value.interval) == ((0,), 0.805, None)
    assert found.change.mean == pytest.approx(-0.005) and found.cell.value.n == 2
    assert int8.twins.series.dense and found.share is None  # the dense network was not converted


def test_validation_is_that_of_the_trained_network_and_the_change_by_the_conversion():
    int8 = _networks(deployment_sweep())["one_shot", 0.8].conversions["int8"]
    assert int8.validation == pytest.approx(0.88 - 0.002)


def test_latencies_of_other_machines_are_left_out_and_files_stay():
    """The sweep's one network at 80 % was timed elsewhere."""
    results = in_memory(deployment_sweep())
    here = results.runs["method.sparsity"] != 0.8
    tags = {"deploy.machine": here.map({True: "fast", False: "slow"}), "deploy.threads": "2"}
    found = deployment(replace(results, runs=results.runs.assign(**tags)))
    assert (found.machine, found.elsewhere) == (Machine("fast", "2"), 1)
    forms = {one.cell.level: one.conversions["csr"] for one in found.networks}
    assert (set(forms[0.2].latencies), forms[0.8].latencies, forms[0.8].share) == (
        {1, 256}, {}, pytest.approx(0.4))  # fmt: skip


def test_a_machine_that_was_not_recorded_is_none():
    assert deployment(in_memory(deployment_sweep())).machine == Machine(None, None)


def test_the_tags_of_a_store_name_the_machine(tmp_path, empty_store):
    uri = write(tmp_path, empty_store, deployment_sweep(seeds=1))
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("made-up").experiment_id
    for run in client.search_runs([experiment], "tags.`sparsity.kind` = 'run'"):
        client.set_tag(run.info.run_id, schema.DEPLOY_MACHINE, "Z80")
        client.set_tag(run.info.run_id, schema.DEPLOY_THREADS, "2")
    found = deployment(read(uri, "made-up"))
    assert (found.machine, found.elsewhere, len(found.networks)) == (Machine("Z80", "2"), 0, 3)


def test_controls_take_no_part():
    results = in_memory(tickets(1))
    results = replace(results, runs=results.runs.assign(**{"deploy/csr/bytes": 5.0}))
    found = [one.cell for one in deployment(results).networks]
    assert found and found == [cell for cell in cells(results) if not cell.series.control] != list(cells(results))
