"""Numerics: the machine, the libraries and the precision, as far as figures depend on them."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal, Self

from workloads.script.training import Kernels, Precision
from workloads.settings import Settings
from workloads.tasks.workload import Workload

if TYPE_CHECKING:
    from torch import device as Device


class Numerics(Settings):
    """Equal trials with equal numerics give equal figures. A field is None if the figures do not depend on it."""

    precision: Precision
    device: str  # kind of device: cpu, cuda
    threads: int  # per trial
    instructions: str  # the widest vectors that torch uses on this CPU, e.g. AVX2
    torch: str  # version, build included
    kernels: Literal["auto", "sparse"] | None = None  # None: all layers are computed with masks
    numba: str | None = None  # version; None without sparse kernels, or where it cannot compile
    transformers: str | None = None  # version
    gpu: str | None = None  # model
    tf32: tuple[Literal["matmul", "conv"], ...] | None = None  # on a GPU: float32 operations that run in TF32

    @classmethod
    def of(cls, workload: Workload, device: Device, precision: Precision, kernels: Kernels = "masked") -> Self:
        """The numerics of a trial of `workload` in this process. Set its number of threads first."""
        import torch as library

        from workloads.network.kernels.choice import may_be_sparse

        return cls(
            precision=precision,
            device=device.type,
            threads=library.get_num_threads(),
            instructions=library.backends.cpu.get_cpu_capability(),
            torch=str(library.__version__),
            **(_of_sparse_kernels(kernels) if may_be_sparse(kernels, precision, device) else {}),
            **{package: version(package) for package in workload.computes_with},
            **(_of_gpu(device) if device.type == "cuda" else {}),
        )


def _of_sparse_kernels(kernels: Kernels) -> dict[str, Any]:
    from workloads.network.kernels.preparation import compiler_trouble

    return {"kernels": kernels, "numba": None if compiler_trouble() else version("numba")}


def _of_gpu(device: Device) -> dict[str, Any]:
    import torch

    allowed = {"matmul": torch.backends.cuda.matmul.allow_tf32, "conv": torch.backends.cudnn.allow_tf32}
    return {"gpu": torch.cuda.get_device_name(device), "tf32": tuple(name for name, tf32 in allowed.items() if tf32)}
