"""A state as plain tensors and numbers: what stages and checkpoints keep, and nothing that could run code."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import Any

import torch
from pydantic import TypeAdapter
from torch import Tensor

from workloads.catalog import AnyWorkload
from workloads.network.optimizer import optimizer
from workloads.network.search import Search
from workloads.network.state import Look, PathTotals, SinceLook, State
from workloads.network.zeroing import Zeroing
from workloads.script.phases import Script

WORKLOAD = TypeAdapter(AnyWorkload)
SCRIPT = TypeAdapter(Script)


@dataclass(frozen=True)
class Snapshot:
    """A state between two steps."""

    tensors: dict[str, Tensor]  # under "group/name"; the state's own: copy or write them before it goes on
    facts: dict[str, Any]  # JSON

    def group(self, name: str) -> dict[str, Tensor]:
        """The tensors under one name, without it."""
        inside = f"{name}/"
        return {path.removeprefix(inside): each for path, each in self.tensors.items() if path.startswith(inside)}


def remember(state: State, path: Script) -> None:
    """Let the state know what it is now, after `path`, for when it goes back there."""
    now = network(state)
    state.remembered[path] = Snapshot({name: tensor.clone() for name, tensor in now.tensors.items()}, now.facts)


def taken(state: State) -> Snapshot:
    """The state as it is now, with all that it remembers."""
    now = network(state)
    tensors, facts = dict(now.tensors), {**now.facts, "remembered": []}
    for number, (path, before) in enumerate(state.remembered.items()):
        tensors |= {f"remembered/{number}/{name}": tensor for name, tensor in before.tensors.items()}
        facts["remembered"].append({"path": SCRIPT.dump_python(path, mode="json"), "facts": before.facts})
    return Snapshot(tensors, facts)


def network(state: State) -> Snapshot:
    """The state as it is now, as any trial that comes along its path would have it."""
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
        **_recent(state.search),
        **({f"since/{name}": value for name, value in state.zeroing.since.items()} if state.zeroing else {}),
    }
    facts = {
        "workload": state.workload.model_dump(mode="json"),
        "init": state.init,
        "tally": asdict(state.tally),
        "since_look": asdict(state.since_look),
        "looks": [asdict(look) for look in state.looks],
        "looked": state.zeros is not None,
        "search": state.search
        and {
            "recent": len(state.search.recent),
            "farthest": state.search.farthest,
            "drawn_at": state.search.drawn_at,
        },
        "zeroing": state.zeroing
        and {
            "steps": [*state.zeroing.steps],
            "counts": [*state.zeroing.counts],
            "unsaid": [*state.zeroing.unsaid],
        },
    }
    return Snapshot({name: value.detach() for name, value in tensors.items()}, facts)


def restored(snapshot: Snapshot, device: torch.device) -> State:
    """A new state that goes on from the snapshot bit for bit."""
    tensors = {path: value.to(device, copy=True) for path, value in snapshot.tensors.items()}
    ours, facts = Snapshot(tensors, snapshot.facts), snapshot.facts
    workload = WORKLOAD.validate_python(facts["workload"])
    model = workload.model(0).to(device)
    model.load_state_dict(ours.group("model"))
    optimizing = optimizer(workload.training.optimizer, model.parameters())
    parameters = [parameter for group in optimizing.param_groups for parameter in group["params"]]  # as it counts them
    buffers: dict[int, dict[str, Tensor]] = {}
    for path, value in ours.group("optimizer").items():
        index, _, name = path.partition("/")
        buffers.setdefault(int(index), {})[name] = _laid_out_like(parameters[int(index)].detach(), value)
    optimizing.load_state_dict({"state": buffers, "param_groups": optimizing.state_dict()["param_groups"]})
    return State(
        workload=workload,
        model=model,
        optimizer=optimizing,
        masks=ours.group("mask"),
        init=facts["init"],
        removed=ours.group("removed") or None,
        zeros=ours.group("zero") if facts["looked"] else None,
        search=_search(ours),
        zeroing=facts["zeroing"] and Zeroing(ours.group("since"), **deepcopy(facts["zeroing"])),  # lists that grow
        tally=PathTotals(**facts["tally"]),
        since_look=SinceLook(**facts["since_look"]),
        looks=[Look(**look) for look in facts["looks"]],
        remembered={
            SCRIPT.validate_python(before["path"]): Snapshot(ours.group(f"remembered/{number}"), before["facts"])
            for number, before in enumerate(facts.get("remembered", ()))
        },
    )


def _recent(search: Search | None) -> dict[str, Tensor]:
    """The masks that a search compares, in their order."""
    masks = enumerate(search.recent if search else ())
    return {f"recent/{number}/{name}": mask for number, each in masks for name, mask in each.items()}


def _search(snapshot: Snapshot) -> Search | None:
    """The search as it was."""
    if (facts := snapshot.facts["search"]) is None:
        return None
    recent = [snapshot.group(f"recent/{number}") for number in range(facts["recent"])]
    return Search(recent, facts["farthest"], facts["drawn_at"])


def _laid_out_like(parameter: Tensor, value: Tensor) -> Tensor:
    """An optimizer's buffer in its parameter's memory format, which fused optimizers take for granted."""
    return torch.empty_like(parameter).copy_(value) if value.shape == parameter.shape else value
