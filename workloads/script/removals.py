"""The phases that remove weights of a network. Plain settings: `pruning.changes` carries them out."""

from typing import Literal, Self

from pydantic import NonNegativeFloat, PositiveInt, model_validator

from workloads.script.amounts import DenseLayers, RowAllocation, UnitAllocation
from workloads.script.criteria import AnyCriterion, AnyUnitCriterion
from workloads.script.patterns import NOfM
from workloads.script.schedules import Exponential, fraction
from workloads.script.solvers import AnySolver
from workloads.settings import Settings, Sparsity


class Prune(Settings):
    """Keep the weights with the highest scores among those that remain.

    Keeps 1 - `to` of all weights, shared out by `allocation`, or what a `pattern` keeps; or removes `rate` of the
    remaining weights (`output_rate` in the output layer), `times` times, with one scoring. With `iterations`, `to` is
    reached in as many prunings, each with a scoring of what the last one left."""

    name: Literal["prune"] = "prune"
    criterion: AnyCriterion
    """The score that decides which weights remain."""
    to: Sparsity | None = None
    """The sparsity to reach, a fraction of all prunable weights; given instead of `rate`."""
    pattern: NOfM | None = None
    """Which weights stay together; given instead of `to` and `rate`."""
    rate: Sparsity | None = None
    """The fraction of the remaining weights to remove; given instead of `to`."""
    output_rate: Sparsity | None = None
    """The fraction of the output layer's remaining weights to remove. None, or an output that is not prunable, means
    `rate`."""
    times: PositiveInt = 1
    """The number of times that `rate` is applied, with one scoring."""
    limit: Sparsity | None = None
    """The sparsity that `rate` must not exceed. It stops rounding from removing a weight too many, so that a later
    round can reach this sparsity exactly."""
    allocation: RowAllocation
    """How the remaining weights are shared out among the layers, or among the rows of each."""
    dense_layers: DenseLayers = ()
    """The list of layers that keep all weights; the other layers give up more."""
    iterations: PositiveInt | None = None
    """The number of scorings on the way to `to`. A pruning after each leaves the same fraction of the remaining
    weights. None means one."""

    @model_validator(mode="after")
    def _iterations_have_an_end(self) -> Self:
        if self.iterations is not None and self.to is None:
            raise ValueError("iterations of a pruning share out the sparsity `to`; give it instead of rate")
        if (self.allocation == "per_row" or self.pattern) and (self.to if self.pattern else self.rate):
            raise ValueError("a pattern is given instead of sparsity and rate, and rows have a sparsity, no rate")
        if (self.allocation == "per_row" or self.pattern) and (self.iterations or self.dense_layers):
            raise ValueError("rows and patterns are pruned in one step, in all layers; leave iterations out")
        return self

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return bool(self.to or self.rate or self.output_rate or self.pattern)

    @property
    def levels(self) -> tuple[float, ...]:
        """The sparsity after each of n iterations: 1 - (1 - to)^(k / n) for k from 1, the last exactly `to`."""
        if not self.to:
            return ()
        count = self.iterations or 1
        return tuple(self.to * fraction(Exponential(), number / count, self.to) for number in range(1, count + 1))


class SolveLayers(Settings):
    """Block by block from the input, remove weights of trained layers, each chosen from the inputs that it receives.

    The inputs are those of a sample of training examples, in a network whose earlier blocks are pruned already. A block
    is one layer, or the four of a transformer block (Frantar & Alistarh 2023)."""

    name: Literal["solve_layers"] = "solve_layers"
    solver: AnySolver
    """How the weights that remain are chosen."""
    to: Sparsity | None = None
    """The sparsity to reach, a fraction of all prunable weights; given instead of `pattern`."""
    pattern: NOfM | None = None
    """Which weights stay together; given instead of `to`."""
    allocation: RowAllocation
    """How the remaining weights are shared out among the layers, or among the rows of each."""
    examples: PositiveInt
    """The number of training examples in the sample."""
    reconstruct: bool = False
    """Whether the remaining weights are then fitted by least squares to the outputs that the layer had with all."""

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return bool(self.to or self.pattern)


class Cut(Settings):
    """In each layer, remove the weights within `threshold` standard deviations of zero (Han et al. 2015)."""

    name: Literal["cut"] = "cut"
    threshold: NonNegativeFloat
    """The smallest magnitude that remains, in standard deviations of the layer's weights."""

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return self.threshold > 0


class RemoveUnits(Settings):
    """Mask whole hidden units: neurons, channels, attention heads. Those with the highest scores stay.

    The output layer and the residual stream of a GPT-2 keep all units, and each block at least one."""

    name: Literal["remove_units"] = "remove_units"
    criterion: AnyUnitCriterion
    """The score that decides which units remain."""
    ratio: Sparsity | None = None
    """The fraction of all units to remove; given instead of `to`."""
    to: Sparsity | None = None
    """The sparsity to reach, a fraction of all prunable weights, by removing a similar fraction of units in each block;
    given instead of `ratio`."""
    allocation: UnitAllocation = "uniform"
    """How the remaining units are shared out among the blocks."""

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        if (self.ratio is None) == (self.to is None):
            raise ValueError("removing units needs either a ratio of units or a sparsity `to`")
        if self.to is not None and self.allocation == "global":
            raise ValueError("a sparsity decides the number of units in each block, and allocation: global lets scores "
                             "decide; give a ratio of units, or allocation: uniform")  # fmt: skip
        return self

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return bool(self.ratio or self.to)
