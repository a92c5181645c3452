"""Pruning in rounds: the number of weights that each round removes."""

import math
from abc import ABC
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from workloads.methods.method import Method
from workloads.script.criteria import Criterion
from workloads.script.phases import Measure
from workloads.script.removals import Prune
from workloads.settings import Sparsity

Share = Annotated[float, Field(gt=0, lt=1)]
ROUNDS, RATE = 10, 0.2  # the defaults
MOST = 100  # rounds
EXACT = 12  # decimals of a sparsity that follows from a rate


class Ladder(Method, ABC):
    """A method that prunes in rounds. The network after each round is a run of its own.

    Give `levels`, or two of `rounds`, `rate` and `sparsity`."""

    levels: Annotated[tuple[Share, ...], Field(min_length=1)] | None = None
    """The sparsity after each round, ascending; given instead of `rounds`, `rate` and `sparsity`."""
    rounds: PositiveInt | None = None
    """The number of pruning rounds. None means 10, or as many as `sparsity` needs."""
    rate: Share | None = None
    """The fraction of the remaining weights that each round removes. None means 0.2, as in Frankle & Carbin (2019), or
    what `rounds` and `sparsity` need."""
    sparsity: Sparsity | None = None
    """The fraction of weights removed after the last round. None means what `rounds` and `rate` give."""
    output_rate: Share | None = None
    """The fraction of the output layer's remaining weights that each round removes. None means `rate`. Needs
    allocation: uniform, and `rounds` and `rate`."""
    allocation: Literal["global", "uniform"] = "global"
    """How the remaining weights are shared out among the layers. Global ranks all layers together; uniform removes the
    same fraction of each."""

    @model_validator(mode="after")
    def _one_way_down(self) -> Self:
        given = [name for name in ("rounds", "rate", "sparsity") if getattr(self, name) is not None]
        rounds, rate = self.rounds, self.rate
        if self.levels is not None and given:
            raise ValueError(f"levels alone give the sparsity of every round; leave out {' and '.join(given)}")
        if self.levels is not None and any(low >= high for low, high in pairwise(self.levels)):
            raise ValueError(f"levels {list(self.levels)} must rise from round to round; sort them")
        if len(given) == 1:
            raise ValueError(
                f"{given[0]} alone does not fix the sparsity of each round; give two of rounds, rate and sparsity, "
                "or levels"
            )
        if rounds is not None and rate is not None and self.sparsity is not None:
            reached = round(1 - (1 - rate) ** rounds, 4)
            raise ValueError(
                f"rounds {rounds} at rate {rate} give sparsity {reached:g}, and sparsity is {self.sparsity}; "
                "leave out one of rounds, rate and sparsity"
            )
        if self.output_rate is not None and ("sparsity" in given or self.levels or self.allocation == "global"):
            raise ValueError("output_rate needs rounds and rate, and allocation: uniform; leave it out")
        count = len(self.levels or ()) or self._count
        if count > MOST:
            raise ValueError(f"this gives {count:,} rounds, and at most {MOST:,} are allowed; make them fewer")
        if self.rungs[-1] == 1:
            raise ValueError(f"rounds {self._count} at rate {self._rate:g} leave no weights; make one of them smaller")
        return self

    def within(self, budget: int, epoch: int) -> tuple[int, Self]:
        """See Method. Raises ValueError: each rung is a network with a path of its own."""
        raise ValueError(
            f"{self.name} trains once more for every rung, so its rungs cannot all take a budget of {budget:,} steps; "
            "leave out the budget, or give the method a sweep of its own and compare the two reports"
        )

    @property
    def rungs(self) -> tuple[float, ...]:
        """The sparsity after each round; from rates, as if `rate` held in all layers."""
        if self.levels is not None:
            return self.levels
        rate = self._rate
        levels = [round(1 - (1 - rate) ** number, EXACT) for number in range(1, self._count + 1)]
        return tuple(levels) if self.sparsity is None else (*levels[:-1], self.sparsity)

    def removals(self, criterion: Criterion) -> tuple[Prune, ...]:
        """The pruning of each round."""
        last = len(self.rungs)
        return tuple(self._removal(criterion, level, number == last) for number, level in enumerate(self.rungs, 1))

    def _removal(self, criterion: Criterion, level: float, last: bool) -> Prune:
        if self.levels is not None or self.sparsity is not None and last:
            return Prune(criterion=criterion, allocation=self.allocation, to=level)
        return Prune(criterion=criterion, allocation=self.allocation, rate=self._rate, output_rate=self._output_rate,
                     limit=self.sparsity)  # fmt: skip

    @property
    def _output_rate(self) -> float | None:
        return self.output_rate

    @property
    def _rate(self) -> float:
        if self.rate is not None:
            return self.rate
        if self.rounds is None or self.sparsity is None:
            return RATE
        return 1 - (1 - self.sparsity) ** (1 / self.rounds)

    @property
    def _count(self) -> int:
        if self.rounds is not None:
            return self.rounds
        if self.sparsity is None:
            return ROUNDS
        left = math.log(1 - self._rate) or -math.ulp(1)  # a rate below rounding error
        return max(1, math.ceil(round(math.log(1 - self.sparsity) / left, EXACT)))


def rung(number: int, sparsity: float) -> Measure:
    """The end of round `number`; the dense network is number 0."""
    return Measure(label=f"r{number:02d}", sparsity=sparsity, round=number, arm="main")
