"""What becomes of weights that were set to zero: whether they come back, and whether they are chosen again.

Where a rule chooses weights and leaves them alone, the second tells what ranking alone does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

LEFT = torch.iinfo(torch.int16).max  # stands for weights that were not set to zero at the latest application


@dataclass
class Zeroing:
    """The applications of a rule so far, each of which sets the weights that it chooses to zero."""

    since: dict[str, Tensor]  # layer name -> int16: the application, from 1, since which each one has chosen a weight
    steps: list[int] = field(default_factory=list)  # of each application
    counts: list[int] = field(default_factory=list)  # weights that each set to zero
    unsaid: list[tuple[int, dict[str, float]]] = field(default_factory=list)  # found and not recorded: step, figures

    @classmethod
    def none_yet(cls, weights: Mapping[str, Tensor]) -> Zeroing:
        """Before the first application."""
        return cls({name: torch.full_like(weight, LEFT, dtype=torch.int16) for name, weight in weights.items()})

    def apply(self, zeroed: Mapping[str, Tensor], step: int) -> None:
        """Take in the weights, layer name -> bool, that an application sets to zero.

        `weight_revival/survived_next`: of those zeroed at the application before, the fraction not chosen now."""
        chosen_again = sum(int((zeroed[name] & (since < LEFT)).sum()) for name, since in self.since.items())
        if self.counts:
            self._find(-1, "weight_revival/survived_next", self.counts[-1] - chosen_again)
        number = len(self.counts) + 1
        self.since = {name: since.clamp(max=number).masked_fill(~zeroed[name], LEFT)
                      for name, since in self.since.items()}  # fmt: skip
        self.steps.append(step)
        self.counts.append(sum(int(each.sum()) for each in zeroed.values()))

    def end(self) -> None:
        """No application comes after this one.

        `weight_death/permanent`: of those zeroed at each but the last, the fraction zeroed at every later one."""
        for index in range(len(self.counts) - 1):
            always = sum(int((since <= index + 1).sum()) for since in self.since.values())
            self._find(index, "weight_death/permanent", always)

    def look(self, weights: Mapping[str, Tensor], later: int) -> None:
        """`later` steps after the latest application.

        `weight_revival/after_<later>`: of the weights zeroed then, the fraction nonzero now."""
        alive = sum(int(((since < LEFT) & (weights[name] != 0)).sum()) for name, since in self.since.items())
        self._find(-1, f"weight_revival/after_{later}", alive)

    def told(self) -> list[tuple[int, dict[str, float]]]:
        """What was found since last told: the step of an application, and figures of the weights that it zeroed."""
        found, self.unsaid = self.unsaid, []
        return found

    def _find(self, index: int, metric: str, count: int) -> None:
        """A fraction of the weights zeroed at an application; none where it zeroed none."""
        if self.counts[index]:
            self.unsaid.append((self.steps[index], {metric: count / self.counts[index]}))
