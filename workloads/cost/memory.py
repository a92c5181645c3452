"""What training takes of memory: by arithmetic, and as measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

PROCESS = Path("/proc/self")  # Linux only


def model_bytes(model: nn.Module, masks: Mapping[str, Tensor], optimizer: torch.optim.Optimizer) -> int:
    """Bytes of the tensors that training keeps for the network.

    Counted are parameters and buffers (shared ones once), masks (1 byte per weight), a gradient for each parameter
    that is trained, and what the optimizer holds by now, which before its first step is nothing. Activations, data
    and the allocator's own overhead are left out.
    """
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    remembered = [value for state in optimizer.state.values() for value in state.values() if isinstance(value, Tensor)]
    return sum(map(_bytes, (model.parameters(), model.buffers(), masks.values(), trained, remembered)))


def _bytes(tensors: Iterable[Tensor]) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


@dataclass(frozen=True)
class PeakMemory:
    """The most memory taken at once since the start, above what was taken then: earlier trials leave no trace.

    On a GPU: what torch's tensors take there. On the CPU: the resident memory of the whole process, on Linux alone,
    right to a few megabytes, since the kernel counts pages in batches; what the allocator kept of earlier work and
    gives out again is in the level. There is one peak per process or GPU: starting again ends the measurement before.
    """

    device: torch.device
    level: int | None  # bytes at the start; None where a peak cannot be measured

    @classmethod
    def start(cls, device: torch.device) -> PeakMemory:
        """Measure from here on."""
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
            return cls(device, torch.cuda.memory_allocated(device))
        return cls(device, _restart_resident_peak() if device.type == "cpu" else None)

    def bytes(self) -> int | None:
        """The peak so far; None where it cannot be measured."""
        if self.level is None:
            return None
        peak = torch.cuda.max_memory_allocated(self.device) if self.device.type == "cuda" else _resident("VmHWM")
        return max(0, peak - self.level)


def _restart_resident_peak() -> int | None:
    """Bytes resident now, the peak lowered to them; None where the system has no such thing."""
    try:
        (PROCESS / "clear_refs").write_text("5")  # lowers the peak, which getrusage cannot do; see man 5 proc
        return _resident("VmRSS")
    except OSError:
        return None


def _resident(field: str) -> int:
    lines = (PROCESS / "status").read_text().splitlines()
    (kibibytes,) = (line.split()[1] for line in lines if line.startswith(f"{field}:"))
    return int(kibibytes) * 1024
