"""Masked and sparse kernels compute the same training, in double precision to the last digits."""

import pytest
import torch

from tests.workloads.network.kernels.made_up import CNN, GPT2, PERCEPTRON, examples_of, state_of, trained, trial_of
from workloads.network.kernels import choice
from workloads.network.kernels.choice import KernelChoice
from workloads.network.kernels.layers import SparseLayers
from workloads.network.kernels.masked import Masked
from workloads.network.kernels.perceptron import SparsePerceptron
from workloads.network.kernels.products import CompiledProducts, TorchProducts
from workloads.network.snapshot import full_snapshot
from workloads.network.state import State

OPTIMIZERS = [
    {"name": "sgd", "lr": 0.05},
    {"name": "sgd", "lr": 0.05, "weight_decay": 0.1},
    {"name": "sgd", "lr": 0.05, "momentum": 0.9, "weight_decay": 0.01},
    {"name": "sgd", "lr": 0.05, "momentum": 0.9, "nesterov": True},
    {"name": "adam", "betas": (0.8, 0.95), "eps": 1e-6},
    {"name": "adam", "weight_decay": 0.1},
    {"name": "adamw", "weight_decay": 0.3},
    {"name": "adamw", "weight_decay": 0.3, "decayed": "matrices"},
]
WAYS = {"perceptron": (PERCEPTRON, SparsePerceptron), "cnn": (CNN, SparseLayers), "gpt2": (GPT2, SparseLayers)}
CASES = [(optimizer, None) for optimizer in OPTIMIZERS] + [(OPTIMIZERS[0], 0.05), (OPTIMIZERS[-1], 0.05)]
every_case = pytest.mark.parametrize(
    ("optimizer", "clip_norm"), CASES, ids=["-".join(map(str, [*row.values(), norm])) for row, norm in CASES]
)


@pytest.fixture
def torch_only(monkeypatch):
    """A machine on which numba cannot compile."""
    monkeypatch.setattr(choice, "compiler_trouble", lambda: "numba cannot compile here")


def differences(one: State, other: State) -> dict[str, float]:
    """The largest difference in each tensor: weights, buffers, masks."""
    first, second = full_snapshot(one).tensors, full_snapshot(other).tensors
    assert first.keys() == second.keys()
    assert all(tensor.dtype == second[name].dtype for name, tensor in first.items())
    return {name: float((tensor.double() - second[name].double()).abs().max()) for name, tensor in first.items()}


def agree(one: State, other: State) -> bool:
    one_loss, other_loss = one.since_look.loss, other.since_look.loss
    same_sums = one.since_look.correct == other.since_look.correct and abs(one_loss - other_loss) < 1e-9
    return same_sums and max(differences(one, other).values()) < 1e-10


@every_case
@pytest.mark.parametrize("way", WAYS)
def test_both_kernels_agree_after_fifty_steps(way, optimizer, clip_norm):
    """Decay, momentum, clipping, and other masks from step 10 on."""
    workload, _ = WAYS[way]
    trial = trial_of(workload, optimizer=optimizer, clip_norm=clip_norm)
    masked, sparse = (trained(trial, KernelChoice(kernels)) for kernels in ("masked", "sparse"))
    assert agree(masked, sparse)
    sparse.check_zeros()


@pytest.mark.filterwarnings("ignore:numba cannot compile here", "ignore:Sparse CSR tensor support is in beta")
@pytest.mark.parametrize("way", WAYS)
def test_torch_computes_the_same_where_numba_cannot(way, torch_only):
    workload, _ = WAYS[way]
    trial = trial_of(workload, optimizer={"name": "adamw"}, clip_norm=0.05)
    assert agree(*(trained(trial, KernelChoice(kernels)) for kernels in ("masked", "sparse")))


@pytest.mark.parametrize("way", WAYS)
def test_the_kernels_that_agree_are_two(way):
    workload, kind = WAYS[way]
    trial = trial_of(workload)
    state, examples = state_of(trial), examples_of(trial)
    assert isinstance(KernelChoice("masked").kernel(state, examples), Masked)
    kernel = KernelChoice("sparse").kernel(state, examples)
    assert isinstance(kernel, kind)
    assert set(kernel.layers) == {layer.name for layer in state.layers if len(layer.shape) == 2}


