"""SparseGPT (Frantar & Alistarh 2023): remove weights column by column, and let later columns take over."""

import torch
from torch import Tensor

from workloads.pruning.row_groups import RowGroups
from workloads.pruning.select import keep_highest, keep_highest_of_each
from workloads.pruning.solving.problem import LayerProblem


def sparsegpt(
    problem: LayerProblem, kept: int | RowGroups, block: int, damping: float, ties: torch.Generator
) -> tuple[Tensor, Tensor]:
    """The solved weights and their mask, (out, features) each.

    H is the inputs' second moment, with `damping` times the mean of its diagonal added to it; its scale cancels. U is
    the upper Cholesky factor of its inverse. In each block of columns the weights with the smallest w² / U_jj² go, over
    all rows together, so that the layer keeps `kept`; or, with groups, those of each group when its first column is
    reached. Each removed weight's error e = w / U_jj is taken from the later columns of its row: w_k -= e U_jk.

    A feature that is 0 in the whole sample has no effect there: its weights go first, and those that stay keep their
    values. Raises ValueError if without damping H has no inverse.
    """
    moments, mask = problem.moments, problem.candidates.clone()
    size, silent = len(moments), moments.diagonal() == 0
    inverse_root = _inverse_root(moments, silent, damping)
    weight = problem.weight * mask
    width = block if isinstance(kept, int) else max(1, block // kept.size) * kept.size
    for begin in range(0, size, width):
        end = min(begin + width, size)
        if isinstance(kept, int):
            share = _share(weight.shape[0] * size, kept, weight.shape[0] * begin, weight.shape[0] * end)
            scores = _scores(weight, inverse_root, silent, mask, begin, end)
            mask[:, begin:end] &= keep_highest(scores, share, ties)
        for column in range(begin, end):
            if not isinstance(kept, int) and column % kept.size == 0:
                stop = column + kept.size
                scores = _scores(weight, inverse_root, silent, mask, column, stop)
                mask[:, column:stop] &= keep_highest_of_each(scores, kept.kept, ties)
            error = weight[:, column] * ~mask[:, column] / inverse_root[column, column]
            weight[:, column:] -= error[:, None] * inverse_root[column, column:]
            weight[:, column] *= mask[:, column]
    return weight, mask


def _inverse_root(moments: Tensor, silent: Tensor, damping: float) -> Tensor:
    """U, upper triangular, with H⁻¹ = Uᵀ U."""
    damped = moments + torch.diag(silent.to(moments.dtype))
    damped = damped + damping * damped.diagonal().mean() * torch.eye(len(moments), dtype=moments.dtype).to(moments)
    factor, failed = torch.linalg.cholesky_ex(damped)
    root, also_failed = torch.linalg.cholesky_ex(torch.cholesky_inverse(factor), upper=True)
    if failed or also_failed:
        raise ValueError("the inputs of a layer depend on each other, so their second moments have no inverse; "
                         "use more examples, or damping")  # fmt: skip
    return root


def _share(whole: int, kept: int, begin: int, end: int) -> int:
    """The weights that stay between two places of a layer, so that all blocks together keep exactly `kept`.

    >>> [_share(10, 5, begin, begin + 2) for begin in (0, 2, 4, 6, 8)]
    [1, 1, 1, 1, 1]
    """
    return kept * end // whole - kept * begin // whole


def _scores(weight: Tensor, root: Tensor, silent: Tensor, mask: Tensor, begin: int, end: int) -> Tensor:
    """w² / U_jj² of some columns: what removal costs. 0 for features without effect, nothing for removed weights."""
    cost = (weight[:, begin:end] / root.diagonal()[begin:end]).square().masked_fill(silent[begin:end], 0)
    return cost.masked_fill(~mask[:, begin:end], -torch.inf)
