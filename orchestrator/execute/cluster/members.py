"""The nodes of a Ray cluster: what each has, and whether they all hold the driver's code."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version

import ray
from ray.exceptions import RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from orchestrator.execute.nodes import Node
from workloads.errors import ResourceError

PATIENCE = 120.0  # seconds; a node imports the package meanwhile
DIGEST = 64  # characters


def alive_nodes() -> list[Node]:
    """The nodes that are alive."""
    return [
        Node(found["Resources"].get("CPU", 0), found["Resources"].get("GPU", 0), found["NodeID"], found["NodeName"])
        for found in ray.nodes() if found["Alive"]
    ]  # fmt: skip


def affinity(node: str) -> NodeAffinitySchedulingStrategy:
    """Where Ray is to start something: on the node with this id and no other."""
    return NodeAffinitySchedulingStrategy(node_id=node, soft=False)


def code() -> dict[str, str]:
    """What must be equal on all nodes: another version could give other figures, or could not read what this sends."""
    from workloads.training.stages import sources_digest

    return {"Python": platform.python_version(), "torch": version("torch"), "sparsity's code": sources_digest()}


def usable(nodes: Sequence[Node]) -> list[Node]:
    """The nodes but for those that were lost meanwhile.

    Raises ResourceError where one has another code than this process, or none; all differences at once."""
    own, found, silent = code(), [], {}
    asked = [ray.remote(code).options(num_cpus=0, scheduling_strategy=affinity(node.id)).remote() for node in nodes]
    for node, reply in zip(nodes, asked, strict=True):
        try:
            answer = ray.get(reply, timeout=PATIENCE)
            found += differences(node.name, answer, own)
        except RayError as error:
            silent[node] = str(getattr(error, "cause", None) or error).splitlines()[0]
    lost = silent.keys() - {*alive_nodes()}
    _refuse([*found, *(f"{node.name} cannot start the code ({silent[node]})" for node in silent if node not in lost)])
    return [node for node in nodes if node not in lost]


def check_code(own: Mapping[str, str]) -> None:
    """Raise ResourceError where this process has another code than the driver's, `own`: its node may have come late."""
    _refuse(differences(platform.node(), code(), own))


def _refuse(found: Sequence[str]) -> None:
    if found:
        raise ResourceError(
            f"not all nodes of the cluster can run the trials: {'; '.join(found)}. Install the same versions on all "
            "nodes, or take these nodes out of the cluster"
        )


def differences(node: str, code: Mapping[str, str], own: Mapping[str, str]) -> list[str]:
    """What the code on a node has instead of the driver's `own`.

    >>> differences("two", {"Python": "3.12.1", "torch": "2.8"}, {"Python": "3.12.1", "torch": "2.9"})
    ['two has torch 2.8, not 2.9']
    """
    return [
        f"{node} has {name} {_short(code[name])}, not {_short(value)}"
        for name, value in own.items() if code[name] != value
    ]  # fmt: skip


def _short(version: str) -> str:
    """A version as it is, a digest by its beginning."""
    return version[:8] if len(version) == DIGEST else version
