"""Effective and stable rank: how many directions a layer uses, counting small singular values less than large ones."""

from collections.abc import Mapping

import torch
from torch import Tensor

from workloads.errors import Diverged


def ranks(weights: Mapping[str, Tensor]) -> dict[str, float]:
    """Two ranks of each layer's weight, with kernels flattened to (out, in x height x width).

    `effective_rank`: exp of the entropy of the singular values' shares of their sum (Roy & Vetterli 2007).
    `stable_rank`: squared Frobenius norm over squared spectral norm. Both lie in [1, rank]; a zero matrix has 0.
    Raises Diverged if a weight is not finite.

    >>> {name: round(rank, 3) for name, rank in ranks({"a": torch.diag(torch.tensor([2.0, 1, 1]))}).items()}
    {'effective_rank/a': 2.828, 'stable_rank/a': 1.5}
    """
    if infinite := [name for name, weight in weights.items() if not weight.isfinite().all()]:
        raise Diverged(f"weights of {', '.join(infinite)} are no longer finite; try a lower learning rate or clip_norm")
    spectra = {name: _squared_singular_values(weight.detach().flatten(1)) for name, weight in weights.items()}
    return {f"effective_rank/{name}": _effective(squares) for name, squares in spectra.items()} | {
        f"stable_rank/{name}": _stable(squares) for name, squares in spectra.items()
    }


def ranks_by_chance(weights: Mapping[str, Tensor], counts: Mapping[str, int], rng: torch.Generator) -> dict[str, float]:
    """The ranks of dense `weights` under random masks that keep `counts` weights of each layer.

    Metric names end in `_by_chance`. This is the effect of sparsity alone on a spectrum: the trained weights stay where
    they are, and only their selection is random. Shuffling a sparse network's weights would also destroy the structure
    that training gave them."""
    sparse = {}
    for name, count in counts.items():
        weight = weights[name]
        mask = torch.zeros(weight.numel(), dtype=torch.bool)
        mask[torch.randperm(weight.numel(), generator=rng)[:count]] = True
        sparse[name] = weight * mask.view(weight.shape)
    return {metric.replace("/", "_by_chance/", 1): rank for metric, rank in ranks(sparse).items()}


def _squared_singular_values(matrix: Tensor) -> Tensor:
    """In double precision, ascending. Values within the rounding error of zero are set to zero."""
    # The eigenvalues of the smaller Gram matrix take a third of the time of svdvals. In the single precision of svdvals
    # the zero singular values of a sparse matrix would count too.
    matrix = matrix.double()
    gram = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    values = torch.linalg.eigvalsh(gram)
    noise = values[-1] * max(matrix.shape) * torch.finfo(values.dtype).eps
    return values.where(values > noise, 0)


def _effective(squares: Tensor) -> float:
    values = squares.sqrt()
    if not values[-1]:
        return 0.0
    return float(torch.special.entr(values / values.sum()).sum().exp())


def _stable(squares: Tensor) -> float:
    return float(squares.sum() / squares[-1]) if squares[-1] else 0.0
