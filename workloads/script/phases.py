"""The phases that methods consist of. Plain settings: `training.loop` and `pruning.changes` carry them out."""

from abc import ABC
from typing import Annotated, ClassVar, Literal

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from workloads.bibliography import EVCI_2022
from workloads.references import Reference
from workloads.script.criteria import Criterion
from workloads.script.removals import Cut, Prune, RemoveUnits, SolveLayers
from workloads.script.rules import AnyRule
from workloads.script.solvers import CriterionSolver
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
