"""The driver's node: where the results folder is, and the keeper, which writes it for all other nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import ray
from ray.exceptions import RayTaskError

from orchestrator.execute.cluster.keeper import Keeper
from orchestrator.execute.cluster.members import affinity, code
from workloads.data.sources import Sources


@dataclass(frozen=True)
class Home:
    """How processes on any node of the cluster find the driver's node."""

    node: str  # Ray's id
    keeper: Any  # the actor's handle; the keeper ends with the driver's process
    code: Mapping[str, str]  # see members.code

    @classmethod
    def start(cls, results: Path, sources: Sources) -> Self:
        """Start the keeper on this node. `sources`: of this process, with the data of all trials."""
        node = ray.get_runtime_context().get_node_id()
        actor = ray.remote(Keeper).options(num_cpus=0, scheduling_strategy=affinity(node))
        return cls(node, actor.remote(results, sources), code())

    @property
    def is_here(self) -> bool:
        """Whether this process runs on the driver's node."""
        return ray.get_runtime_context().get_node_id() == self.node

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of the keeper and wait for its answer. Raises what the method raises."""
        try:
            return ray.get(getattr(self.keeper, method).remote(*arguments))
        except RayTaskError as error:
            raise error.cause from None
