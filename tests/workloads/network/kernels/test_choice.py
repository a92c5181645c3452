"""Which kernel computes what."""

import subprocess
import sys

import pytest
import torch

from tests.workloads.network.kernels.made_up import CNN, CPU, GPT2, PERCEPTRON, examples_of, state_of, trial_of
from tests.workloads.rows import make
from workloads.network.kernels import choice
from workloads.network.kernels.choice import KernelChoice, may_be_sparse
from workloads.network.kernels.layers import SparseLayers
from workloads.network.kernels.masked import Masked
from workloads.network.kernels.perceptron import SparsePerceptron
from workloads.network.kernels.products import TorchProducts
from workloads.network.state import State
from workloads.run import run_trial
from workloads.trial import Measured, Record, Trial

LENET = {"name": "fashion_mnist_mlp", "data": "stand_in"}


def chosen(workload: dict, sparsity: float, kernels="auto", **training):
    trial = trial_of(workload, sparsity, **training)
    return KernelChoice(kernels).kernel(state_of(trial, torch.float32), examples_of(trial, torch.float32))


@pytest.fixture
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize(("sparsity", "kind"), [(0.0, Masked), (0.3, Masked), (0.8, SparsePerceptron)])
def test_auto_leaves_zeros_out_where_they_are_many(sparsity, kind, one_thread):
    assert isinstance(chosen(LENET, sparsity, batch_size=128), kind)


def test_small_perceptrons_are_sparse_at_any_density(one_thread):
    """A step of them is mostly overhead."""
    assert isinstance(chosen(PERCEPTRON, 0.0), SparsePerceptron)


def test_more_threads_help_dense_layers_alone():
    threads = torch.get_num_threads()
    try:
        kinds = []
        for count in (1, 8):
            torch.set_num_threads(count)
            kinds.append(type(chosen(LENET, 0.75, batch_size=128)))
    finally:
        torch.set_num_threads(threads)
    assert kinds == [SparsePerceptron, Masked]


def test_large_batches_go_layer_by_layer(one_thread):
    """Their activations would not stay in the cache."""
    assert isinstance(chosen(LENET, 0.95, batch_size=1024), SparsePerceptron)
    assert isinstance(chosen(LENET, 0.95, batch_size=1025), SparseLayers)


def test_layers_are_chosen_one_by_one(one_thread):
    """Of a CNN's Linear layers the large one, of its convolutions none."""
    wide = CNN | {"channels": [8, 32], "hidden": [300]}
    kernel = chosen(wide, 0.95, batch_size=128)
    assert isinstance(kernel, SparseLayers) and kernel.layers == ("hidden.0",)
    assert isinstance(chosen(wide, 0.3, batch_size=128), Masked)
    assert isinstance(chosen(GPT2, 0.95), Masked)  # tiny


def test_neither_gpus_nor_bfloat16_are_sparse():
    assert may_be_sparse("auto", "float32", CPU) and may_be_sparse("sparse", "float32", CPU)
    assert not may_be_sparse("masked", "float32", CPU)
    assert not may_be_sparse("sparse", "bfloat16", CPU)
    assert not may_be_sparse("sparse", "float32", torch.device("cuda"))


def test_the_kernel_is_kept_until_the_masks_change():
    trial = trial_of(PERCEPTRON)
    state, examples, kernels = state_of(trial), examples_of(trial), KernelChoice("sparse")
    first = kernels.kernel(state, examples)
    assert kernels.kernel(state, examples) is first
    state.put_masks({name: mask.clone() for name, mask in state.masks.items()})
    assert kernels.kernel(state, examples) is not first


def test_another_network_has_another_kernel():
    trial = trial_of(PERCEPTRON)
    state, examples, kernels = state_of(trial), examples_of(trial), KernelChoice("sparse")
    other = State.new(trial.workload, 1, CPU)
    other.masks = state.masks
    assert kernels.kernel(state, examples) is not kernels.kernel(other, examples)


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
def test_without_a_compiler_torch_computes_and_says_why(monkeypatch):
    monkeypatch.setattr(choice, "compiler_trouble", lambda: "numba cannot compile here (ImportError: no llvmlite)")
    with pytest.warns(UserWarning, match=r"ImportError: no llvmlite.*torch computes the sparse layers"):
        kernel = chosen(PERCEPTRON, 0.9, "sparse")
    assert isinstance(kernel, SparseLayers)
    assert all(isinstance(product, TorchProducts) for product in kernel.products.values())


def test_a_missing_numba_is_told_in_words():
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "from workloads.network.kernels.preparation import compiler_trouble\nprint(compiler_trouble())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("numba cannot compile here (ModuleNotFoundError: ")


def test_labels_beyond_the_outputs_are_no_business_of_compiled_code():
    """It would write beyond its arrays."""
    trial = trial_of(PERCEPTRON)
    state, examples = state_of(trial), examples_of(trial)
    examples.targets[0] = 10
    assert isinstance(KernelChoice("sparse").kernel(state, examples), SparseLayers)


@pytest.mark.parametrize(
    ("method", "kernels", "share"),
    [
        ({"name": "static_random", "sparsity": 0.9}, "sparse", 1.0),
        ({"name": "static_random", "sparsity": 0.9}, "masked", 0.0),
        ({"name": "one_shot", "sparsity": 0.9, "dense_steps": 10, "fine_tune": {"steps": 10}}, "sparse", 1.0),
    ],
)
def test_runs_record_how_each_layer_was_computed(method, kernels, share, images_of):
    trial = make(PERCEPTRON, method)
    records = [event for event in run_trial(trial, images_of(trial), kernels=kernels) if isinstance(event, Record)]
    shares = {record.name: record.value for record in records if record.name.startswith("sparse_steps/")}
    assert shares == dict.fromkeys(("sparse_steps/hidden.0", "sparse_steps/hidden.1", "sparse_steps/output"), share)


def test_a_network_that_diverges_says_so_in_compiled_steps(images_of):
    from workloads.errors import Diverged

    training = {"steps": 40, "optimizer": {"name": "sgd", "lr": 1e20}}
    trial = Trial.model_validate({"workload": PERCEPTRON | {"training": training}, "method": "dense", "seed": 0})
    with pytest.raises(Diverged, match="the training loss is (nan|inf)"):
        list(run_trial(trial, images_of(trial), kernels="sparse"))


def test_measured_networks_are_dense_tensors(images_of):
    """Rules, checkpoints and reports know nothing of kernels."""
    trial = make(GPT2, {"name": "static_random", "sparsity": 0.9})
    *_, measured = run_trial(trial, images_of(trial), kernels="sparse")
    assert isinstance(measured, Measured)
    plain = trial.workload.model(0).state_dict()
    assert {name: tensor.shape for name, tensor in measured.state.model.state_dict().items()} == {
        name: tensor.shape for name, tensor in plain.items()
    }
