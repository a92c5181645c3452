"""Networks for the laws of units: every tensor drawn at random, and the same networks with units cut out."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from workloads.models.units import BlockUnits, Entries
from workloads.tasks.workload import Workload

UNIT_ROWS = [  # what other rows leave out: a norm and a flatten into a hidden layer; one layer; blocks that differ
    {
        "name": "fashion_mnist_cnn",
        "data": "stand_in",
        "channels": [4, 3, 5],
        "batch_norm": True,
        "hidden": [6, 7],
    },
    {"name": "fashion_mnist_cnn", "data": "stand_in", "channels": [3], "pool": 1, "batch_norm": True, "hidden": []},
    {"name": "digits_mlp", "hidden": []},
    {
        "name": "shakespeare_gpt2",
        "data": "stand_in",
        "blocks": 2,
        "heads": [3, 2],
        "head_width": 4,
        "width": 8,
        "mlp_width": [6, 9],
        "context": 32,
    },
]
Removed = Mapping[str, set[int]]  # block, by the layer that computes its units -> units


@torch.no_grad()
def scrambled(workload: Workload, seed: int = 0) -> nn.Module:
    """A network in eval mode and float64 of which no tensor is at a value that hides anything: no zeros and no ones."""
    model, drawn = workload.model(0).double().eval(), torch.Generator().manual_seed(seed)
    for name, tensor in model.state_dict().items():
        if name.endswith("running_var"):
            tensor.uniform_(0.5, 2.0, generator=drawn)
        elif tensor.is_floating_point():
            tensor.normal_(0, max(0.2, tensor[0].numel() ** -0.5), generator=drawn)
    return model


def zeroed(model: nn.Module, entries: tuple[Entries, ...], units: set[int]) -> dict[str, Tensor]:
    """The network's state dict with the entries that belong to the units at zero."""
    tensors = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for one in entries:
        chosen = torch.tensor([index for unit in sorted(units) for index in one.indices[unit]])
        tensors[one.tensor].index_fill_(one.axis, chosen, 0)
    return tensors


def without(workload: Workload, model: nn.Module, removed: Removed) -> nn.Module:
    """A smaller network of the same class: all entries of the units cut out, whatever is left where it was.

    Loading is strict: a tensor that no entry lists, or lists wrongly, does not fit."""
    tensors, blocks = dict(model.state_dict()), workload.units()
    for block in blocks:
        left = [unit for unit in range(block.count) if unit not in removed.get(block.layer, ())]
        for one in block.entries:
            kept = sorted(index for unit in left for index in one.indices[unit])
            tensors[one.tensor] = tensors[one.tensor].index_select(one.axis, torch.tensor(kept, dtype=torch.int64))
    counts = {block.layer: block.count - len(removed.get(block.layer, ())) for block in blocks}
    smaller = (_gpt2 if workload.name == "shakespeare_gpt2" else _chain)(workload, counts, blocks).double().eval()
    smaller.load_state_dict(tensors, strict=True)
    return smaller


def _chain(workload: Workload, counts: dict[str, int], blocks: tuple[BlockUnits, ...]) -> nn.Module:
    """The same workload with other widths makes it."""
    widths = tuple(counts[block.layer] for block in blocks)
    channels = sum(block.kind == "channel" for block in blocks)
    fields = {
        "digits_mlp": {"hidden": widths},
        "fashion_mnist_mlp": {"hidden": widths},
        "fashion_mnist_cnn": {"channels": widths[:channels], "hidden": widths[channels:]},
        "mnist_lenet": {"widths": widths},
    }
    return workload.model_copy(update=fields[workload.name]).model(0)


def _gpt2(workload: Workload, counts: dict[str, int], blocks: tuple[BlockUnits, ...]) -> nn.Module:
    """Each block's layers are made anew, and told how many heads: it owes nothing to `with_units`."""
    model = workload.model(0)
    for block in model.transformer.h:
        attention, mlp = block.attn, block.mlp
        width, place = attention.embed_dim, f"transformer.h.{attention.layer_idx}"
        attention.num_heads = counts[f"{place}.attn.c_attn"]
        inner = attention.split_size = attention.num_heads * attention.head_dim
        attention.c_attn, attention.c_proj = Conv1D(3 * inner, width), Conv1D(width, inner)
        neurons = counts[f"{place}.mlp.c_fc"]
        mlp.c_fc, mlp.c_proj = Conv1D(neurons, width), Conv1D(width, neurons)
    return model
