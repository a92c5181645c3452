"""How many weights go from where: the words for it."""

from typing import Literal

LayerAllocation = Literal["uniform", "erk"]  # so many in each layer, whatever the scores
Allocation = Literal["global", "uniform", "erk"]  # global: one ranking over all layers
DenseLayers = tuple[Literal["first", "last"], ...]


def check_dense_layers(dense: DenseLayers, allocation: Allocation) -> None:
    """Raise ValueError where layers are to stay whole and all are ranked together."""
    if allocation == "global" and dense:
        raise ValueError("dense_layers need a budget for each layer; add allocation: uniform or erk")
