"""A trained network into a file of some format, which is read again and compared; and such a file into a network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from workloads.atomic import replacing
from workloads.cost.storage import buffer_bytes, dense_bytes
from workloads.deploy import onnx_graph, tensor_file
from workloads.deploy.names import FormatName
from workloads.deploy.probe import Probe, largest_difference
from workloads.deploy.tensor_file import Export, prepared
from workloads.errors import UsageError
from workloads.network.evaluating import evaluating
from workloads.network.state import State
from workloads.weights_file import is_safetensors


@dataclass(frozen=True)
class ExportReport:
    """A file that was written, and how it compares with the network."""

    format: FormatName
    path: Path
    bytes: int  # of the file
    arithmetic: int  # bytes of its tensors by formula; the file has a header besides
    dense: int  # bytes of the whole network with every weight as a float32, by formula
    difference: float | None  # largest absolute difference of an output; None: nothing here could compute the file
    largest_output: float  # absolute, of the network
    inputs: str  # that the outputs were compared on, in words
    left_out: tuple[str, ...]
    notes: tuple[str, ...]  # on what the user may not expect

    @property
    def times_smaller(self) -> float:
        """How many times the file goes into the bytes of the dense network."""
        return self.dense / self.bytes


def export(state: State, name: FormatName, path: Path, probe: Probe) -> ExportReport:
    """Write a network, read the file again, and compare its outputs on the probe with the network's.

    The file appears at `path` only when it has been read. Raises UsageError where the format cannot hold the network,
    and OSError where the file cannot be written."""
    stored = prepared(state, name, probe.examples)
    left_out = ("the optimizer and the masks", *_left_out(state, stored))
    if name is FormatName.ONNX:
        content, arithmetic = onnx_graph.content(stored, probe.examples.inputs, left_out), onnx_graph.size(stored)
    else:
        content, arithmetic = tensor_file.content(stored, name, left_out), tensor_file.size(stored, name)
    dense, notes = dense_bytes(state.model) + buffer_bytes(state.model), _notes(state, stored, name)
    if arithmetic > dense:
        notes = (*notes, f"{name} is larger than dense here, since too few weights are zero")
    expected, difference = outputs(state.model, probe.examples.inputs), None
    with replacing(path) as unfinished:
        unfinished.write_bytes(content)
        if name is not FormatName.ONNX or onnx_graph.has_runtime():
            difference = largest_difference(expected, outputs(load(unfinished).model, probe.examples.inputs))
        else:
            notes = (*notes, "the file was not read again, since onnxruntime is not installed")
    largest = float(expected.abs().max())
    return ExportReport(name, path, len(content), arithmetic, dense, difference, largest, probe.source, left_out, notes)


def load(path: Path) -> Export:
    """The network of an exported file of any format: it computes, on the CPU. Raises UsageError if there is none."""
    try:
        return tensor_file.load(path) if is_safetensors(path) else onnx_graph.load(path)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error


@torch.no_grad()
def outputs(model: nn.Module, inputs: Tensor) -> Tensor:
    """What a network gives in eval mode."""
    with evaluating(model):
        return model(inputs)


def _left_out(state: State, stored: State) -> tuple[str, ...]:
    before, after = (sum(block.count for block in each.workload.units()) for each in (state, stored))
    return (f"{before - after:,} dead of {before:,} hidden units",) if after < before else ()


def _notes(state: State, stored: State, name: FormatName) -> tuple[str, ...]:
    weights = state.matrices
    zeros = sum(int((weight == 0).sum()) for weight in weights.values())
    if name in (FormatName.BITMASK, FormatName.CSR) and not zeros:
        return ("the network has no zeros",)
    if name is FormatName.SHRUNK and stored is state:
        return ("no hidden unit is dead, so the file holds the whole network",)
    if name is FormatName.INT8:
        encoding, layers = tensor_file.ENCODINGS[name], state.layers
        rounded = sum(int((encoding.encode(layer, state.weight(layer.name).detach())["values"] == 0).sum())
                      for layer in layers) - zeros  # fmt: skip
        return (f"{rounded:,} weights that are not zero round to zero",) if rounded else ()
    return ()
