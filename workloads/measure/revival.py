"""Weights that come back after they were zero. Where masks only ever remove, there must be none."""

from collections.abc import Mapping

from torch import Tensor


def zeros(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Where each weight is exactly zero, in its own shape: what to remember until the next look."""
    return {name: weight.detach() == 0 for name, weight in weights.items()}


def revived(zero_before: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> dict[str, float]:
    """Of the weights that were zero at the last look, the fraction nonzero now; nothing where there were none.

    `zero_before` is what `zeros` gave then, of layers of the same names and shapes.
    """
    before = sum(int(zero.count_nonzero()) for zero in zero_before.values())
    if not before:
        return {}
    alive = sum(int((zero & (weights[name] != 0)).count_nonzero()) for name, zero in zero_before.items())
    return {"weight_revival/revival_rate": alive / before}
