"""What changes figures beside the trial."""

from importlib.metadata import version

import torch

from workloads.numerics import Numerics, _of_gpu
from workloads.tasks.digits import DigitsMlp
from workloads.tasks.shakespeare import ShakespeareGpt2

CPU = torch.device("cpu")


def test_numerics_are_those_of_this_process():
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(threads + 1)
        found = Numerics.of(DigitsMlp(), CPU, "bfloat16")
    finally:
        torch.set_num_threads(threads)
    assert found.model_dump(exclude_none=True) == {
        "precision": "bfloat16", "device": "cpu", "threads": threads + 1, "torch": torch.__version__,
        "instructions": torch.backends.cpu.get_cpu_capability(),
    }  # fmt: skip


def test_transformers_counts_where_it_computes():
    assert Numerics.of(ShakespeareGpt2(), CPU, "float32").transformers == version("transformers")


def test_sparse_kernels_are_numerics_where_they_may_compute():
    """Older results know neither field: they are masked."""
    sparse = {"kernels": "auto", "numba": version("numba")}
    masked = Numerics.of(DigitsMlp(), CPU, "float32", "masked").model_dump(exclude_none=True)
    assert not masked.keys() & sparse.keys()
    assert Numerics.of(DigitsMlp(), CPU, "float32", "auto").model_dump(exclude_none=True) == masked | sparse
    assert Numerics.of(DigitsMlp(), CPU, "bfloat16", "sparse").model_dump(exclude_none=True) == (
        masked | {"precision": "bfloat16"}
    )
    assert Numerics.of(DigitsMlp(), torch.device("cpu"), "float32", "sparse").kernels == "sparse"


def test_of_a_gpu_its_model_and_tf32_count(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"model of {device}")
    told = {}
    before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    try:
        for matmul in (False, True):
            for conv in (False, True):
                torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = matmul, conv
                told[matmul, conv] = _of_gpu(torch.device("cuda"))
    finally:
        torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = before
    assert {one["gpu"] for one in told.values()} == {"model of cuda"}
    assert [one["tf32"] for one in told.values()] == [(), ("conv",), ("matmul",), ("matmul", "conv")]
