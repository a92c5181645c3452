"""What a method is: a script of phases."""

from abc import ABC, abstractmethod
from typing import Literal, Self

from workloads.family import Family, Member
from workloads.script.phases import Script


class Method(Member, ABC):
    """One pruning method. Its settings decide the phases of a trial."""

    @property
    def zeros(self) -> Literal["hard", "soft", "free"]:
        """Whether removed weights stay exactly zero: for good, until the masks restore them, or not at all."""
        return "hard"

    @abstractmethod
    def phases(self, steps: int, epoch: int) -> Script:
        """The script for a training of `steps` optimizer steps, with `epoch` steps in each epoch.

        Raises ValueError where the settings do not fit such a training."""

    def within(self, budget: int, epoch: int) -> tuple[int, Self]:
        """The steps of a training, and the method itself with lengths such that its whole path takes `budget` steps.

        A method trains once unless it says otherwise: for the whole budget. Raises ValueError where no lengths do."""
        del epoch  # lengths in epochs are those of methods that train more than once
        return budget, self

    @abstractmethod
    def twin(self) -> "Method":
        """What its networks are compared with: the same method at sparsity 0, or one that gives the same network."""


METHODS: Family[Method] = Family()
