"""The size of a stored network by arithmetic: dense, and without its zeros."""

from collections.abc import Mapping

from torch import Tensor, nn

VALUE = INDEX = 4  # bytes of a float32 and of an int32


def dense_bytes(model: nn.Module) -> int:
    """Bytes with every parameter as a float32, shared ones once. Buffers are left out."""
    return VALUE * sum(parameter.numel() for parameter in model.parameters())


def csr_bytes(model: nn.Module, weights: Mapping[str, Tensor]) -> int:
    """Bytes with `weights` as compressed sparse rows: float32 values, int32 columns, one int32 per row start.

    Rows are outputs; kernels are flattened to (out, in x height x width). Parameters not in `weights` stay dense.
    """
    dense = dense_bytes(model) - VALUE * sum(weight.numel() for weight in weights.values())
    entries = sum(int(weight.count_nonzero()) for weight in weights.values())
    starts = sum(weight.shape[0] + 1 for weight in weights.values())
    return dense + (VALUE + INDEX) * entries + INDEX * starts
