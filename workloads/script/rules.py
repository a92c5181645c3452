"""What a rule is: a change of masks or weights while a network trains."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import TYPE_CHECKING, Annotated

from workloads.family import Family, Member
from workloads.script.amounts import Allocation, DenseLayers
from workloads.script.criteria import AnyCriterion, Criterion

if TYPE_CHECKING:
    from workloads.network.rule_context import EachStep, RuleContext
    from workloads.network.rule_state import RuleState

MOST_UPDATES = 10_000  # updates of the masks in one training


class Rule(Member, ABC):
    """One rule. Its settings tell its positions, so that a trial can be planned and priced before it runs.

    A rule acts when training reaches one of its positions. Importing it needs no torch."""

    @property
    def replaces(self) -> bool:
        """Whether it acts in place of the optimizer's update in the step before each position.

        That step still computes the gradient and still counts."""
        return False

    @property
    @abstractmethod
    def positions(self) -> tuple[int, ...]:
        """The positions at which it acts, in optimizer steps, ascending."""

    @property
    def looks(self) -> frozenset[int]:
        """Those positions after which the network is evaluated at once, its structure included."""
        return frozenset()

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The criteria that it scores weights by."""
        return ()

    @property
    def gradients(self) -> int:
        """The number of steps before each position over which it needs the sum of the dense gradients.

        Fewer where the last position is nearer."""
        return 0

    def dense_gradients(self, start: int, stop: int) -> int:
        """The number of steps, of those from `start` to `stop`, whose dense gradients it needs."""
        if not self.gradients:
            return 0
        needed = ((max(before, position - self.gradients), position) for before, position in
                  pairwise((0, *self.positions)))  # fmt: skip
        return sum(max(0, min(end, stop) - max(begin, start)) for begin, end in needed)

    @abstractmethod
    def act(self, context: RuleContext) -> RuleState:
        """Act at one position. Returns what the rule remembers until the next one."""

    def each_step(self, context: RuleContext) -> EachStep | None:
        """What it does at every step from now to the next position; None if nothing."""
        del context
        return None


class PruningRule(Rule, ABC):
    """A rule that removes a number of weights that its settings fix."""

    criterion: AnyCriterion
    """The score that decides which weights remain."""
    allocation: Allocation
    """How the remaining weights are shared out among the layers."""
    dense_layers: DenseLayers = ()
    """The list of layers that keep all weights; the other layers give up more."""

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """See Rule."""
        return (self.criterion,)

    @abstractmethod
    def sparsity_at(self, position: int) -> float:
        """Guaranteed sparsity of the masks after `position` steps, one of `positions`."""


RULES: Family[Rule] = Family()
AnyRule = Annotated[Rule, RULES]


def check_updates(count: int, every: int) -> None:
    """Raise ValueError where the masks change more often than MOST_UPDATES in one training."""
    if count > MOST_UPDATES:
        raise ValueError(
            f"the masks would change {count:,} times, every {every:,} steps; "
            f"at most {MOST_UPDATES:,} times is allowed, so make every larger"
        )


def moment(share: float, steps: int) -> int:
    """The step at a fraction of a training, rounded down in exact decimals.

    >>> moment(0.29, 100)
    29
    """
    return floor(Fraction(str(share)) * steps)
