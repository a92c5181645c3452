"""A state as plain tensors and numbers: what stages and checkpoints keep, and nothing that could run code."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from pydantic import TypeAdapter
from torch import Tensor

from workloads.catalog import AnyWorkload
from workloads.training.optimizer import optimizer
from workloads.training.state import Look, SinceLook, State, Tally

WORKLOAD = TypeAdapter(AnyWorkload)


@dataclass(frozen=True)
class Snapshot:
    """A state between two steps."""

    tensors: dict[str, Tensor]  # under "group/name"; the state's own: copy or write them before it goes on
    facts: dict[str, Any]  # JSON


def taken(state: State) -> Snapshot:
    """The state as it is now."""
    optimizing = {
        f"optimizer/{index}/{name}": value
        for index, buffers in state.optimizer.state_dict()["state"].items()
        for name, value in buffers.items()
    }
    tensors = {
        **{f"model/{name}": value for name, value in state.model.state_dict().items()},
        **{f"mask/{name}": value for name, value in state.masks.items()},
        **{f"removed/{name}": value for name, value in (state.removed or {}).items()},
        **{f"zero/{name}": value for name, value in (state.zeros or {}).items()},
        **optimizing,
    }
    facts = {
        "workload": state.workload.model_dump(mode="json"),
        "tally": asdict(state.tally),
        "since_look": asdict(state.since_look),
        "looks": [asdict(look) for look in state.looks],
        "looked": state.zeros is not None,
    }
    return Snapshot({name: value.detach() for name, value in tensors.items()}, facts)


def restored(snapshot: Snapshot, device: torch.device) -> State:
    """A new state that goes on from the snapshot bit for bit."""
    groups: dict[str, dict[str, Tensor]] = {"model": {}, "mask": {}, "removed": {}, "zero": {}, "optimizer": {}}
    for path, value in snapshot.tensors.items():
        group, _, name = path.partition("/")
        groups[group][name] = value.to(device, copy=True)
    facts = snapshot.facts
    workload = WORKLOAD.validate_python(facts["workload"])
    model = workload.model(0).to(device)
    model.load_state_dict(groups["model"])
    parameters = list(model.parameters())
    optimizing = optimizer(workload.training.optimizer, parameters)
    buffers: dict[int, dict[str, Tensor]] = {}
    for path, value in groups["optimizer"].items():
        index, _, name = path.partition("/")
        buffers.setdefault(int(index), {})[name] = _laid_out_like(parameters[int(index)].detach(), value)
    optimizing.load_state_dict({"state": buffers, "param_groups": optimizing.state_dict()["param_groups"]})
    return State(
        workload=workload,
        model=model,
        optimizer=optimizing,
        masks=groups["mask"],
        removed=groups["removed"] or None,
        zeros=groups["zero"] if facts["looked"] else None,
        tally=Tally(**facts["tally"]),
        since_look=SinceLook(**facts["since_look"]),
        looks=[Look(**look) for look in facts["looks"]],
    )


def _laid_out_like(parameter: Tensor, value: Tensor) -> Tensor:
    """An optimizer's buffer in its parameter's memory format, which fused optimizers take for granted."""
    return torch.empty_like(parameter).copy_(value) if value.shape == parameter.shape else value
