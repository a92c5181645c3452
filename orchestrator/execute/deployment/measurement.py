"""Measures a network in one format after another, and writes each line when it is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import torch

from orchestrator.execute.deployment.networks import FinishedNetwork
from orchestrator.execute.last_data import LastData
from orchestrator.store import deployed, provenance, weight_files
from orchestrator.store.deployed import Deployed
from orchestrator.store.journal import entries
from workloads.data.sources import Sources
from workloads.deploy.deployment import BATCHES, Deployment, compressed, deployment
from workloads.deploy.latency import Latency
from workloads.deploy.names import FormatName
from workloads.deploy.probe import of_data
from workloads.deploy.runtimes import TIMED
from workloads.deploy.tensor_file import content, prepared

STORED = (FormatName.BITMASK,)  # formats of files that nothing here computes with
FORMATS = (*TIMED, *STORED)
Say = Callable[[str], None]


def measure(networks: Sequence[FinishedNetwork], sources: Sources, threads: int, calls: int, say: Say) -> int:
    """Measure what has not been measured on this machine; the number of networks for which there was something to do.

    Each line is on disk before the next measurement begins, so an interrupted command goes on where it ended. A network
    that several runs share is measured once. Raises DataError and UsageError."""
    torch.set_num_threads(threads)
    machine, last_data = str(provenance.of_machine()["cpu"]), LastData()
    done: dict[tuple[str, str], Deployed] = {}
    new = 0
    for number, network in enumerate(networks, 1):
        found = {line.format: line for line in deployed.read(network.folder)
                 if (line.label, line.machine, line.threads) == (network.label, machine, threads)
                 and line.network == network.network}  # fmt: skip
        done |= {(network.network, form): line for form, line in found.items()}
        missing = [form for form in FORMATS if form not in found]
        if not missing:
            continue
        began = time.monotonic()
        step, moment = _last_record(network)
        for form in missing:
            shared = done.get((network.network, form))
            figures = shared.figures if shared else _figures(network, form, last_data, sources, calls)
            line = Deployed(label=network.label, network=network.network, format=form, machine=machine,
                            threads=threads, step=step, time=moment, figures=figures)  # fmt: skip
            deployed.append(network.folder, line)
            done[network.network, form] = line
        new += 1
        title = f"{network.planned.key} {network.planned.trial.title} {network.label}"
        say(f"[{number}/{len(networks)}] {title}: measured in {time.monotonic() - began:.1f} s")
    return new


def _figures(
    network: FinishedNetwork, form: FormatName, last_data: LastData, sources: Sources, calls: int
) -> dict[str, float]:
    """The metrics of one network in one format, by their names in MLflow."""
    workload = network.planned.trial.workload
    state = weight_files.network(network.folder.network(network.label))
    data = last_data.load(workload, sources)
    if form in STORED:
        file = content(prepared(state, form, of_data(data).examples), form)
        return _named(form, {"bytes": len(file), "bytes_zstd": compressed(file)})
    found = deployment(state, form, data, calls=calls, warm_up=max(1, calls // 6))
    return _named(form, {**_sizes(found), **_seconds(found)})


def _sizes(found: Deployment) -> dict[str, float | None]:
    outcomes = {f"test_{name}": value for name, value in found.test.items()}
    sizes = {"bytes": found.bytes, "bytes_zstd": found.compressed_bytes}
    return {**sizes, **outcomes, "largest_difference": found.largest_difference}


def _seconds(found: Deployment) -> dict[str, float | None]:
    return {
        f"latency_{batch}{quartile}": seconds
        for batch in BATCHES
        for quartile, seconds in _quartiles(found.latency[batch]).items()
    }


def _quartiles(latency: Latency) -> dict[str, float]:
    return {"": latency.median, "_low": latency.lower, "_high": latency.upper}


def _named(form: FormatName, figures: Mapping[str, float | None]) -> dict[str, float]:
    return {f"deploy/{form}/{name}": float(value) for name, value in figures.items() if value is not None}


def _last_record(network: FinishedNetwork) -> tuple[int, int]:
    """Step and time of the run's last record: measurements stand beside its other last figures."""
    last = [entry for entry in entries(network.folder) if entry.record.label == network.label][-1]
    return last.record.step, last.time
