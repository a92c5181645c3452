"""The inputs of a criterion: weights, network and data."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from workloads.data.splits import Examples
from workloads.network.state import State
from workloads.script.criteria import Criterion

Weights = Mapping[str, Tensor]  # layer name -> tensor, from input to output


@dataclass(frozen=True)
class Ranking:
    """Everything that a criterion may use."""

    weights: Weights  # to score: those of `state`, or their values without masks
    state: State  # the network with its masks
    examples: Examples  # the training split
    seed: int
    gradients: Weights | None = None  # dense gradients of `weights`; None: compute them with the network


def scores(
    criterion: Criterion, weights: Weights, state: State, examples: Examples, seed: int,
    gradients: Weights | None = None,
) -> dict[str, Tensor]:  # fmt: skip
    """One score per weight: layer name -> tensor in the weight's shape. Higher scores are kept.

    A criterion that needs the network runs it, or a copy, without dropout on the probe of `examples`. `gradient` and
    `saliency` use `gradients` if given."""
    return criterion.scores(Ranking(weights, state, examples, seed, gradients))
