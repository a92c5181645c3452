"""What the benchmarks hold the project against: the shortest loop that does the same training."""

import os
import sys
import tempfile
import time
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy

from workloads.data.sources import Sources
from workloads.data.splits import DataSet
from workloads.training.evaluation import evaluate
from workloads.trial import Trial


def fashion_mnist(method: dict, epochs: int, seed: int = 0, network: str = "mlp", **training) -> Trial:
    """A trial of the main job, shorter, or of the same with a CNN."""
    workload = {"name": f"fashion_mnist_{network}", "training": {"epochs": epochs, **training}}
    return Trial.model_validate({"workload": workload, "method": method, "seed": seed})


def real_images(trial: Trial) -> DataSet:
    """The real data, from wherever the environment says."""
    return trial.workload.load(Sources.from_environment(None, os.environ))


def bare_loop(trial: Trial, images: DataSet, tested: set[int]) -> tuple[float, float]:
    """Seconds of the training steps, and of the evaluations: validation at every look, the test set at `tested` steps.

    Data in memory as tensors, fused Adam, a cosine learning rate, nothing else: no masks, no records.
    """
    training, inputs, targets = trial.workload.training, images.train.inputs, images.train.targets
    model = trial.workload.model(trial.seed)
    adam = torch.optim.Adam(model.parameters(), training.optimizer.lr, fused=True)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(adam, trial.workload.steps)
    batch, every = training.batch_size, trial.workload.measure.evaluate_every
    evaluating = step = 0
    begun = time.perf_counter()
    while step < trial.workload.steps:
        order = torch.randperm(len(targets))
        for first in range(0, len(targets) - batch + 1, batch):
            chosen = order[first : first + batch]
            loss = cross_entropy(model(inputs[chosen]), targets[chosen])
            loss.backward()
            adam.step()
            adam.zero_grad()
            cosine.step()
            step += 1
            if step % every == 0 or step == trial.workload.steps:
                paused = time.perf_counter()
                evaluate(model, images.validation)
                if step in tested:
                    evaluate(model, images.test)
                evaluating += time.perf_counter() - paused
            if step == trial.workload.steps:
                break
    return time.perf_counter() - begun - evaluating, evaluating


def scratch_folder(name: str) -> Path:
    """An empty folder for results, in the place for temporary files."""
    return Path(tempfile.mkdtemp(prefix=f"sparsity-{name}-"))


def main() -> None:
    """Print the seconds of one loop's steps and of its evaluations, the test set measured at every look."""
    torch.set_num_threads(1)
    trial = fashion_mnist({"name": "dense"}, int(sys.argv[1]))
    every, steps = trial.workload.measure.evaluate_every, trial.workload.steps
    print(*bare_loop(trial, real_images(trial), {*range(every, steps, every), steps}))


if __name__ == "__main__":
    main()
