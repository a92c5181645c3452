"""Which kernel computes a network's training steps: a rule by shape, batch and density, without timing anything."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from workloads.data.splits import Examples, Split
from workloads.models.layer import Layer
from workloads.models.mlp import MLP
from workloads.network.kernels.estimates import layer_pays, perceptron_pays
from workloads.network.kernels.kernel import Kernel
from workloads.network.kernels.layers import SparseLayers
from workloads.network.kernels.masked import Masked
from workloads.network.kernels.preparation import compiler_trouble
from workloads.network.kernels.products import CompiledProducts, TorchProducts
from workloads.network.state import State
from workloads.script.training import Kernels, Precision

LARGEST_BATCH = 1024  # of a compiled step, whose activations should stay in the cache


@dataclass
class KernelChoice:
    """Chooses the kernel for a state, and keeps it until the masks change."""

    kernels: Kernels = "masked"
    precision: Precision = "float32"
    latest: tuple[dict[str, Tensor], nn.Module, Kernel] | None = field(default=None, init=False)

    def kernel(self, state: State, examples: Examples) -> Kernel:
        """The kernel for training `state` on `examples`."""
        if self.latest is None or self.latest[0] is not state.masks or self.latest[1] is not state.model:
            self.latest = (state.masks, state.model, self._kernel(state, examples))
        return self.latest[2]

    def _kernel(self, state: State, examples: Examples) -> Kernel:
        if not may_be_sparse(self.kernels, self.precision, state.device):
            return Masked()
        compiled = compiler_trouble() is None
        if compiled and is_perceptron(state, examples) and self._perceptron_pays(state):
            from workloads.network.kernels.perceptron import SparsePerceptron

            return SparsePerceptron.of(state)
        layers = [layer for layer in state.layers if has_product(state, layer) and self._pays(state, layer, compiled)]
        if not layers:
            return Masked()
        if not compiled:
            warnings.warn(f"{compiler_trouble()}; torch computes the sparse layers, which takes longer", stacklevel=2)
        return SparseLayers.of(state, layers, CompiledProducts if compiled else TorchProducts)

    def _perceptron_pays(self, state: State) -> bool:
        size, kept = sum(layer.size for layer in state.layers), sum(state.kept_counts.values())
        batch = state.workload.training.batch_size
        return self.kernels == "sparse" or perceptron_pays(size, kept, batch, torch.get_num_threads())

    def _pays(self, state: State, layer: Layer, compiled: bool) -> bool:
        kept, examples = int(state.masks[layer.name].sum()), state.workload.training.batch_size * layer.positions
        return self.kernels == "sparse" or layer_pays(layer, kept, examples, torch.get_num_threads(), compiled)


def may_be_sparse(kernels: Kernels, precision: Precision, device: torch.device) -> bool:
    """Whether any layer may be computed from compressed rows: not with masked kernels, on a GPU or in bfloat16."""
    return kernels != "masked" and precision == "float32" and device.type == "cpu"


def is_perceptron(state: State, examples: Examples) -> bool:
    """Whether the compiled steps fit: a perceptron with ReLU, biases and cross-entropy, on examples in memory."""
    if type(state.model) is not MLP or state.workload.loss != "cross_entropy" or not isinstance(examples, Split):
        return False
    if state.workload.training.batch_size > LARGEST_BATCH:
        return False
    lowest, highest = (int(label) for label in examples.targets.aminmax())
    return 0 <= lowest and highest < state.layers[-1].shape[0]


def has_product(state: State, layer: Layer) -> bool:
    """Whether the layer is a product of its inputs with one matrix, and a bias: a Linear or GPT-2's Conv1D."""
    module = state.model.get_submodule(layer.name)
    return (isinstance(module, nn.Linear) or layer.inputs_first) and isinstance(module.bias, nn.Parameter)
