"""Weights that come back after they were zero. Where masks only ever remove, there must be none."""

from collections.abc import Mapping

from torch import Tensor


def zeros(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Where each weight is exactly zero, in its own shape: what to remember until the next look."""
    return {name: weight.detach() == 0 for name, weight in weights.items()}


def revived(zero_before: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> dict[str, float]:
    """Of the weights that were zero at the last look, the fraction nonzero now: of all, `weight_revival/revival_rate`,
    and of each layer, `layer_revival`. Nothing where there were none.

    `zero_before` is what `zeros` gave then, of layers of the same names and shapes.
    """
    before = {name: count for name, zero in zero_before.items() if (count := int(zero.count_nonzero()))}
    if not before:
        return {}
    alive = {name: int((zero_before[name] & (weights[name] != 0)).count_nonzero()) for name in before}
    overall = {"weight_revival/revival_rate": sum(alive.values()) / sum(before.values())}
    return overall | {f"layer_revival/{name}": alive[name] / count for name, count in before.items()}
