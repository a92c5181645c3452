"""The memory of training, by arithmetic and by measurement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

PROCESS = Path("/proc/self")  # Linux only


def model_bytes(model: nn.Module, masks: Mapping[str, Tensor], optimizer: torch.optim.Optimizer) -> int:
    """Bytes of the tensors that training keeps for the network.

    They are parameters and buffers (shared ones once), masks (1 byte per weight), one gradient per trainable parameter,
    and the optimizer's current buffers, which do not exist before its first step. Activations, data and the overhead of
    the allocator are not included.
    """
    gradients = [parameter for parameter in model.parameters() if parameter.requires_grad]
    buffers = [value for state in optimizer.state.values() for value in state.values() if isinstance(value, Tensor)]
    return sum(map(_bytes, (model.parameters(), model.buffers(), masks.values(), gradients, buffers)))


def _bytes(tensors: Iterable[Tensor]) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


@dataclass(frozen=True)
class PeakMemory:
    """The peak of memory since the start, above the level at the start.

    On a GPU: memory of torch's tensors. On the CPU: resident memory of the process, on Linux only, accurate to a few
    megabytes, since the kernel counts pages in batches. Memory that the allocator holds from earlier work and reuses
    belongs to the level. Each process or GPU has one peak: a new start ends the earlier measurement.
    """

    device: torch.device
    level: int | None  # bytes at the start; None if a peak cannot be measured

    @classmethod
    def start(cls, device: torch.device) -> PeakMemory:
        """Start to measure now."""
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
            return cls(device, torch.cuda.memory_allocated(device))
        return cls(device, _restart_resident_peak() if device.type == "cpu" else None)

    def bytes(self) -> int | None:
        """Bytes of the peak so far; None if it cannot be measured."""
        if self.level is None:
            return None
        peak = torch.cuda.max_memory_allocated(self.device) if self.device.type == "cuda" else _resident("VmHWM")
        return max(0, peak - self.level)


def _restart_resident_peak() -> int | None:
    """Reset the peak to the current resident bytes, and return these; None on systems without this counter."""
    try:
        (PROCESS / "clear_refs").write_text("5")  # resets the peak, which getrusage cannot do; see man 5 proc
        return _resident("VmRSS")
    except OSError:
        return None


def _resident(field: str) -> int:
    lines = (PROCESS / "status").read_text().splitlines()
    (kibibytes,) = (line.split()[1] for line in lines if line.startswith(f"{field}:"))
    return int(kibibytes) * 1024
