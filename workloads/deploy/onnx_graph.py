"""ONNX: a network as a graph that other programs run. Its packages are an extra."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from workloads.cost.storage import buffer_bytes, dense_bytes
from workloads.deploy.facts import Facts
from workloads.deploy.names import EXTRA, FormatName
from workloads.deploy.tensor_file import Export
from workloads.errors import UsageError
from workloads.network.evaluating import evaluating
from workloads.network.state import State

INPUTS, OUTPUTS = "inputs", "outputs"  # of the graph; their first axis is the batch


class OnnxNetwork(nn.Module):
    """A graph that onnxruntime computes, on the CPU."""

    def __init__(self, session: Any):
        super().__init__()
        self.session = session

    def forward(self, inputs: Tensor) -> Tensor:
        """As the network that was exported."""
        (outputs,) = self.session.run([OUTPUTS], {INPUTS: inputs.numpy()})
        return torch.from_numpy(outputs)


def content(state: State, inputs: Tensor, left_out: tuple[str, ...] = ()) -> bytes:
    """The file of a network, traced on `inputs`; it takes batches of any size.

    Raises UsageError where the packages are missing, or torch cannot say the network in ONNX."""
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise UsageError(f"the format onnx needs the package {error.name}; install it with {EXTRA}") from None
    batch = torch.cat([inputs, inputs])  # an axis of length 1 would count as fixed
    try:
        with evaluating(state.model), torch.no_grad(), _silence():
            program = torch.onnx.export(
                state.model, (batch,), dynamo=True, verbose=False, input_names=[INPUTS], output_names=[OUTPUTS],
                dynamic_shapes=({0: torch.export.Dim("batch")},),
            )  # fmt: skip
    except Exception as error:  # torch raises errors of many kinds for what it cannot trace or translate
        reason = str(error).strip().partition("\n")[0]
        text = f"torch cannot say {state.workload.name} in ONNX ({type(error).__name__}: {reason}); use --to dense"
        raise UsageError(text) from error
    assert program is not None  # None only where dynamo is False
    proto = program.model_proto
    for name, value in Facts(FormatName.ONNX, state.workload, left_out).metadata.items():
        proto.metadata_props.add(key=name, value=value)
    return proto.SerializeToString()


def size(state: State) -> int:
    """Bytes of the network's tensors by arithmetic. The graph itself comes on top."""
    return dense_bytes(state.model) + buffer_bytes(state.model)


def load(path: Path) -> Export:
    """The network of an exported file. Raises UsageError where it is none, or onnxruntime is missing."""
    try:
        import onnxruntime
    except ImportError:
        raise UsageError(f"{path} is no safetensors file; if it is ONNX, reading it needs onnxruntime; install it with "
                         f"{EXTRA}") from None  # fmt: skip
    try:
        session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except Exception as error:  # onnxruntime has its own errors for every kind of damage
        text = f"{path} is damaged, or neither safetensors nor ONNX ({' '.join(str(error).split())})"
        raise UsageError(text) from error
    return Export(Facts.read(session.get_modelmeta().custom_metadata_map, path), OnnxNetwork(session).eval())


def has_runtime() -> bool:
    """Whether onnxruntime is there to compute with."""
    from importlib.util import find_spec

    return find_spec("onnxruntime") is not None


@contextmanager
def _silence() -> Iterator[None]:
    """Without torch's warnings and notes about the translation, which are no user's business."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logger.setLevel(level)
