"""The bare dense loop's training steps over a trial's: python tests/benchmarks/kernels_benchmark.py [perceptrons|gpt2]

Both do the same number of steps on the same data, in turn, on one thread. A trial's steps are those that it trained
itself, from the first weight, with its default looks between them; what the looks take is left out. More than 1 means
that a trial is faster than the bare dense loop. Where sparselab is installed, the same loop with its layers is timed
too. Needs Fashion-MNIST, MNIST and Tiny Shakespeare; takes about half an hour.
"""

import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from statistics import median

import torch
from bare import bare_loop, fashion_mnist, real_images
from language_benchmark import plain_loop, trial_of
from torch import nn
from torch.nn.functional import cross_entropy

from workloads.data.splits import DataSet
from workloads.run import run_trial
from workloads.script.training import Kernels
from workloads.trial import Record, Trial

RUNS = 3
LENET, WIDE = (300, 100), (1000, 1000, 1000)
LEVELS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)


def seconds_per_step(trial: Trial, data: DataSet, kernels: Kernels = "auto") -> float:
    """Seconds of one training step of a trial, over its whole path."""
    ends: dict[str, list[float]] = {}
    for event in run_trial(trial, data, kernels=kernels):
        if isinstance(event, Record):
            ends.setdefault(event.name, []).append(event.value)
    return ends["cost/path_train_seconds"][-1] / ends["cost/steps_total"][-1]


def perceptron(method: dict, hidden: tuple[int, ...], epochs: int = 1) -> Trial:
    """A trial on Fashion-MNIST, batch 128."""
    trial = fashion_mnist(method, epochs)
    return trial.model_copy(update={"workload": trial.workload.model_copy(update={"hidden": hidden})})


def static(sparsity: float) -> dict:
    return {"name": "static_random", "sparsity": sparsity} if sparsity else {"name": "dense"}


def compared(title: str, bare: Callable[[], float], sides: dict[str, Callable[[], float]]) -> None:
    """Print the ratios of the bare loop's seconds per step to those of each side, all in turn."""
    ratios: dict[str, list[float]] = {name: [] for name in sides}
    times: dict[str, list[float]] = {name: [] for name in sides}
    for run in range(RUNS + 1):  # the first warms up
        reference = bare()
        for name, side in sides.items():
            seconds = side()
            if run:
                ratios[name].append(reference / seconds)
                times[name].append(1000 * seconds)
    words = [f"{name} {median(ratios[name]):.2f} ({min(ratios[name]):.2f} to {max(ratios[name]):.2f}; "
             f"{median(times[name]):.3f} ms)" for name in sides]  # fmt: skip
    print(f"{title}: {', '.join(words)}", flush=True)


def perceptrons() -> Iterator[tuple[str, Callable[[], float], dict[str, Callable[[], float]]]]:
    """Static masks in two widths, masks that move, gradual pruning, and lottery rounds."""
    images = real_images(perceptron(static(0.0), LENET))
    for hidden in (LENET, WIDE):
        dense = perceptron(static(0.0), hidden)
        steps = dense.workload.steps

        def bare(dense: Trial = dense, steps: int = steps) -> float:
            return bare_loop(dense, images, set())[0] / steps

        for sparsity in LEVELS if hidden == LENET else (0.0, 0.5, *LEVELS[4:]):
            trial = perceptron(static(sparsity), hidden)
            sides = {"trial": lambda trial=trial: seconds_per_step(trial, images)}
            if sparsity:
                sides["masked trial"] = lambda trial=trial: seconds_per_step(trial, images, "masked")
            if sparsity and find_spec("sparselab"):
                sides["sparselab"] = lambda trial=trial, sparsity=sparsity: sparselab_loop(trial, images, sparsity)
            yield f"{hidden} static {sparsity:.0%}", bare, sides
        if hidden == LENET:
            gradual = perceptron({"name": "gradual", "sparsity": 0.95}, hidden, epochs=3)
            yield "gradual to 95 %", bare, {"trial": lambda trial=gradual: seconds_per_step(trial, images)}
            for name in ("set", "rigl"):
                for sparsity in (0.9, 0.95):
                    moving = perceptron({"name": name, "sparsity": sparsity, "every": 100}, hidden, epochs=3)
                    sides = {"trial": lambda trial=moving: seconds_per_step(trial, images)}
                    yield f"{name} at {sparsity:.0%}", bare, sides
            lottery = {"name": "lottery_ticket", "levels": [0.8, 0.9, 0.95, 0.98]}
            rounds = perceptron(lottery, hidden)
            yield "lottery rounds, 0 to 98 %", bare, {"trial": lambda trial=rounds: seconds_per_step(trial, images)}


@cache  # its own cache mistakes a new network for one that is gone
def sparselab_network(hidden: tuple[int, ...], sparsity: float) -> tuple[nn.Module, torch.optim.Optimizer]:
    """A perceptron of sparselab's layers, with the bare loop's optimizer."""
    import sparselab

    widths = (784, *hidden, 10)
    layers: list[nn.Module] = [nn.Flatten()]
    for fan_in, fan_out in pairwise(widths):
        layers += [sparselab.SparseLinear(fan_in, fan_out, sparsity=sparsity), nn.ReLU()]
    network = nn.Sequential(*layers[:-1])
    return network, torch.optim.Adam(network.parameters(), 1e-3, fused=True)


def sparselab_loop(trial: Trial, images: DataSet, sparsity: float) -> float:
    """Seconds per step of the bare loop with sparselab's layers."""
    inputs, targets, batch = images.train.inputs, images.train.targets, trial.workload.training.batch_size
    network, adam = sparselab_network(trial.workload.hidden, sparsity)
    order = torch.randperm(len(targets))
    begun = time.perf_counter()
    for first in range(0, len(targets) - batch + 1, batch):
        chosen = order[first : first + batch]
        cross_entropy(network(inputs[chosen]), targets[chosen]).backward()
        adam.step()
        adam.zero_grad()
    return (time.perf_counter() - begun) / (len(targets) // batch)


def gpt2() -> Iterator[tuple[str, Callable[[], float], dict[str, Callable[[], float]]]]:
    """The preset `tiny` under static masks, against transformers' own network in a plain loop."""
    dense = trial_of({"name": "dense"})
    data = real_images(dense)

    def bare() -> float:
        return plain_loop(data.train.tokens) / dense.workload.steps

    for sparsity in (0.0, 0.9, 0.95, 0.98):
        trial = trial_of(static(sparsity))
        sides = {"trial": lambda trial=trial: seconds_per_step(trial, data)}
        if sparsity:
            sides["masked trial"] = lambda trial=trial: seconds_per_step(trial, data, "masked")
        yield f"gpt2 tiny static {sparsity:.0%}", bare, sides


def main() -> None:
    """Print a line for each case."""
    torch.set_num_threads(1)
    cases = {"perceptrons": perceptrons, "gpt2": gpt2}
    for name in sys.argv[1:] or cases:
        for case in cases[name]():
            compared(*case)


if __name__ == "__main__":
    main()
