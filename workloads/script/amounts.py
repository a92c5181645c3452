"""How a budget of weights is shared out among layers."""

from typing import Annotated, Literal

from workloads.bibliography import EVCI_2020, MOCANU_2018
from workloads.references import Cites

ERK = Cites((MOCANU_2018, EVCI_2020), "erk")
LayerAllocation = Annotated[Literal["uniform", "erk"], ERK]  # a budget for each layer, whatever the scores
Allocation = Annotated[Literal["global", "uniform", "erk"], ERK]  # global: one ranking over all layers
RowAllocation = Annotated[Literal["global", "uniform", "erk", "per_row"], ERK]  # per_row: the same of every output
UnitAllocation = Literal["uniform", "global"]  # the same fraction of each block's units, or one ranking over all
DenseLayers = tuple[Literal["first", "last"], ...]


def check_dense_layers(dense: DenseLayers, allocation: Allocation) -> None:
    """Raise ValueError where layers are to stay dense and all layers are ranked together."""
    if allocation == "global" and dense:
        raise ValueError("dense_layers need a budget for each layer; add allocation: uniform or erk")
