"""An epoch the notebook way over ours in each round of pruning: python tests/benchmarks/rounds_benchmark.py

The notebook way: torchvision's MNIST with transforms, a DataLoader, plain Adam, and torch.nn.utils.prune removing 20 %
of what is left each round. Ours: a trial's training loop under the same masks. LeNet-300-100, batch 64, one thread.

The notebook's rounds grow longer because of what Adam remembers of removed weights, whose gradient is exactly zero
(found with torch 2.15 on x86). In a new optimizer their second moment is zero as well, and torch takes the square
root of zeros with MKL, which treats each as a special case: of a tensor half of zeros it takes forty times as long. In
an optimizer that is kept their first moment decays for some 900 steps and then stays denormal, which makes products
and quotients slow. Multiplying the weights by the mask costs every round but the first the same; prune's hooks do not
pile up. Ours has neither: fused Adam does not use MKL's root, and new masks set to zero what Adam remembers.

Needs MNIST, its archives included; takes about three minutes.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import Self

import torch
from bare import real_images
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils import prune
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from workloads.data.sources import Sources
from workloads.data.splits import Split
from workloads.network.state import State
from workloads.script.phases import Train
from workloads.tasks.workload import Workload
from workloads.training.loop import orders, train
from workloads.trial import Trial

ROUNDS = 6  # the first dense
AMOUNT = 0.2  # of the remaining weights, removed before every other round
STRETCHES = 5  # that the medians are of
STRETCH = 100  # steps
DENSE = {"workload": {"name": "mnist_lenet", "validation_size": 0}, "method": {"name": "dense"}, "seed": 0}

Batches = Iterable[tuple[Tensor, Tensor]]


@dataclass
class Notebook:
    """A notebook's network through the rounds."""

    model: nn.Module
    layers: list[str]  # dotted names of those with prunable weights
    keeps: bool  # one optimizer over all rounds
    adam: torch.optim.Adam

    @classmethod
    def new(cls, workload: Workload, keeps: bool) -> Self:
        """Dense, as the workload draws it."""
        model = workload.model(0)
        return cls(model, [layer.name for layer in workload.layers], keeps, adam(model))

    def prune(self) -> None:
        """Begin a round: the weights stay as they are."""
        weights = [(self.model.get_submodule(name), "weight") for name in self.layers]
        prune.global_unstructured(weights, pruning_method=prune.L1Unstructured, amount=AMOUNT)
        self.adam = self.adam if self.keeps else adam(self.model)

    def masks(self) -> dict[str, Tensor]:
        """As our State has them; there are none before the first `prune`."""
        return {name: self.model.get_submodule(name).weight_mask.bool() for name in self.layers}

    def train(self, chosen: Batches) -> None:
        """A step on every batch."""
        for inputs, targets in chosen:
            self.adam.zero_grad()
            cross_entropy(self.model(inputs), targets).backward()
            self.adam.step()


@dataclass
class Ours:
    """Our network through the rounds."""

    state: State
    split: Split
    position: int = 0

    def train(self, steps: int) -> None:
        """The next steps."""
        begin, self.position = self.position, self.position + steps
        train(self.state, self.split, Train(start=begin, stop=self.position), self.position, seed=0)


def adam(model: nn.Module) -> torch.optim.Adam:
    """As notebooks make it: neither fused nor foreach, which on a CPU means a loop over the tensors."""
    return torch.optim.Adam(model.parameters(), 1e-3)


def loaded(batch_size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The notebook's batches, without end."""
    cache = Sources.from_environment(None, os.environ).cache
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    loader = DataLoader(
        datasets.MNIST(cache, download=True, transform=transform), batch_size=batch_size, shuffle=True, drop_last=True
    )
    while True:
        yield from loader


def seconds(work: Callable[[], None]) -> float:
    """Of the processor, not of the wall: there is one thread, and so neighbours disturb less."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> None:
    """Print a line per round: medians of stretches taken in turn, as seconds per epoch, and ratios of each turn."""
    torch.set_num_threads(1)
    workload = Trial.model_validate(DENSE).workload
    batch, epoch = workload.training.batch_size, workload.steps_per_epoch
    images = real_images(Trial.model_validate(DENSE))
    fresh, kept = Notebook.new(workload, keeps=False), Notebook.new(workload, keeps=True)
    ours = Ours(State.new(workload, 0, images.device), images.train)
    loader = loaded(batch)

    def in_memory(steps: int) -> Batches:
        chosen = map(images.train.take, orders(images.train, batch, ours.position, 0, steps))
        return ((batch.inputs, batch.targets) for batch in chosen)

    print(f"seconds per epoch of {epoch} steps, in brackets without loading; medians of {STRETCHES} x {STRETCH} steps")
    for level in range(ROUNDS):
        if level:
            fresh.prune()
            kept.prune()
            ours.state.put_masks(fresh.masks())
        # An epoch, since the first moments of what was just removed take some 900 steps to become what they stay.
        fresh.train(in_memory(epoch))
        kept.train(in_memory(epoch))
        ours.train(epoch)
        turns = []
        for _ in range(STRETCHES):
            turn = (
                seconds(lambda: fresh.train(islice(loader, STRETCH))),
                seconds(lambda: fresh.train(in_memory(STRETCH))),
                seconds(lambda: kept.train(islice(loader, STRETCH))),
                seconds(lambda: kept.train(in_memory(STRETCH))),
                seconds(lambda: ours.train(STRETCH)),
            )
            turns.append([one * epoch / STRETCH for one in turn])
        ratios = [median(turn[side] / turn[-1] for turn in turns) for side in (0, 2)]
        whole, steps, kept_whole, kept_steps, our_own = (median(column) for column in zip(*turns))
        removed = 1 - sum(ours.state.kept_counts.values()) / workload.prunable
        print(
            f"round {level}, {removed:5.1%} removed: optimizer anew {whole:5.2f} ({steps:.2f}), "
            f"kept {kept_whole:5.2f} ({kept_steps:.2f}), ours {our_own:.2f}; "
            f"ratios {ratios[0]:.1f} and {ratios[1]:.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
