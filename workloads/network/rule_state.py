"""The state of a rule between its positions: plain tensors and JSON for every rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from workloads.network.groups import group


@dataclass(frozen=True)
class RuleState:
    """The state of one rule, in a form that is saved and restored without knowing the rule."""

    name: str | None = None  # of the rule; None: no rule has acted yet
    tensors: dict[str, Tensor] = field(default_factory=dict)  # under "group/name"
    facts: dict[str, Any] = field(default_factory=dict)  # JSON
    figures: tuple[tuple[int, dict[str, float]], ...] = ()  # still to record: step, metric -> value
    summary: dict[str, float] = field(default_factory=dict)  # to record at the end of the run: metric -> value

    def group(self, name: str) -> dict[str, Tensor]:
        """The tensors of one group, without the group's name."""
        return group(self.tensors, name)
