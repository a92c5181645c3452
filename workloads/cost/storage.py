"""The size of a stored network by arithmetic: dense, without its zeros, and with fewer bits."""

from collections.abc import Mapping

from torch import Tensor, nn

VALUE = INDEX = 4  # bytes of a float32 and of an int32
BITS = 8  # of a byte


def dense_bytes(model: nn.Module) -> int:
    """Bytes with every parameter as a float32, shared ones once. Buffers are left out."""
    return VALUE * sum(parameter.numel() for parameter in model.parameters())


def csr_bytes(model: nn.Module, weights: Mapping[str, Tensor]) -> int:
    """Bytes with `weights` as compressed sparse rows: float32 values, int32 columns, one int32 per row start.

    Rows are outputs; kernels are flattened to (out, in x height x width). Parameters not in `weights` stay dense.
    """
    starts = sum(weight.shape[0] + 1 for weight in weights.values())
    return _other_bytes(model, weights) + (VALUE + INDEX) * _nonzero(weights) + INDEX * starts


def bitmask_bytes(model: nn.Module, weights: Mapping[str, Tensor]) -> int:
    """Bytes with `weights` as a float32 for each that is not zero, and one bit for each; a layer takes whole bytes.

    Parameters not in `weights` stay dense."""
    masks = sum(-(-weight.numel() // BITS) for weight in weights.values())
    return _other_bytes(model, weights) + VALUE * _nonzero(weights) + masks


def int8_bytes(model: nn.Module, weights: Mapping[str, Tensor]) -> int:
    """Bytes with `weights` as one byte each, and a float32 for each output. Parameters not in `weights` stay dense."""
    scales = sum(weight.shape[0] for weight in weights.values())
    return _other_bytes(model, weights) + sum(weight.numel() for weight in weights.values()) + VALUE * scales


def buffer_bytes(model: nn.Module) -> int:
    """Bytes of the buffers in a network's state dict, such as running means, each in its own type."""
    parameters = dict(model.named_parameters())
    return sum(tensor.nbytes for name, tensor in model.state_dict().items() if name not in parameters)


def _other_bytes(model: nn.Module, weights: Mapping[str, Tensor]) -> int:
    return dense_bytes(model) - VALUE * sum(weight.numel() for weight in weights.values())


def _nonzero(weights: Mapping[str, Tensor]) -> int:
    return sum(int(weight.count_nonzero()) for weight in weights.values())
