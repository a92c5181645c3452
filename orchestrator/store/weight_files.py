"""The weights of any file, for `sparsity inspect`."""

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from torch import Tensor

from orchestrator.store import networks
from workloads import weights_file
from workloads.errors import UsageError


def read(path: Path) -> dict[str, Tensor]:
    """The floating-point tensors of a file by name, on the CPU; of a sweep's run, only its prunable weights.

    Raises UsageError as `weights_file.read`."""
    try:
        if weights_file.is_safetensors(path) and (weights := networks.matrices(path)):
            return weights
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except (SafetensorError, ValueError) as error:
        raise UsageError(f"{path} is damaged: {error}") from error
    tensors = weights_file.read(path)
    floating = {name: tensor for name, tensor in tensors.items() if tensor.is_floating_point()}
    if not floating:
        raise UsageError(f"{path} holds no weights: none of its tensors has floating-point numbers")
    return _unmasked(floating)


def _unmasked(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`weights` with masks applied. torch.nn.utils.prune stores `weight_orig` and `weight_mask` instead of `weight`."""
    result = {}
    for name, weight in weights.items():
        plain, _, kind = name.rpartition("_")
        if kind == "orig" and f"{plain}_mask" in weights:
            result[plain] = weight * weights[f"{plain}_mask"]
        elif not (kind == "mask" and f"{plain}_orig" in weights):
            result[name] = weight
    return result
