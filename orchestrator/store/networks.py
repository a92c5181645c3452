"""Trained networks on disk: weights, and masks with one bit per weight. Reading them cannot run code."""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save as as_bytes
from torch import Tensor

from dashboards import schema
from orchestrator.store.folders import TrialFolder
from workloads.atomic import replacing
from workloads.catalog import WORKLOADS
from workloads.network.state import State
from workloads.tasks.workload import Workload


def save(path: Path, state: State) -> None:
    """Write the weights and masks of `state` and the settings of its network, atomically."""
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in state.model.state_dict().items()}
    masks = {f"{schema.MASK}{name}": mask for name, mask in state.masks.items()}
    bits = {name: torch.from_numpy(np.packbits(mask.cpu().numpy())) for name, mask in masks.items()}
    shapes = {name: json.dumps(list(mask.shape)) for name, mask in masks.items()}
    inputs_first = [layer.name for layer in state.layers if layer.inputs_first]
    facts = shapes | ({schema.INPUTS_FIRST: json.dumps(inputs_first)} if inputs_first else {})
    facts[schema.WORKLOAD_OF_NETWORK] = json.dumps(state.workload.model_dump(mode="json", exclude_none=True))
    with replacing(path) as unfinished:
        unfinished.write_bytes(as_bytes({**weights, **bits}, metadata=facts))


def load(path: Path) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The weights by parameter name and the masks by layer name, on the CPU."""
    weights, masks = {}, {}
    with safe_open(path, framework="pt") as file:
        shapes = file.metadata() or {}
        for name in file.keys():
            tensor = file.get_tensor(name)
            if name in shapes:
                shape = json.loads(shapes[name])
                bits = np.unpackbits(tensor.numpy(), count=int(np.prod(shape)))
                masks[name.removeprefix(schema.MASK)] = torch.from_numpy(bits.astype(bool)).view(shape)
            else:
                weights[name] = tensor
    return weights, masks


def workload(path: Path) -> Workload | None:
    """The workload whose network has the sizes of a run's file: its own, which a method may have made smaller.

    Files of earlier versions do not say it; of these it is the trial's, from the file beside, if that is there.
    Raises ValidationError if the settings are not known here."""
    with safe_open(path, framework="pt") as file:
        settings = (file.metadata() or {}).get(schema.WORKLOAD_OF_NETWORK)
    if settings is not None:
        return WORKLOADS.read(json.loads(settings))
    beside = TrialFolder(path.parent).trial
    return WORKLOADS.read(json.loads(beside.read_bytes())["workload"]) if beside.is_file() else None


def matrices(path: Path) -> dict[str, Tensor]:
    """The weights with masks, by parameter name; all are (units out, units in, ...)."""
    weights, masks = load(path)
    with safe_open(path, framework="pt") as file:
        inputs_first = json.loads((file.metadata() or {}).get(schema.INPUTS_FIRST, "[]"))
    return {f"{name}.weight": weights[f"{name}.weight"].T if name in inputs_first else weights[f"{name}.weight"]
            for name in masks}  # fmt: skip
