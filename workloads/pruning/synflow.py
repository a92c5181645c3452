"""The score of SynFlow: paths through a network, without data. Torch is imported only inside functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from workloads.bibliography import TANAKA_2020
from workloads.references import Reference
from workloads.script.criteria import Criterion

if TYPE_CHECKING:
    from torch import Tensor, nn

    from workloads.pruning.ranking import Ranking

ADDED = ("bias", "running_mean")  # parameters and buffers that a layer adds to what it multiplies


class SynflowCriterion(Criterion):
    """|w dR/dw|, with R the sum of outputs of the weights |w| for an input of ones (Tanaka et al. 2020).

    This is the sum, over all paths through the weight, of the products of the weights along them. It is computed in
    float64 and without biases, so that the scores of each layer sum to R, and what flows into a hidden unit flows out
    of it. It needs no data.
    """

    references: ClassVar[tuple[Reference, ...]] = (TANAKA_2020,)

    needs_homogeneity: ClassVar[bool] = True

    name: Literal["synflow"] = "synflow"

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        import torch

        from workloads.pruning.scoring_copy import scoring_copy

        copy = scoring_copy(ranking.state)
        make_positive(copy.model)
        one_example = ranking.examples.take(torch.zeros(1, dtype=torch.int64, device=copy.device))
        total = copy.model(torch.ones_like(one_example.inputs, dtype=torch.float64)).sum()
        flows = torch.autograd.grad(total, list(copy.weights.values()))
        return {name: (weight.detach() * flow).abs()
                for (name, weight), flow in zip(ranking.weights.items(), flows, strict=True)}  # fmt: skip


def make_positive(model: nn.Module) -> None:
    """Take absolute values of all parameters and buffers, in float64, and set to zero what layers add.

    Float32 overflows in deep networks."""
    for name, tensor in model.double().state_dict().items():
        if name.endswith(ADDED):
            tensor.zero_()
        else:
            tensor.abs_()
