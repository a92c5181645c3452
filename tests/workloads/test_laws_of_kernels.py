"""The laws under the kernel that `auto` would not choose: perceptrons masked, CNNs and GPT-2 from compressed rows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workloads import test_laws as laws
from tests.workloads.rows import FIRST_ROWS, WORKLOAD_ROWS, make, named, refused
from tests.workloads.training import test_stages as stages
from workloads.run import run_trial
from workloads.trial import Record

PERCEPTRON, CNN, GPT2 = WORKLOAD_ROWS[0], WORKLOAD_ROWS[3], WORKLOAD_ROWS[-1]
ALL = os.environ.get("SPARSITY_LONG") == "1"  # methods on the slower networks, which takes five minutes
FEW = [method for method in FIRST_ROWS if ALL or method["name"] in ("static_random", "gradual", "one_shot")]
ROWS = [
    *((PERCEPTRON, method, "masked") for method in FIRST_ROWS),
    *((CNN, method, "sparse") for method in FEW),
    *((GPT2, method, "sparse") for method in (FEW if ALL else FEW[:1]) if not refused(GPT2, method)),
]
every_row = pytest.mark.parametrize(
    ("workload", "method", "kernels"), ROWS, ids=[f"{row[0]['name']}-{named(row[1])}" for row in ROWS]
)
PRINT_DIGEST = """
import torch
from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.data.sources import Sources
from workloads.digests import short
from workloads.run import run_trial

torch.set_num_threads(1)
trial = make(WORKLOAD_ROWS[{workload}], {{"name": "gradual", "sparsity": 0.9, "every": 2}})
*_, measured = run_trial(trial, trial.workload.load(Sources.from_environment(None, {{}})), kernels="sparse")
print(short(measured.state.model.state_dict()))
"""


@every_row
def test_counts_zeros_and_figures_hold(workload, method, kernels, images_of):
    laws.test_counts_are_exact(workload, method, images_of, kernels)
    laws.test_same_trial_same_figures(workload, method, images_of, kernels)
    laws.test_measuring_more_or_less_changes_no_weight(workload, method, images_of, kernels)


@pytest.mark.parametrize(
    ("workload", "kernels"), [(PERCEPTRON, "masked"), (CNN, "sparse"), (GPT2, "sparse")], ids=["mlp", "cnn", "gpt2"]
)
def test_cached_and_resumed_networks_hold(workload, kernels, images_of):
    method = {"name": "gradual", "sparsity": 0.9, "every": 6}
    stages.test_cached_or_not_the_bits_are_the_same(workload, method, images_of, kernels)
    stages.test_resumed_or_not_the_bits_are_the_same(workload, method, images_of, kernels)
    trial = make(workload, method)
    records = [event for event in run_trial(trial, images_of(trial), kernels=kernels) if isinstance(event, Record)]
    shares = {record.name: record.value for record in records if record.name.startswith("sparse_steps/")}
    assert max(shares.values()) == (0.0 if kernels == "masked" else 1.0)


@pytest.mark.parametrize("workload", [0, 3], ids=["mlp", "cnn"])
def test_every_process_computes_the_same_bits(workload):
    """Compiled here or loaded from the cache."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", PRINT_DIGEST.format(workload=workload)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True, cwd=root) for _ in range(2)]
    assert len({run.stdout for run in runs}) == 1
