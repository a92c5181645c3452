"""What a rule is: something that changes masks or weights while a network trains."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Annotated, ClassVar

from workloads.family import Family, Member
from workloads.script.amounts import Allocation, DenseLayers
from workloads.script.criteria import AnyCriterion, Criterion

if TYPE_CHECKING:
    from workloads.network.rule_context import EachStep, RuleContext
    from workloads.network.rule_state import RuleState

MOST_UPDATES = 10_000  # of masks in one training


class Rule(Member, ABC):
    """One rule: its settings say where it acts, so that trials can be cut, counted and priced before they run.

    It acts at the end of each stretch of training that stops at one of its positions. Importing it needs no torch."""

    replaces: ClassVar[bool] = False  # whether it acts in place of the optimizer, whose last step before is left out:
    # that step goes forward and backward and counts

    @property
    @abstractmethod
    def positions(self) -> tuple[int, ...]:
        """After how many steps of the training it has something to do, ascending."""

    @property
    def looks(self) -> frozenset[int]:
        """After which of these a look comes at once, that measures structure too."""
        return frozenset()

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """By what it tells weights apart."""
        return ()

    @property
    def gradients(self) -> int:
        """Of how many steps before each position it wants the dense gradients; of fewer where it acts sooner."""
        return 0

    @abstractmethod
    def act(self, context: RuleContext) -> RuleState:
        """Do what is to be done at one position; what the rule remembers of it."""

    def each_step(self, context: RuleContext) -> EachStep | None:
        """What it does at every step of a stretch of training that begins now; None: nothing."""
        del context
        return None


class PruningRule(Rule, ABC):
    """A rule that takes weights away, as many as its settings say."""

    criterion: AnyCriterion
    allocation: Allocation
    dense_layers: DenseLayers = ()

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """See Rule."""
        return (self.criterion,)

    @abstractmethod
    def sparsity_at(self, position: int) -> float:
        """The sparsity of the masks that is sure after `position` steps, one of `positions`."""


RULES: Family[Rule] = Family()
AnyRule = Annotated[Rule, RULES]


def check_updates(count: int, every: int) -> None:
    """Raise ValueError where the masks of one training would change more often than can be told one by one."""
    if count > MOST_UPDATES:
        raise ValueError(
            f"the masks would change {count:,} times, every {every:,} steps; "
            f"at most {MOST_UPDATES:,} times is allowed, so make every larger"
        )


def moment(share: float, steps: int) -> int:
    """The step at a share of a training, rounded down in exact decimals.

    >>> moment(0.29, 100)
    29
    """
    return floor(Fraction(str(share)) * steps)
