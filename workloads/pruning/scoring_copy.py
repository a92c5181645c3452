"""A copy of a network to compute scores on, so that scores never change the network."""

from copy import deepcopy
from dataclasses import replace

from torch import nn

from workloads.network.state import State


def scoring_copy(state: State) -> State:
    """The state with a copy of its network, in eval mode: no dropout, and BatchNorm uses its running statistics."""
    copy = replace(state, model=deepcopy(state.model))
    copy.model.eval()
    return copy


def training_copy(state: State) -> State:
    """The same, but BatchNorm uses the statistics of the examples that pass, as it does in a training step."""
    copy = scoring_copy(state)
    for module in copy.model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.running_mean = module.running_var = None
    return copy
