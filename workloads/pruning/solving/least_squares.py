"""The remaining weights of a layer, fitted to the outputs that it had with all of them."""

import torch
from torch import Tensor

DAMPING = 0.01  # of the features' mean second moment, as SparseGPT adds it: chance in a small sample counts less


def least_squares(weight: Tensor, moments: Tensor, mask: Tensor, damping: float = DAMPING) -> Tensor:
    """The weights under `mask` whose outputs come closest to those of `weight`: all are (out, features).

    Minimises ‖(W - V) X‖² + d ‖(W - V) kept‖² over V, row by row, with d = `damping` times the mean of the diagonal of
    `moments` = X Xᵀ. Where inputs leave a choice, a remaining weight stays as near to its old value as it can. Raises
    ValueError if without damping the inputs leave one.
    """
    size = len(moments)
    ridge = damping * moments.diagonal().mean() * torch.eye(size, dtype=moments.dtype, device=moments.device)
    solved = weight * mask
    for row, kept in enumerate(mask):
        if kept.all() or not kept.any():
            continue
        lost = moments[kept][:, ~kept] @ weight[row, ~kept]  # what the removed weights added, seen by the others
        factor, failed = torch.linalg.cholesky_ex((moments + ridge)[kept][:, kept])
        if failed:
            raise ValueError("the inputs of a layer depend on each other, so least squares has no single solution; "
                             "use more examples, or damping")  # fmt: skip
        solved[row, kept] += torch.cholesky_solve(lost[:, None], factor)[:, 0]
    return solved
