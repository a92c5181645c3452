"""Pruning in rounds: how much goes in each."""

import math
from abc import ABC
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from workloads.methods.method import Method
from workloads.script.criteria import Criterion
from workloads.script.phases import Measure, Prune
from workloads.settings import Sparsity

Share = Annotated[float, Field(gt=0, lt=1, description="a fraction, neither nothing nor all")]
ROUNDS, RATE = 10, 0.2  # where nothing is said
MOST = 100  # rounds
EXACT = 12  # decimals of a sparsity that follows from a rate


class Ladder(Method, ABC):
    """A method that prunes again and again, and whose every rung is a run.

    How much goes is said by `levels`, or by two of `rounds`, `rate` and `sparsity`."""

    levels: Annotated[tuple[Share, ...], Field(min_length=1)] | None = None  # the sparsity of every rung
    rounds: PositiveInt | None = None
    rate: Share | None = None  # of the remaining weights, removed per round
    sparsity: Sparsity | None = None  # of the last rung, which lands on it exactly
    output_rate: Share | None = None  # of the output layer's remaining weights; with rounds and rate, layer by layer
    allocation: Literal["global", "uniform"] = "global"

    @model_validator(mode="after")
    def _one_way_down(self) -> Self:
        told = [name for name in ("rounds", "rate", "sparsity") if getattr(self, name) is not None]
        rounds, rate = self.rounds, self.rate
        if self.levels is not None and told:
            raise ValueError(f"levels say all about the rungs; leave out {' and '.join(told)}")
        if self.levels is not None and any(low >= high for low, high in pairwise(self.levels)):
            raise ValueError(f"levels {list(self.levels)} must rise from rung to rung; sort them")
        if len(told) == 1:
            raise ValueError(
                f"{told[0]} alone does not make a ladder; give two of rounds, rate and sparsity, or levels"
            )
        if rounds is not None and rate is not None and self.sparsity is not None:
            reached = round(1 - (1 - rate) ** rounds, 4)
            raise ValueError(
                f"rounds {rounds} at rate {rate} come to sparsity {reached:g} by themselves, "
                f"and sparsity {self.sparsity} is asked for; leave out one of rounds, rate and sparsity"
            )
        if self.output_rate is not None and ("sparsity" in told or self.levels or self.allocation == "global"):
            raise ValueError("output_rate goes with rounds and rate and with allocation: uniform; leave it out")
        count = len(self.levels or ()) or self._count
        if count > MOST:
            raise ValueError(f"this comes to {count:,} rounds, and a ladder has at most {MOST:,}; make them fewer")
        if self.rungs[-1] == 1:
            raise ValueError(f"rounds {self._count} at rate {self._rate:g} leave no weights; make either smaller")
        return self

    @property
    def rungs(self) -> tuple[float, ...]:
        """The sparsity that each rung asks for, the dense start left out; of rates, as if all layers had the same."""
        if self.levels is not None:
            return self.levels
        rate = self._rate
        asked = [round(1 - (1 - rate) ** number, EXACT) for number in range(1, self._count + 1)]
        return tuple(asked) if self.sparsity is None else (*asked[:-1], self.sparsity)

    def removals(self, criterion: Criterion) -> tuple[Prune, ...]:
        """What is pruned in each round."""
        last = len(self.rungs)
        return tuple(self._removal(criterion, asked, number == last) for number, asked in enumerate(self.rungs, 1))

    def _removal(self, criterion: Criterion, asked: float, last: bool) -> Prune:
        if self.levels is not None or self.sparsity is not None and last:
            return Prune(criterion=criterion, allocation=self.allocation, to=asked)
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
        left = math.log(1 - self._rate) or -math.ulp(1)  # of a rate too small to tell from none
        return max(1, math.ceil(round(math.log(1 - self.sparsity) / left, EXACT)))


def rung(number: int, sparsity: float) -> Measure:
    """The end of a ladder's rung, the dense start being number 0."""
    return Measure(label=f"r{number:02d}", sparsity=sparsity, round=number, arm="main")
