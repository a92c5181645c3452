"""What weights are ranked by: the weights, the network that they are of, and the data that it is asked on."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from workloads.data.splits import Examples
from workloads.network.state import State
from workloads.script.criteria import Criterion

Weights = Mapping[str, Tensor]  # by layer, from input to output


@dataclass(frozen=True)
class Ranking:
    """What a criterion may look at."""

    weights: Weights  # those of `state`, or what they would be without their masks
    state: State  # the network as it stands
    examples: Examples  # of the training split
    seed: int
    gradients: Weights | None = None  # dense, of these weights, where they are known; None: the network is asked


def scores(
    criterion: Criterion, weights: Weights, state: State, examples: Examples, seed: int,
    gradients: Weights | None = None,
) -> dict[str, Tensor]:  # fmt: skip
    """One score per weight, layer by layer, in each weight's own shape.

    Criteria that ask the network ask it in eval mode, on a fixed choice of `examples`; those that need gradients take
    `gradients` where they are given."""
    return criterion.scores(Ranking(weights, state, examples, seed, gradients))
