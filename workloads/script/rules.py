"""Rules: what changes masks or weights while a network trains. Plain settings; what they do is told in `rules`."""

from abc import ABC, abstractmethod
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from workloads.script.amounts import Allocation, DenseLayers
from workloads.script.criteria import Criterion
from workloads.script.schedules import Cubic, Linear, Schedule, fraction
from workloads.settings import Settings, Sparsity

Window = Annotated[int, Field(ge=2, description="a number of masks")]
Distance = Annotated[float, Field(ge=0, lt=1, description="the fraction of entries in which masks differ")]
Applications = Annotated[int, Field(ge=1, le=1000, description="how often weights are set to zero")]
MOST_UPDATES = 10_000  # of masks in one training
LATER = (1, 10, 100)  # steps after an application at which it is looked at what has come back


class Update(Settings, ABC):
    """What a rule must say of itself, so that trials can be cut, counted and priced before they run."""

    criterion: Criterion
    allocation: Allocation
    dense_layers: DenseLayers = ()

    @property
    @abstractmethod
    def positions(self) -> tuple[int, ...]:
        """After how many steps of the training it has something to do, ascending."""

    @property
    def looks(self) -> frozenset[int]:
        """After which of these a look comes at once, that measures structure too."""
        return frozenset()

    @abstractmethod
    def sparsity_at(self, position: int) -> float:
        """The sparsity of the masks that is sure after `position` steps, one of `positions`."""


class GradualRule(Update):
    """A rule: at the positions `begin` + `every`, + 2 `every`, ... and `end`, prune to what the schedule says there.

    The last update lands on the sparsity `to` exactly."""

    name: Literal["gradual"] = "gradual"
    to: Sparsity
    schedule: Schedule
    masks: Literal["hard", "soft"]
    begin: NonNegativeInt
    end: PositiveInt
    every: PositiveInt

    @property
    def positions(self) -> tuple[int, ...]:
        """See Update."""
        return (*range(self.begin + self.every, self.end, self.every), self.end)

    def sparsity_at(self, position: int) -> float:
        """See Update."""
        x = (position - self.begin) / (self.end - self.begin)
        return self.to * fraction(self.schedule, x, self.to)


class EarlyBirdRule(Update):
    """A rule: prune to the sparsity `to` once, where masks have settled at one of the positions `every`, 2 `every`, ...

    At each of them it is worked out which masks pruning would give. They have settled where they differ from each of
    those of the `window` - 1 positions before in at most the fraction `tolerance` of all entries. At `end` they are
    taken however much they differ."""

    name: Literal["early_bird"] = "early_bird"
    to: Sparsity
    window: Window
    tolerance: Distance
    every: PositiveInt
    end: PositiveInt  # a multiple of `every`

    @property
    def positions(self) -> tuple[int, ...]:
        """See Update."""
        return tuple(range(self.every, self.end + 1, self.every))

    def sparsity_at(self, position: int) -> float:
        """See Update: before the end, the data decide."""
        return self.to if position == self.end else 0.0


class AdaptiveRule(Update):
    """A rule: in `applications` stretches from `begin` to `end`, set the smallest weights to zero at the end of each.

    As many as the schedule says; the last application lands on the sparsity `to` exactly. `held` says from when on
    they stay zero: from their own application, from the last one, or never. Weights that are not held move on at the
    next step, and all compete again at the next application. `unzeroed` weights are chosen alike and left alone."""

    name: Literal["adaptive"] = "adaptive"
    to: Sparsity
    schedule: Annotated[Cubic | Linear, Field(discriminator="name")]
    held: Literal["at_once", "at_last", "never", "unzeroed"]
    begin: NonNegativeInt
    end: PositiveInt  # so many steps after `begin` that no two applications fall on one
    applications: Applications

    @property
    def applied(self) -> tuple[int, ...]:
        """After how many steps of the training weights are set to zero, ascending."""
        length, count = self.end - self.begin, self.applications
        return tuple(self.begin + number * length // count for number in range(1, count + 1))

    @property
    def later(self) -> dict[int, int]:
        """Where it is looked at what has come back, and how many steps that is after the last application."""
        if self.held == "unzeroed":
            return {}
        return {
            one + steps: steps
            for one, next_one in pairwise((*self.applied, self.end + max(LATER)))
            for steps in LATER
            if one + steps <= next_one
        }

    @property
    def positions(self) -> tuple[int, ...]:
        """See Update."""
        return tuple(sorted({*self.applied, *self.later}))

    @property
    def looks(self) -> frozenset[int]:
        """See Update."""
        return frozenset(self.applied)

    def target_at(self, position: int) -> float:
        """The sparsity to set weights to zero to after `position` steps, one of `applied`."""
        number = self.applied.index(position) + 1
        return self.to * fraction(self.schedule, number / self.applications, self.to)

    def sparsity_at(self, position: int) -> float:
        """See Update."""
        done = [one for one in self.applied if one <= position]
        if self.held in ("never", "unzeroed") or not done or (self.held == "at_last" and done[-1] < self.end):
            return 0.0
        return self.target_at(done[-1])


Rule = Annotated[GradualRule | EarlyBirdRule | AdaptiveRule, Field(discriminator="name")]


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
