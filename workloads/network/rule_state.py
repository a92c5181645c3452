"""What a rule remembers from one of its positions to the next: plain tensors and JSON, whatever the rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from workloads.network.groups import group


@dataclass(frozen=True)
class RuleState:
    """The memory of one rule; it is kept and brought back without knowing which."""

    name: str | None = None  # of the rule; None: none has acted
    tensors: dict[str, Tensor] = field(default_factory=dict)  # under "group/name"
    facts: dict[str, Any] = field(default_factory=dict)  # JSON
    figures: tuple[tuple[int, dict[str, float]], ...] = ()  # found and not yet recorded: step, metric -> value
    summary: dict[str, float] = field(default_factory=dict)  # metric -> value, to be recorded at the end of the run

    def group(self, name: str) -> dict[str, Tensor]:
        """The tensors under one name, without it."""
        return group(self.tensors, name)
