"""What a network costs and does in one format, measured alone on the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

import torch
from torch import nn

from workloads.data.splits import DataSet, Split
from workloads.deploy.export import outputs
from workloads.deploy.latency import Latency, interleaved
from workloads.deploy.names import FormatName
from workloads.deploy.probe import largest_difference, of_data
from workloads.deploy.runtimes import runtime
from workloads.deploy.tensor_file import content, prepared
from workloads.measure.summary import bits_per_character
from workloads.network.loss import objective
from workloads.network.state import State
from workloads.tasks.workload import Workload
from workloads.training.evaluation import evaluate

BATCHES = (1, 256)
ZSTD = (("compression.zstd", "compress"), ("zstandard", "compress"))  # Python's own from 3.14 on; a package


@dataclass(frozen=True)
class Deployment:
    """The figures of one network in one format."""

    bytes: int  # of the file
    compressed_bytes: int | None  # of the file after zstd at its default level; None: nothing here can compress
    latency: Mapping[int, Latency]  # by batch size
    dense_latency: Mapping[int, Latency]  # of the network as it was trained, timed call by call in turn
    threads: int  # of torch
    test: Mapping[str, float]  # loss and outcome on the test split, by name; empty where there is no test split
    largest_difference: float  # of an output on the first examples of the test split, from the network as trained


def deployment(
    state: State,
    name: FormatName,
    data: DataSet,
    batches: Sequence[int] = BATCHES,
    calls: int = 300,
    warm_up: int = 50,
) -> Deployment:
    """Measure a network on the CPU in one of the formats of `runtimes.TIMED`.

    `batches` are numbers of examples. `calls` of each network are timed after `warm_up` others. Raises UsageError for
    weights that the format cannot hold, and ValueError for a format without a runtime."""
    probe = of_data(data).examples
    model, dense = runtime(state, name, probe), runtime(state, FormatName.DENSE, probe)
    file = content(prepared(state, name, probe), name)
    split = data.test if data.test is not None else probe
    timed = {}
    for size in batches:
        inputs = split.take(torch.arange(size) % split.count).inputs
        timed[size] = interleaved([model, dense], inputs, calls, warm_up)
    difference = largest_difference(outputs(dense, probe.inputs), outputs(model, probe.inputs))
    return Deployment(
        bytes=len(file),
        compressed_bytes=compressed(file),
        latency={size: own for size, (own, _) in timed.items()},
        dense_latency={size: other for size, (_, other) in timed.items()},
        threads=torch.get_num_threads(),
        test={} if data.test is None else _test(model, state.workload, data.test),
        largest_difference=difference,
    )


def compressed(content: bytes) -> int | None:
    """Bytes after zstd at its default level; None where neither Python nor the package zstandard has it."""
    for module, function in ZSTD:
        try:
            return len(getattr(import_module(module), function)(content))
        except ImportError:
            continue
    return None


def _test(model: nn.Module, workload: Workload, split: Split) -> dict[str, float]:
    """The loss, and the outcome by the name of its metric."""
    loss, outcome = evaluate(model, split, objective(workload))
    if split.characters is not None:
        outcome = bits_per_character(loss, split.predictions, split.characters)
    return {"loss": loss} | ({} if outcome is None else {workload.outcome.metric: outcome})
