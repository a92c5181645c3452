"""What only a GPU can show, as JSON: python tests/benchmarks/gpu_benchmark.py

Accuracy on the GPU against the CPU's, tokens per second of GPT-2 `small` in float32 and bfloat16, four trials that
share one GPU against one after another, and a trial that runs out of its share of the memory and then gets it all.
Needs no network and nothing besides the package; takes under four minutes on one GPU. Without a GPU it measures what a
CPU can, and says so.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import torch

from workloads.data.sources import Sources
from workloads.run import run_trial
from workloads.tasks.gpt2_presets import PRESETS
from workloads.trial import Record, Trial

SEEDS = 5
T = 2.776  # Student's t for 95 % and four degrees of freedom
STEPS = 20  # of GPT-2
PRESET = "small" if torch.cuda.is_available() else "tiny"
COMMAND = [sys.executable, "-c", "from orchestrator.cli.main import main; main()", "sweep"]
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
PACKED = """
workload: {{name: shakespeare_gpt2, data: stand_in, training: {{steps: {steps}}}, measure: {{structure_looks: 0}}}}
method: dense
seeds: 4
resources: {{gpus: {gpus}}}
"""
HUNGRY = """
workload:
  name: digits_mlp
  hidden: [{width}, {width}]
  training: {{steps: 4}}
  measure: {{evaluate_every: 4, structure_looks: 0}}
method: dense
seeds: 1
resources: {{gpus: 0.25}}
"""


def figures(trial: dict[str, Any], device: str, precision: str = "float32") -> dict[str, float]:
    """The last value of each of a trial's metrics, trained on the device."""
    read = Trial.model_validate(trial)
    data = read.workload.load(Sources.from_environment(None, os.environ)).to(device)
    return {
        event.name: event.value
        for event in run_trial(read, data, precision=precision) if isinstance(event, Record)
    }  # fmt: skip


def accuracy() -> dict[str, Any]:
    """The digits perceptron at 90 % sparsity: test accuracy by seed on both devices, and the paired difference."""
    trials = [
        {"workload": "digits_mlp", "method": {"name": "static_random", "sparsity": 0.9}, "seed": seed}
        for seed in range(SEEDS)
    ]  # fmt: skip
    cpu, gpu = ([figures(trial, device)["final/test_accuracy"] for trial in trials] for device in ("cpu", DEVICE))
    differences = [there - here for here, there in zip(cpu, gpu, strict=True)]
    half = T * stdev(differences) / math.sqrt(SEEDS)
    return {"cpu": cpu, DEVICE: gpu, "difference": fmean(differences), "half interval": half}


def tokens_per_second() -> dict[str, float]:
    """Of training GPT-2, looks left out."""
    workload = {"name": "shakespeare_gpt2", "preset": PRESET, "data": "stand_in", "training": {"steps": STEPS},
                "measure": {"evaluate_every": STEPS, "structure_looks": 0}}  # fmt: skip
    trial = {"workload": workload, "method": "dense", "seed": 0}
    read = Trial.model_validate(trial).workload
    tokens = STEPS * read.training.batch_size * PRESETS[PRESET].context
    return {
        precision: tokens / figures(trial, DEVICE, precision)["cost/path_train_seconds"]
        for precision in ("float32", "bfloat16")
    }


def swept(spec: str, *options: str) -> tuple[float, dict[str, Any], str]:
    """Seconds of a sweep, its summary, and what it said."""
    with tempfile.TemporaryDirectory(prefix="sparsity-gpu-") as place:
        (Path(place) / "gpu.yaml").write_text(spec)
        begun = time.perf_counter()
        words = [*COMMAND, "gpu.yaml", "--no-report", "--json", *options]
        done = subprocess.run(words, cwd=place, capture_output=True, text=True)
        return time.perf_counter() - begun, json.loads(done.stdout), done.stderr


def packing() -> dict[str, Any]:
    """Seconds of four trials one after another and four at once, each with a quarter of the GPU."""
    share, steps = (0.25, 600) if DEVICE == "cuda" else (0, 50)
    spec = PACKED.format(gpus=share, steps=steps)
    alone, first, _ = swept(spec, "--max-concurrent", "1")
    packed, second, _ = swept(spec)
    return {
        "one after another": alone, "at once": packed, "ratio": alone / packed,
        "completed": [list(each["states"].values()).count("completed") for each in (first, second)],
    }  # fmt: skip


def out_of_memory() -> dict[str, Any] | None:
    """A trial that needs about half of the GPU's memory and is given a quarter at first; None without a GPU."""
    if DEVICE == "cpu":
        return None
    _, total = torch.cuda.mem_get_info()
    width = int(math.sqrt(0.5 * total / 16))  # weight, gradient and Adam's two moments in float32
    seconds, summary, told = swept(HUNGRY.format(width=width))
    lines = [line.strip() for line in told.splitlines() if "memory" in line or "done in" in line]
    return {"width": width, "seconds": seconds, "states": list(summary["states"].values()), "told": lines}


def main() -> None:
    """Print all figures as JSON."""
    name = torch.cuda.get_device_name() if DEVICE == "cuda" else "no GPU: these are a CPU's figures"
    begun = time.perf_counter()
    found = {
        "device": name, "torch": torch.__version__, "accuracy": accuracy(), "tokens per second": tokens_per_second(),
        "packing": packing(), "out of memory": out_of_memory(),
    }  # fmt: skip
    print(json.dumps(found | {"seconds": time.perf_counter() - begun}, indent=1))


if __name__ == "__main__":
    main()
