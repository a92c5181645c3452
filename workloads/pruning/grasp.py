"""The score of GraSP: the flow of gradients after pruning. Torch is imported only inside functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import PositiveInt

from workloads.bibliography import WANG_2020
from workloads.references import Reference
from workloads.script.criteria import Criterion

if TYPE_CHECKING:
    from torch import Tensor

    from workloads.data.splits import Split
    from workloads.network.state import State
    from workloads.pruning.ranking import Ranking

TEMPERATURE = 200.0  # divides the logits, which makes predictions nearly uniform (Wang et al. 2020, their code)
CHUNK = 4_096  # predictions per forward pass: bounds the memory of the graph of second derivatives


class GraspCriterion(Criterion):
    """w (Hg), with g the gradient of the loss and H its Hessian: a weight scores high if gradients shrink without it.

    To first order, the squared norm of g falls by twice the score if the weight is removed. Its sign stays, so that the
    weights that are kept are those that the norm needs most (Wang et al. 2020). Logits are divided by 200. Both g and
    Hg are of the same examples. Dropout is off, and BatchNorm uses the statistics of the examples.
    """

    references: ClassVar[tuple[Reference, ...]] = (WANG_2020,)

    name: Literal["grasp"] = "grasp"
    per_class: PositiveInt = 25
    """The number of training examples of each class that the loss is averaged over. The default is that of the code of
    Wang et al. (2020)."""
    examples: PositiveInt = 100
    """The number of training examples that the loss is averaged over if they have no classes; of a text, windows."""

    def scores(self, ranking: Ranking) -> dict[str, Tensor]:
        """See Criterion."""
        from workloads.pruning.scoring_copy import training_copy

        products = hessian_times_gradient(training_copy(ranking.state), self._sample(ranking))
        return {name: weight.detach() * products[name] for name, weight in ranking.weights.items()}

    def _sample(self, ranking: Ranking) -> Split:
        from workloads.data.probe import balanced_probe, probe
        from workloads.data.splits import Split

        if isinstance(ranking.examples, Split) and ranking.state.workload.outcome.metric == "accuracy":
            return balanced_probe(ranking.examples, self.per_class, ranking.seed)
        return probe(ranking.examples, self.examples, ranking.seed)


def hessian_times_gradient(state: State, sample: Split) -> dict[str, Tensor]:
    """Hg by layer, of the mean loss over all predictions of a sample; g is the gradient of the weights that masks keep.

    Attention uses torch's plain kernel, since its other kernels have no second derivative."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    from workloads.network.loss import objective

    loss, weights, predictions = objective(state.workload).loss, list(state.weights.values()), sample.predictions
    temperature = TEMPERATURE if state.workload.loss == "cross_entropy" else 1.0

    def gradients(chunk: Split) -> tuple[Tensor, ...]:
        """The chunk's part of the gradient, with its graph."""
        mean = loss(state.model(chunk.inputs) / temperature, chunk.targets)
        return torch.autograd.grad(mean * (chunk.predictions / predictions), weights, create_graph=True)

    chunks = sample.chunks(CHUNK)
    with sdpa_kernel(SDPBackend.MATH):
        whole = _sum([part.detach() for part in gradients(chunk)] for chunk in chunks)
        constant = [part * mask for part, mask in zip(whole, state.masks.values(), strict=True)]
        products = _sum(torch.autograd.grad(_dot(gradients(chunk), constant), weights) for chunk in chunks)
    return dict(zip(state.weights, products, strict=True))


def _dot(some: Sequence[Tensor], more: Sequence[Tensor]) -> Tensor:
    """One number: with `grad_outputs` in its place, torch imports its compiler's symbols for a second."""
    return reduce(add, [(one * other).sum() for one, other in zip(some, more, strict=True)])


def _sum(parts: Iterable[Sequence[Tensor]]) -> Sequence[Tensor]:
    """Place by place."""
    return reduce(lambda some, more: [one + other for one, other in zip(some, more, strict=True)], parts)