def test_clipping_is_part_of_the_agreement():
    """So small a norm acts at every step."""
    free, clipped = (
        trained(trial_of(PERCEPTRON, optimizer={"name": "sgd", "lr": 0.05}, clip_norm=norm), KernelChoice("sparse"))
        for norm in (None, 0.05)
    )
    assert max(differences(free, clipped).values()) > 1e-3


def test_both_kernels_agree_in_single_precision():
    trial = trial_of(PERCEPTRON, optimizer={"name": "adam"})
    masked, sparse = (trained(trial, KernelChoice(kernels), torch.float32) for kernels in ("masked", "sparse"))
    assert masked.since_look.loss == pytest.approx(sparse.since_look.loss, rel=1e-5)
    assert max(differences(masked, sparse).values()) < 1e-4


@pytest.mark.parametrize("batch_size", [1, 7, 8, 33])
def test_batches_of_any_size_agree(batch_size):
    trial = trial_of(PERCEPTRON, batch_size=batch_size)
    assert agree(*(trained(trial, KernelChoice(kernels)) for kernels in ("masked", "sparse")))


@pytest.mark.parametrize("sparsity", [0.0, 0.99])
def test_full_and_nearly_empty_networks_agree(sparsity):
    """At 99 % some units have neither inputs nor outputs."""
    trial = trial_of(PERCEPTRON, sparsity)
    assert agree(*(trained(trial, KernelChoice(kernels)) for kernels in ("masked", "sparse")))


def test_where_legs_end_changes_no_bit():
    trial = trial_of(PERCEPTRON, optimizer={"name": "adam"})
    once, often = (
        trained(trial, KernelChoice("sparse"), torch.float32, legs=(10, *more, 50)) for more in ((), (21, 34, 49))
    )
    assert set(differences(once, often).values()) == {0.0}


@pytest.mark.parametrize("products", [CompiledProducts, TorchProducts])
@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
def test_gradients_of_a_layer_are_those_of_finite_differences(products):
    from workloads.network.kernels.layers import SparseProduct
    from workloads.network.kernels.rows import Rows

    generator = torch.Generator().manual_seed(3)
    mask = torch.rand(5, 6, generator=generator) < 0.4
    values, bias, inputs = (
        torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)
        for shape in ((int(mask.sum()),), (5,), (9, 6))
    )
    made = products(Rows.of(mask), 6)
    assert torch.autograd.gradcheck(lambda *tensors: SparseProduct.apply(*tensors, made), (values, bias, inputs))


def test_gradients_of_the_compiled_step_are_those_of_finite_differences():
    """Of the mean loss of one batch by each kept weight and bias; dense SGD at rate 1 takes the gradient itself."""
    trial = trial_of(PERCEPTRON, optimizer={"name": "sgd", "lr": 1.0})
    state, examples = state_of(trial), examples_of(trial)
    before = {name: tensor.clone() for name, tensor in state.model.state_dict().items()}
    after = trained_once(state, examples)
    batch = first_batch(examples, trial)

    def loss() -> float:
        with torch.no_grad():
            return float(torch.nn.functional.cross_entropy(state.model(batch.inputs), batch.targets))

    state.model.load_state_dict(before)
    for name, parameter in state.model.named_parameters():
        mask = state.masks.get(name.removesuffix(".weight"), torch.ones_like(parameter, dtype=torch.bool))
        for place in mask.flatten().nonzero().flatten()[::7].tolist():
            entry = parameter.data.view(-1)
            value = float(entry[place])
            ends = []
            for step in (-1e-6, 1e-6):
                entry[place] = value + step
                ends.append(loss())
            entry[place] = value
            gradient = float(before[name].flatten()[place] - after[name].flatten()[place])
            assert gradient == pytest.approx((ends[1] - ends[0]) / 2e-6, abs=1e-7)


def first_batch(examples, trial):
    from workloads.training.loop import orders

    (order,) = orders(examples, trial.workload.training.batch_size, 0, 0, 1)
    return examples.take(order)


def trained_once(state: State, examples) -> dict[str, torch.Tensor]:
    from workloads.script.phases import Train
    from workloads.training.loop import train

    train(state, examples, Train(start=0, stop=1), 50, 0, KernelChoice("sparse"))
    return {name: tensor.clone() for name, tensor in state.model.state_dict().items()}
