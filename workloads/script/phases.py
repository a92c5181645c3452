"""The words that methods are written in: phases. Plain settings; what they do is told elsewhere."""

from abc import ABC
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from workloads.script.amounts import Allocation, DenseLayers
from workloads.script.criteria import AnyCriterion, Criterion
from workloads.script.rules import AnyRule
from workloads.settings import Settings, Sparsity

Control = Literal["reinit", "shuffled", "random", "one_shot", "lr_rewind"]
Arm = Literal["main"] | Control


class Train(Settings):
    """Take the optimizer steps of the positions `start` to `stop` (excluded) of the training.

    Batches are a function of the position, and so is the learning rate unless `lr` sets it."""

    name: Literal["train"] = "train"
    start: NonNegativeInt
    stop: NonNegativeInt
    lr: PositiveFloat | Literal["last"] | None = None  # None: the schedule's; last: the schedule's at its last step
    rule: AnyRule | None = None  # changes the masks on the way

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return self.stop > self.start


class Prune(Settings):
    """Keep the best-scored of the weights that are left: so many as `allocation` says at the sparsity `to`, or all but
    the share `rate` of them, of those of the last layer all but `output_rate`, that taken `times` in a row."""

    name: Literal["prune"] = "prune"
    criterion: AnyCriterion
    to: Sparsity | None = None  # either this or `rate`
    rate: Sparsity | None = None
    output_rate: Sparsity | None = None  # None, or where the output is not prunable: the same as of the other layers
    times: PositiveInt = 1  # of `rate`: as many weights go as so many rounds would take, all at once
    limit: Sparsity | None = None  # of `rate`: no more go, however rounding falls, so that a later round lands on it
    allocation: Allocation
    dense_layers: DenseLayers = ()

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return bool(self.to or self.rate or self.output_rate)


class Cut(Settings):
    """Remove the weights within `threshold` standard deviations of zero, layer by layer (Han et al. 2015)."""

    name: Literal["cut"] = "cut"
    threshold: NonNegativeFloat

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return self.threshold > 0


class Narrow(Settings):
    """Put a new, narrower network in place, with as many prunable weights as the sparsity `to` would leave."""

    name: Literal["narrow"] = "narrow"
    to: Sparsity

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return self.to > 0


class Change(Settings, ABC):
    """A phase that changes the network, whatever its settings."""

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return True


class Shuffle(Change):
    """Deal the masks anew: every layer keeps as many weights as before, at places drawn at random.

    A draw puts a layer's weights in one random order, whatever the masks: masks that nest do so afterwards."""

    name: Literal["shuffle"] = "shuffle"
    draw: PositiveInt


class Rescale(Change):
    """Multiply the kept weights of each layer by the square root of one over the share of them that is kept.

    Units that have lost inputs then receive as much as units with all of them: first weights are drawn with a variance
    of one over the number of inputs (Evci et al. 2022, layer by layer)."""

    name: Literal["rescale"] = "rescale"


class Reinitialize(Change):
    """Draw new weights under the masks, and begin at step 0 with an empty optimizer."""

    name: Literal["reinitialize"] = "reinitialize"
    draw: PositiveInt  # 0 would be the trial's own first weights


class Stay(Settings, ABC):
    """A phase that changes the network in no way that its path must tell."""

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return False


class Remember(Stay):
    """Give the network of now a name, for when the script goes back to it; a name given again stands for the later.

    What is never gone back to is not kept."""

    name: Literal["remember"] = "remember"
    point: str


class Rewind(Change):
    """Put weights and buffers back to what they were at a point, under the masks of now, with an empty optimizer.

    Steps are counted from there."""

    name: Literal["rewind"] = "rewind"
    to: str  # a point that the script has remembered


class Return(Stay):
    """Go back to the network as it was at a point, masks, optimizer and all: what came since is off its path.

    A run that does not go on from the one before begins with it."""

    name: Literal["return"] = "return"
    to: str  # a point that the script has remembered


class Measure(Stay):
    """Close a run: everything recorded since the last Measure belongs to `label`.

    What stands beside the label tells runs of one trial apart and changes nothing."""

    name: Literal["measure"] = "measure"
    label: str = "final"
    sparsity: Sparsity | None = None  # that was asked for; None: only measuring tells
    round: NonNegativeInt | None = None  # of a ladder, from 0
    arm: Arm | None = None  # of a ladder
    draw: PositiveInt | None = None  # of a control


Phase = Annotated[
    Train | Prune | Cut | Narrow | Shuffle | Rescale | Reinitialize | Remember | Rewind | Return | Measure,
    Field(discriminator="name"),
]
Script = tuple[Phase, ...]


def criteria(phases: Script) -> tuple[Criterion, ...]:
    """By what phases, or rules in them, tell weights apart."""
    rules = [phase.rule for phase in phases if isinstance(phase, Train) and phase.rule is not None]
    pruned = [phase.criterion for phase in phases if isinstance(phase, Prune)]
    return (*(one for rule in rules for one in rule.criteria), *pruned)
