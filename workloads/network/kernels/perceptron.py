"""A perceptron computed from the kept weights of all its layers, in whole compiled steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from workloads.data.splits import Split
from workloads.network.kernels.kept import Kept
from workloads.network.kernels.kernel import Kernel, StepResults, TrainingSteps
from workloads.network.kernels.perceptron_step import (  # fmt: skip
    ADAM,
    ADAMW,
    SGD,
    Network,
    OptimizerSettings,
    Trained,
    Workspace,
    train_steps,
)
from workloads.network.kernels.rows import Rows, kept_places, stacked
from workloads.network.state import State
from workloads.script.training import Sgd, Training

BLOCK = 32  # steps per call of the compiled function, which cannot be interrupted


@dataclass(frozen=True)
class SparsePerceptron(Kernel):
    """The places of a perceptron's kept weights, and room for a training step."""

    network: Network
    work: Workspace
    weights: dict[str, Kept]  # layer name -> its weight
    biases: tuple[Kept, ...]  # of the layers

    @classmethod
    def of(cls, state: State) -> SparsePerceptron:
        """The perceptron of a state, under its masks."""
        layers, masks = state.layers, state.masks
        widths = [layer.shape[1] for layer in layers]
        inputs, outputs = widths[0], layers[-1].shape[0]
        hidden = sum(widths) - inputs
        rows = stacked([Rows.of(masks[layer.name]) for layer in layers], widths)
        back, order = rows.transposed(sum(widths))
        first = int(back.starts[inputs])  # the entries before lead back to the network's inputs
        network = Network(
            inputs, outputs, rows.starts.numpy(), rows.columns.numpy(),
            (back.starts[inputs:] - first).numpy(), back.columns[first:].numpy(), order[first:].numpy(),
        )  # fmt: skip
        weights = {
            layer.name: Kept(state.weight(layer.name), kept_places(layer, masks[layer.name])) for layer in layers
        }
        biases = tuple(Kept.whole(state.bias(layer.name)) for layer in layers)
        empty, batch = biases[0].values.new_empty, state.workload.training.batch_size
        work = Workspace(
            empty(inputs + hidden + outputs, batch).numpy(), empty(hidden + outputs, batch).numpy(),
            empty(network.back_order.size).numpy(), np.empty(batch, np.int64),
        )  # fmt: skip
        return cls(network, work, weights, biases)

    @property
    def layers(self) -> tuple[str, ...]:
        """See Kernel: all."""
        return tuple(self.weights)

    @property
    def kept(self) -> tuple[Kept, ...]:
        """All that the steps train, in the order of the flat vectors."""
        return (*self.weights.values(), *self.biases)

    def train(self, steps: TrainingSteps) -> StepResults:
        """See Kernel."""
        state, split = steps.state, steps.examples
        assert isinstance(split, Split)
        settings = optimizer_settings(state.workload.training)
        trained, before = self._taken_out(state.optimizer)
        images, labels = split.inputs.flatten(1).numpy(), split.targets.numpy()
        count = len(steps.rates)
        rates, losses, correct = np.array(steps.rates), np.zeros(count), np.zeros(count, np.int64)
        for begin in range(0, count, BLOCK):
            chosen = torch.stack(list(islice(steps.orders, min(BLOCK, count - begin)))).numpy()
            block = slice(begin, begin + len(chosen))
            train_steps(
                images, labels, chosen, rates[block], self.network, trained, settings, before + begin, self.work,
                losses[block], correct[block],
            )  # fmt: skip
        self._put_back(trained, before + count, settings, state.optimizer)
        return StepResults(losses.tolist(), int(correct.sum()))

    def _taken_out(self, optimizer: torch.optim.Optimizer) -> tuple[Trained, int]:
        """The kept values and their buffers as flat vectors, and the optimizer's count of steps."""
        values = torch.cat([kept.values for kept in self.kept])
        buffers = [kept.buffers(optimizer) for kept in self.kept]

        def moments(*names: str) -> Tensor:
            parts = [
                next((found[name] for name in names if name in found), torch.zeros_like(kept.values))
                for kept, found in zip(self.kept, buffers, strict=True)
            ]
            return torch.cat(parts)

        first, second = moments("exp_avg", "momentum_buffer"), moments("exp_avg_sq")
        trained = Trained(values.numpy(), torch.empty_like(values).numpy(), first.numpy(), second.numpy())
        return trained, int(buffers[0].get("step", 0))

    def _put_back(
        self, trained: Trained, steps: int, settings: OptimizerSettings, optimizer: torch.optim.Optimizer
    ) -> None:
        """Put the values and buffers back into the dense tensors."""
        sizes = [kept.places.numel() for kept in self.kept]
        vectors = (torch.from_numpy(vector).split(sizes) for vector in (trained.values, trained.first, trained.second))
        for kept, values, first, second in zip(self.kept, *vectors, strict=True):
            buffers = {"momentum_buffer": first} if settings.momentum else {}
            if settings.kind != SGD:
                buffers = {"step": torch.tensor(float(steps)), "exp_avg": first, "exp_avg_sq": second}
            kept.put_back(values, buffers, optimizer)


def optimizer_settings(training: Training) -> OptimizerSettings:
    """The settings of a training's optimizer, for the compiled step."""
    optimizer, clip_norm = training.optimizer, training.clip_norm or math.inf
    decay = optimizer.weight_decay
    if isinstance(optimizer, Sgd):
        return OptimizerSettings(SGD, decay, decay, optimizer.momentum, 0.0, 0.0, 0.0, optimizer.nesterov, clip_norm)
    only_matrices = optimizer.name == "adamw" and optimizer.decayed == "matrices"
    return OptimizerSettings(
        ADAMW if optimizer.name == "adamw" else ADAM, decay, 0.0 if only_matrices else decay, 0.0, *optimizer.betas,
        optimizer.eps, False, clip_norm,
    )  # fmt: skip
