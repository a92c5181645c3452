"""Revival: weights that are nonzero after they were zero. There is none if masks only remove weights."""

from collections.abc import Mapping

from torch import Tensor


def zeros(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Layer name -> whether each weight is exactly zero, bool in the weight's shape."""
    return {name: weight.detach() == 0 for name, weight in weights.items()}


def revival(zeros_before: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> dict[str, float]:
    """Of the weights that were zero at the last look, the fraction that is nonzero now.

    `weight_revival/revival_rate` is over all layers, `layer_revival/<layer>` by layer; a fraction of no weights is
    absent. `zeros_before` is the result of `zeros` at the last look.
    """
    counts = {name: count for name, zero in zeros_before.items() if (count := int(zero.count_nonzero()))}
    if not counts:
        return {}
    alive = {name: int((zeros_before[name] & (weights[name] != 0)).count_nonzero()) for name in counts}
    overall = {"weight_revival/revival_rate": sum(alive.values()) / sum(counts.values())}
    return overall | {f"layer_revival/{name}": alive[name] / count for name, count in counts.items()}
