"""What a rule remembers from one of its positions to the next: plain tensors and JSON, whatever the rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor


@dataclass(frozen=True)
class RuleState:
    """The memory of one rule; it is kept and brought back without knowing which."""

    rule: str | None = None  # its name; None: no rule has acted
    tensors: dict[str, Tensor] = field(default_factory=dict)  # under "group/name"
    facts: dict[str, Any] = field(default_factory=dict)  # JSON
    figures: tuple[tuple[int, dict[str, float]], ...] = ()  # found and not yet recorded: step, metric -> value
    summary: dict[str, float] = field(default_factory=dict)  # metric -> value, to be recorded at the end of the run

    def group(self, name: str) -> dict[str, Tensor]:
        """The tensors under one name, without it."""
        inside = f"{name}/"
        return {path.removeprefix(inside): each for path, each in self.tensors.items() if path.startswith(inside)}


def grouped(name: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors under one name.

    >>> grouped("removed", {"fc0": 1})
    {'removed/fc0': 1}
    """
    return {f"{name}/{each}": tensor for each, tensor in tensors.items()}
