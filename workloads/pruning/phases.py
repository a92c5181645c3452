"""The words that methods are written in: phases and criteria. Plain settings; what they do is told elsewhere."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt

from workloads.settings import Settings, Sparsity

Allocation = Literal["uniform", "erk"]
DenseLayers = tuple[Literal["first", "last"], ...]


class Random(Settings):
    """Every weight gets a random score that does not depend on the sparsity: the masks of one seed nest."""

    name: Literal["random"] = "random"


Criterion = Random


class Train(Settings):
    """Take the optimizer steps of the positions `start` to `stop` (excluded) of the training."""

    name: Literal["train"] = "train"
    start: NonNegativeInt
    stop: NonNegativeInt

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return self.stop > self.start


class Prune(Settings):
    """Keep the best-scored weights, so many per layer as `allocation` says at the sparsity `to`."""

    name: Literal["prune"] = "prune"
    criterion: Criterion
    to: Sparsity
    allocation: Allocation
    dense_layers: DenseLayers = ()

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return self.to > 0


class Narrow(Settings):
    """Put a new, narrower network in place, with as many prunable weights as the sparsity `to` would leave."""

    name: Literal["narrow"] = "narrow"
    to: Sparsity

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return self.to > 0


class Measure(Settings):
    """Close a run: everything recorded since the last Measure belongs to `label`."""

    name: Literal["measure"] = "measure"
    label: str

    @property
    def changes(self) -> bool:
        """Whether it changes the network."""
        return False


Phase = Annotated[Train | Prune | Narrow | Measure, Field(discriminator="name")]


def changing(phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    """The phases that change the network, adjacent trainings joined: two scripts that agree here train alike.

    >>> changing((Train(start=0, stop=5), Train(start=5, stop=9), Measure(label="final")))
    (Train(name='train', start=0, stop=9),)
    """
    result: list[Phase] = []
    for phase in phases:
        if not phase.changes:
            continue
        last = result[-1] if result else None
        if phase.name == "train" and last is not None and last.name == "train" and last.stop == phase.start:
            result[-1] = last.model_copy(update={"stop": phase.stop})
        else:
            result.append(phase)
    return tuple(result)
