"""How many directions a layer uses: ranks that see singular values shrink before they reach zero."""

from collections.abc import Mapping

import torch
from torch import Tensor

from workloads.errors import Diverged


def ranks(weights: Mapping[str, Tensor]) -> dict[str, float]:
    """Two ranks of each layer's matrix; kernels are flattened to (out, in x height x width).

    `effective_rank`: exp of the entropy of the singular values' shares of their sum (Roy & Vetterli 2007).
    `stable_rank`: squared Frobenius norm over squared spectral norm. Both lie in [1, rank]; 0 for a zero matrix.
    Raises Diverged where a weight is not finite.

    >>> {name: round(rank, 3) for name, rank in ranks({"a": torch.diag(torch.tensor([2.0, 1, 1]))}).items()}
    {'effective_rank/a': 2.828, 'stable_rank/a': 1.5}
    """
    if broken := [name for name, weight in weights.items() if not weight.isfinite().all()]:
        raise Diverged(f"weights of {', '.join(broken)} are no longer finite; try a lower learning rate or clip_norm")
    squared = {name: _squared_singular_values(weight.detach().flatten(1)) for name, weight in weights.items()}
    return {f"effective_rank/{name}": _effective(values) for name, values in squared.items()} | {
        f"stable_rank/{name}": _stable(values) for name, values in squared.items()
    }


def ranks_by_chance(weights: Mapping[str, Tensor], kept: Mapping[str, int], drawn: torch.Generator) -> dict[str, float]:
    """The ranks of dense `weights` under random masks that keep so many in each layer, names ending in `_by_chance`.

    What sparsity alone does to a spectrum: values stay where they were learned, and chance says which go. To deal a
    sparse network's own weights to other places would also undo what training has made of their places."""
    masked = {}
    for name, count in kept.items():
        weight = weights[name]
        mask = torch.zeros(weight.numel(), dtype=torch.bool)
        mask[torch.randperm(weight.numel(), generator=drawn)[:count]] = True
        masked[name] = weight * mask.view(weight.shape)
    return {metric.replace("/", "_by_chance/", 1): rank for metric, rank in ranks(masked).items()}


def _squared_singular_values(matrix: Tensor) -> Tensor:
    """In double precision, ascending; what rounding cannot tell from zero is zero."""
    # The eigenvalues of the smaller Gram matrix take a third of the time of svdvals, in whose single precision the
    # zeros of a sparse matrix would count as well.
    matrix = matrix.double()
    gram = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    values = torch.linalg.eigvalsh(gram)
    noise = values[-1] * max(matrix.shape) * torch.finfo(values.dtype).eps
    return values.where(values > noise, 0)


def _effective(squared: Tensor) -> float:
    values = squared.sqrt()
    if not values[-1]:
        return 0.0
    return float(torch.special.entr(values / values.sum()).sum().exp())


def _stable(squared: Tensor) -> float:
    return float(squared.sum() / squared[-1]) if squared[-1] else 0.0
