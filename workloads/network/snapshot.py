"""Snapshots: a State as plain tensors and JSON, for stages and checkpoints. They hold nothing that can run code."""

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

    tensors: dict[str, Tensor]  # under "group/name"; shared with the state: copy or write them before training goes on
    facts: dict[str, Any]  # JSON

    def group(self, name: str) -> dict[str, Tensor]:
        """The tensors of one group, without the group's name."""
        return group(self.tensors, name)


def remember(state: State, point: str) -> None:
    """Store a copy of the network in the state under `point`, so that a later phase can go back to it."""
    snapshot = network_snapshot(state)
    state.remembered[point] = Snapshot(
        {name: tensor.clone() for name, tensor in snapshot.tensors.items()}, snapshot.facts
    )


def full_snapshot(state: State) -> Snapshot:
    """The network and all that the state remembers: enough to resume the trial."""
    snapshot = network_snapshot(state)
    tensors, facts = dict(snapshot.tensors), {**snapshot.facts, "remembered": []}
    for number, (point, earlier) in enumerate(state.remembered.items()):
        tensors |= {f"remembered/{number}/{name}": tensor for name, tensor in earlier.tensors.items()}
        facts["remembered"].append({"point": point, "facts": earlier.facts})
    return Snapshot(tensors, facts)


def network_snapshot(state: State) -> Snapshot:
    """The network without what the state remembers: the same for every trial with the same path."""
    buffers = {
        f"optimizer/{index}/{name}": value
        for index, buffers in state.optimizer.state_dict()["state"].items()
        for name, value in buffers.items()
    }
    tensors = {
        **grouped("model", state.model.state_dict()),
        **grouped("mask", state.masks),
        **grouped("zero", state.zeros or {}),
        **buffers,
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
    """A new state from a snapshot. Training it gives the same bits as training the original state."""
    snapshot = Snapshot({path: value.to(device, copy=True) for path, value in snapshot.tensors.items()}, snapshot.facts)
    facts = snapshot.facts
    workload = WORKLOADS.read(facts["workload"])
    model = workload.model(0).to(device)
    model.load_state_dict(snapshot.group("model"))
    new_optimizer = optimizer(workload.training.optimizer, model.parameters())
    groups = new_optimizer.param_groups
    parameters = [parameter for group in groups for parameter in group["params"]]  # in the order of its state
    buffers: dict[int, dict[str, Tensor]] = {}
    for path, value in snapshot.group("optimizer").items():
        index, _, name = path.partition("/")
        buffers.setdefault(int(index), {})[name] = with_layout_of(parameters[int(index)].detach(), value)
    new_optimizer.load_state_dict({"state": buffers, "param_groups": new_optimizer.state_dict()["param_groups"]})
    return State(
        workload=workload,
        model=model,
        optimizer=new_optimizer,
        masks=snapshot.group("mask"),
        init=facts["init"],
        zeros=snapshot.group("zero") if facts["looked"] else None,
        rule=_rule_state(snapshot),
        tally=PathTotals(**facts["tally"]),
        since_look=SinceLook(**facts["since_look"]),
        looks=[Look(**look) for look in facts["looks"]],
        remembered={
            earlier["point"]: Snapshot(snapshot.group(f"remembered/{number}"), earlier["facts"])
            for number, earlier in enumerate(facts.get("remembered", ()))
        },
    )


def _rule_state(snapshot: Snapshot) -> RuleState:
    facts = snapshot.facts["rule"]
    figures = tuple((step, dict(values)) for step, values in facts["figures"])
    return RuleState(facts["name"], snapshot.group("rule"), facts["facts"], figures, facts["summary"])


def with_layout_of(parameter: Tensor, value: Tensor) -> Tensor:
    """An optimizer's buffer in the memory format of its parameter, which fused optimizers require."""
    return torch.empty_like(parameter).copy_(value) if value.shape == parameter.shape else value
