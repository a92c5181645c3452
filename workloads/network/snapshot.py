"""A state as plain tensors and numbers: what stages and checkpoints keep, and nothing that could run code."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from workloads.network.groups import group, grouped
from workloads.network.optimizer import optimizer
from workloads.network.rule_state import RuleState
from workloads.network.state import Look, PathTotals, SinceLook, State
from workloads.tasks.workload import WORKLOADS


@dataclass(frozen=True)
class Snapshot:
    """A state between two steps."""

    tensors: dict[str, Tensor]  # under "group/name"; the state's own: copy or write them before it goes on
    facts: dict[str, Any]  # JSON

    def group(self, name: str) -> dict[str, Tensor]:
        """The tensors under one name, without it."""
        return group(self.tensors, name)


def remember(state: State, point: str) -> None:
    """Let the state know what it is now, for when it goes back to this point."""
    now = network(state)
    state.remembered[point] = Snapshot({name: tensor.clone() for name, tensor in now.tensors.items()}, now.facts)


def taken(state: State) -> Snapshot:
    """The state as it is now, with all that it remembers."""
    now = network(state)
    tensors, facts = dict(now.tensors), {**now.facts, "remembered": []}
    for number, (point, before) in enumerate(state.remembered.items()):
        tensors |= {f"remembered/{number}/{name}": tensor for name, tensor in before.tensors.items()}
        facts["remembered"].append({"point": point, "facts": before.facts})
    return Snapshot(tensors, facts)


def network(state: State) -> Snapshot:
    """The state as it is now, as any trial that comes along its path would have it."""
    optimizing = {
        f"optimizer/{index}/{name}": value
        for index, buffers in state.optimizer.state_dict()["state"].items()
        for name, value in buffers.items()
    }
    tensors = {
        **grouped("model", state.model.state_dict()),
        **grouped("mask", state.masks),
        **grouped("zero", state.zeros or {}),
        **optimizing,
        **grouped("rule", state.rule.tensors),
    }
    facts = {
        "workload": state.workload.model_dump(mode="json"),
        "init": state.init,
        "tally": asdict(state.tally),
        "since_look": asdict(state.since_look),
        "looks": [asdict(look) for look in state.looks],
        "looked": state.zeros is not None,
        "rule": {
            "name": state.rule.name,
            "facts": state.rule.facts,
            "figures": state.rule.figures,
            "summary": state.rule.summary,
        },
    }
    return Snapshot({name: value.detach() for name, value in tensors.items()}, facts)


def restored(snapshot: Snapshot, device: torch.device) -> State:
    """A new state that goes on from the snapshot bit for bit."""
    tensors = {path: value.to(device, copy=True) for path, value in snapshot.tensors.items()}
    ours, facts = Snapshot(tensors, snapshot.facts), snapshot.facts
    workload = WORKLOADS.read(facts["workload"])
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
        zeros=ours.group("zero") if facts["looked"] else None,
        rule=_rule(ours),
        tally=PathTotals(**facts["tally"]),
        since_look=SinceLook(**facts["since_look"]),
        looks=[Look(**look) for look in facts["looks"]],
        remembered={
            before["point"]: Snapshot(ours.group(f"remembered/{number}"), before["facts"])
            for number, before in enumerate(facts.get("remembered", ()))
        },
    )


def _rule(snapshot: Snapshot) -> RuleState:
    """What the rule remembered."""
    facts = snapshot.facts["rule"]
    figures = tuple((step, dict(found)) for step, found in facts["figures"])
    return RuleState(facts["name"], snapshot.group("rule"), facts["facts"], figures, facts["summary"])


def _laid_out_like(parameter: Tensor, value: Tensor) -> Tensor:
    """An optimizer's buffer in its parameter's memory format, which fused optimizers take for granted."""
    return torch.empty_like(parameter).copy_(value) if value.shape == parameter.shape else value
