"""An epoch the notebook way over one of ours: python tests/benchmarks/notebook_benchmark.py

The notebook way: torchvision's data set with transforms, a DataLoader, plain Adam; ours: the training loop of a trial,
looks left out. Batch 64, two threads on both sides. Needs Fashion-MNIST, its archives included.
"""

import os
import time
from statistics import median

import torch
from bare import fashion_mnist, real_images
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms

from workloads.data.sources import Sources
from workloads.network.state import State
from workloads.script.phases import Train
from workloads.training.loop import train
from workloads.trial import Trial

RUNS = 3
THREADS = 2


def notebook_epoch(trial: Trial, examples: int) -> float:
    """Seconds of one epoch over as many examples."""
    cache = Sources.from_environment(None, os.environ).cache
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.286,), (0.353,))])
    pictures = Subset(datasets.FashionMNIST(cache, download=True, transform=transform), range(examples))
    model = trial.workload.model(0)
    adam = torch.optim.Adam(model.parameters(), 1e-3)
    begun = time.perf_counter()
    for inputs, targets in DataLoader(
        pictures, batch_size=trial.workload.training.batch_size, shuffle=True, drop_last=True
    ):
        adam.zero_grad()
        cross_entropy(model(inputs), targets).backward()
        adam.step()
    return time.perf_counter() - begun


def main() -> None:
    """Print the medians of epochs taken in turn, and the ratio of each pair."""
    torch.set_num_threads(THREADS)
    trial = fashion_mnist({"name": "dense"}, 1, batch_size=64)
    images = real_images(trial)
    pairs = []
    for _ in range(RUNS):
        theirs = notebook_epoch(trial, len(images.train.targets))
        state = State.new(trial.workload, 0, images.device)
        train(state, images.train, Train(start=0, stop=trial.workload.steps), trial.workload.steps, 0)
        pairs.append((theirs, state.tally.seconds))
    theirs, ours = (median(side) for side in zip(*pairs))
    ratios = sorted(a / b for a, b in pairs)
    print(
        f"an epoch of {trial.workload.steps} steps: the notebook way {theirs:.2f} s, ours {ours:.2f} s; "
        f"ratio {median(ratios):.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f}, {RUNS} pairs; wanted: at least 7)"
    )


if __name__ == "__main__":
    main()
