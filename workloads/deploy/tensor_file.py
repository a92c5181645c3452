"""The formats that are safetensors: a network to the bytes of a file, and back to a network that computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from workloads.cost.storage import buffer_bytes
from workloads.data.splits import Examples
from workloads.deploy.bitmask import Bitmask
from workloads.deploy.csr import CompressedRows
from workloads.deploy.encodings import Encoding, Plain
from workloads.deploy.facts import FORMAT, Facts
from workloads.deploy.int8 import Int8
from workloads.deploy.names import FormatName
from workloads.digests import sha256
from workloads.errors import UsageError
from workloads.network.shrinking import shrunk
from workloads.network.state import State
from workloads.weights_file import is_safetensors

ENCODINGS: dict[FormatName, Encoding] = {
    FormatName.DENSE: Plain(),
    FormatName.BITMASK: Bitmask(),
    FormatName.CSR: CompressedRows(),
    FormatName.SHRUNK: Plain(),
    FormatName.INT8: Int8(),
}


@dataclass(frozen=True)
class Export:
    """A network for a file, or of one."""

    facts: Facts
    model: nn.Module  # in eval mode; takes inputs and gives outputs as the workload's own network does


def prepared(state: State, name: FormatName, examples: Examples) -> State:
    """The network that a format stores: for `shrunk` the smaller one, with constants read from an example."""
    return shrunk(state, examples, seed=0) if name is FormatName.SHRUNK else state


def content(state: State, name: FormatName, left_out: tuple[str, ...] = ()) -> bytes:
    """The file of a prepared network. Raises UsageError for weights that the format cannot hold."""
    encoding = ENCODINGS[name]
    tensors = {key: tensor.detach().cpu() for key, tensor in state.model.state_dict().items()}
    for layer in state.layers:
        weight = f"{layer.name}.weight"
        parts = encoding.encode(layer, tensors.pop(weight))
        tensors |= {f"{weight}.{part}" if part else weight: tensor for part, tensor in parts.items()}
    tensors = {key: tensor.contiguous() for key, tensor in tensors.items()}
    facts = Facts(name, state.workload, left_out, sha256(tensors))
    return save(tensors, metadata=facts.metadata)


def size(state: State, name: FormatName) -> int:
    """Bytes of a prepared network's tensors in the file, by arithmetic: parameters as encoded, and buffers."""
    return ENCODINGS[name].size(state.model, state.matrices) + buffer_bytes(state.model)


def is_export(path: Path) -> bool:
    """Whether a file is an exported network in one of these formats. Raises OSError or SafetensorError."""
    if not is_safetensors(path):
        return False
    with safe_open(path, framework="pt") as file:
        return FORMAT in (file.metadata() or {})


def load(path: Path) -> Export:
    """The network of an exported file, on the CPU. Raises UsageError if the file is damaged, or none of these."""
    try:
        if not is_safetensors(path):
            raise UsageError(f"{path} is not an exported network: it is no safetensors file")
        with safe_open(path, framework="pt") as file:
            facts = Facts.read(file.metadata() or {}, path)
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except SafetensorError as error:
        raise UsageError(f"{path} is damaged: {error}") from error
    if sha256(tensors) != facts.digest:
        raise UsageError(f"{path} is damaged: its tensors are not those that were written; export the network again")
    if facts.format not in ENCODINGS:
        raise UsageError(f"{path} says that it is {facts.format}, which is no safetensors file")
    try:
        return Export(facts, _model(facts, tensors))
    except (LookupError, RuntimeError, ValueError) as error:
        text = f"{path} is damaged: its tensors do not make a network of {facts.workload.name}"
        raise UsageError(f"{text} ({' '.join(str(error).split())})") from error


@torch.no_grad()
def _model(facts: Facts, tensors: Mapping[str, Tensor]) -> nn.Module:
    """The workload's network with decoded weights. Raises LookupError, RuntimeError or ValueError."""
    encoding, rest = ENCODINGS[facts.format], dict(tensors)
    weights = {}
    for layer in facts.workload.layers:
        weight = f"{layer.name}.weight"
        parts = {name: rest.pop(name) for name in list(rest) if name == weight or name.startswith(f"{weight}.")}
        named = {name.removeprefix(weight).removeprefix("."): tensor for name, tensor in parts.items()}
        weights[weight] = encoding.decode(layer, named)
    model = facts.workload.model(0)
    model.load_state_dict(rest | weights)
    return model.eval()
