"""The phases that methods consist of. Plain settings: `training.loop` and `pruning.changes` carry them out."""

from abc import ABC
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from workloads.bibliography import EVCI_2022
from workloads.references import Reference
from workloads.script.amounts import DenseLayers, RowAllocation, UnitAllocation
from workloads.script.criteria import AnyCriterion, AnyUnitCriterion, Criterion
from workloads.script.patterns import NOfM
from workloads.script.rules import AnyRule
from workloads.script.schedules import Exponential, fraction
from workloads.script.solvers import AnySolver, CriterionSolver
from workloads.settings import Settings, Sparsity

Control = Literal["reinit", "shuffled", "random", "one_shot", "lr_rewind"]
Arm = Literal["main"] | Control


class Train(Settings):
    """Take the optimizer steps at the positions from `start` to `stop`, `stop` excluded.

    The position decides the batch, and the learning rate unless `lr` sets it."""

    name: Literal["train"] = "train"
    start: NonNegativeInt
    """The first position, in optimizer steps from the beginning of a whole training."""
    stop: NonNegativeInt
    """The position after the last one, in optimizer steps."""
    lr: PositiveFloat | Literal["last"] | None = None
    """The constant learning rate; none follows the schedule, and last takes the schedule's value at its last step."""
    rule: AnyRule | None = None
    """What changes masks or weights during the training."""

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return self.stop > self.start


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


class Narrow(Settings):
    """Replace the network by a new, narrower one with as many prunable weights as the sparsity `to` would leave."""

    name: Literal["narrow"] = "narrow"
    to: Sparsity
    """The sparsity of the full network that gives the number of weights."""

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return self.to > 0


class Change(Settings, ABC):
    """A phase that changes the network, whatever its settings are."""

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return True


class Shuffle(Change):
    """Move the masks: every layer keeps as many weights as before, at random places.

    One draw gives a layer one random order of its weights, whatever the masks are. So nested masks stay nested."""

    name: Literal["shuffle"] = "shuffle"
    draw: PositiveInt
    """The number of the random draw, from 1."""


class Rescale(Change):
    """Divide the remaining weights of each layer by the square root of the layer's density.

    First weights have a variance of one over the number of inputs. After this phase a unit with fewer inputs receives
    a signal of the same variance as before (Evci et al. 2022, here one factor for each layer)."""

    references: ClassVar[tuple[Reference, ...]] = (EVCI_2022,)

    name: Literal["rescale"] = "rescale"


class Shrink(Change):
    """Take out all dead units, so that the network gets smaller and computes the same.

    A script cannot rewind to a point before it, because weights there have other shapes."""

    name: Literal["shrink"] = "shrink"


class Reinitialize(Change):
    """Draw new weights under the masks, and start at step 0 with an empty optimizer state."""

    name: Literal["reinitialize"] = "reinitialize"
    draw: PositiveInt
    """The number of the random draw, from 1; 0 is the draw of the trial's first weights."""


class Stay(Settings, ABC):
    """A phase that adds nothing to the path of the network."""

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return False


class Remember(Stay):
    """Name the present network, so that the script can go back to it. The same name again replaces the earlier one.

    A network is stored only if the script goes back to it."""

    name: Literal["remember"] = "remember"
    point: str
    """The name of the point."""


class Rewind(Change):
    """Reset weights and buffers to a remembered point, under the present masks, with an empty optimizer state.

    The count of steps goes back too."""

    name: Literal["rewind"] = "rewind"
    to: str
    """The name of a point that the script remembers."""


class Return(Stay):
    """Restore the network of a remembered point: weights, masks and optimizer. Its path is again the one of that point.

    A run that does not continue the previous run begins with this phase."""

    name: Literal["return"] = "return"
    to: str
    """The name of a point that the script remembers."""


class Measure(Stay):
    """End a run: all records since the last Measure belong to `label`.

    The other fields tell the runs of one trial apart and change nothing."""

    name: Literal["measure"] = "measure"
    label: str = "final"
    """The name of the run within its trial."""
    sparsity: Sparsity | None = None
    """The sparsity that the settings ask for; none if only the measurement tells it."""
    round: NonNegativeInt | None = None
    """The number of the pruning round, from 0; only in methods that prune in rounds."""
    arm: Arm | None = None
    """Main, or the name of the control; only in methods that prune in rounds, and with controls."""
    draw: PositiveInt | None = None
    """The number of the control's random draw, from 1."""


Phase = Annotated[
    Train
    | Prune
    | SolveLayers
    | Cut
    | RemoveUnits
    | Narrow
    | Shuffle
    | Rescale
    | Shrink
    | Reinitialize
    | Remember
    | Rewind
    | Return
    | Measure,
    Field(discriminator="name"),
]
Script = tuple[Phase, ...]


def criteria(phases: Script) -> tuple[Criterion, ...]:
    """The criteria of all phases, those of rules first."""
    rules = [phase.rule for phase in phases if isinstance(phase, Train) and phase.rule is not None]
    in_rules = [criterion for rule in rules for criterion in rule.criteria]
    solvers = [phase.solver for phase in phases if isinstance(phase, SolveLayers)]
    in_solvers = [solver.criterion for solver in solvers if isinstance(solver, CriterionSolver)]
    return (*in_rules, *(phase.criterion for phase in phases if isinstance(phase, Prune)), *in_solvers)
