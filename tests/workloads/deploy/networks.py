"""Networks to export: every workload's, most weights gone, and an optimizer's worth of noise in the rest."""

import torch

from tests.workloads.rows import make
from workloads.network.state import State


def pruned(row: dict, density: float = 0.2) -> State:
    """A network of which every layer keeps about this share, with biases and statistics that are no zeros and ones."""
    state = State.new(make(row, {"name": "dense"}).workload, 0, torch.device("cpu"))
    random = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, tensor in state.model.state_dict().items():
            if tensor.ndim == 1:
                low = 0.5 if name.endswith("running_var") else -0.5
                tensor.uniform_(low, 1, generator=random)
    state.put_masks({name: torch.rand(mask.shape, generator=random) < density for name, mask in state.masks.items()})
    return state
