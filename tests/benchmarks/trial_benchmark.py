"""A trial's time, with all it measures and journals, over the bare loop's: python tests/benchmarks/trial_benchmark.py

Both do the same steps with the same validation and test evaluations, in turn, on one thread. Needs Fashion-MNIST;
takes about fifteen minutes, most of them for the CNN.
"""

import time
from statistics import median

import torch
from bare import bare_loop, fashion_mnist, real_images, scratch_folder

from orchestrator.store.folders import TrialFolder
from orchestrator.store.journal import Journal
from workloads.data.splits import DataSet
from workloads.run import run_trial
from workloads.trial import Record, Trial

RUNS = 3
STATIC = {"name": "static_random", "sparsity": 0.9}
CASES = (("mlp", {"name": "dense"}, 10), ("mlp", STATIC, 10), ("cnn", {"name": "dense"}, 2), ("cnn", STATIC, 2))


def ours(trial: Trial, images: DataSet) -> tuple[float, float, set[int]]:
    """Seconds of a trial, of its training steps alone, and the steps at which it measured the test set."""
    tested, train_seconds = set(), 0.0
    begun = time.perf_counter()
    with Journal(TrialFolder(scratch_folder("trial"))) as journal:
        for event in run_trial(trial, images):
            if isinstance(event, Record):
                journal.append(event)
                tested |= {event.step} if event.name == "test/loss" else set()
                train_seconds = event.value if event.name == "cost/train_seconds" else train_seconds
    return time.perf_counter() - begun, train_seconds, tested


def main() -> None:
    """Print medians and the ratios of each pair."""
    torch.set_num_threads(1)
    for network, method, epochs in CASES:
        trial = fashion_mnist(method, epochs, network=network)
        images = real_images(trial)
        pairs = []
        for _ in range(RUNS + 1):  # the first warms up
            seconds, training, tested = ours(trial, images)
            steps, evaluating = bare_loop(trial, images, tested)
            pairs.append((seconds, training, steps, evaluating))
        ratios = sorted(whole / (steps + evaluating) for whole, _, steps, evaluating in pairs[1:])
        measuring = sorted((whole - training - evaluating) / training for whole, training, _, evaluating in pairs[1:])
        whole, training, steps, evaluating = (median(column) for column in zip(*pairs[1:]))
        print(
            f"{trial.title}: trial {whole:.2f} s, of which steps {training:.2f} s; bare loop {steps:.2f} s + "
            f"evaluations {evaluating:.2f} s; "
            f"ratio {median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f}, {RUNS} pairs; wanted: at most 1.15); "
            f"measuring without the evaluations {median(measuring):.1%} of the steps (wanted: at most 10 %)"
        )


if __name__ == "__main__":
    main()
