"""Numerics: what changes figures beside the trial itself. Of the machine, the libraries and the precision."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Literal, Self

from workloads.settings import Settings
from workloads.training.settings import Precision
from workloads.workload import Workload

if TYPE_CHECKING:
    import torch


class Numerics(Settings):
    """Equal numerics and equal trials give equal figures; a field is None where it has no part in them."""

    precision: Precision
    device: str  # the kind of device: cpu, cuda
    threads: int  # of one trial
    instructions: str  # the widest vectors that torch uses on this CPU, e.g. AVX2
    torch: str  # its version, build included
    transformers: str | None = None  # its version
    gpu: str | None = None  # its model
    tf32: tuple[Literal["matmul", "conv"], ...] | None = None  # on a GPU: float32 operations that run in TF32

    @classmethod
    def of(cls, workload: Workload, device: torch.device, precision: Precision) -> Self:
        """The numerics of a trial of `workload` in this process, which has its number of threads by now."""
        import torch

        return cls(
            precision=precision,
            device=device.type,
            threads=torch.get_num_threads(),
            instructions=torch.backends.cpu.get_cpu_capability(),
            torch=str(torch.__version__),
            **{package: version(package) for package in workload.computes_with},
            **(_of_gpu(device) if device.type == "cuda" else {}),
        )


def _of_gpu(device: torch.device) -> dict[str, str | tuple[str, ...]]:
    import torch

    allowed = {"matmul": torch.backends.cuda.matmul.allow_tf32, "conv": torch.backends.cudnn.allow_tf32}
    return {"gpu": torch.cuda.get_device_name(device), "tf32": tuple(name for name, tf32 in allowed.items() if tf32)}
