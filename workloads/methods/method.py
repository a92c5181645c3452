"""What a method is: a script of phases."""

from abc import ABC, abstractmethod
from typing import Literal

from workloads.family import Family, Member
from workloads.script.phases import Script


class Method(Member, ABC):
    """One pruning method: its fields alone say which phases a trial goes through."""

    @property
    def zeros(self) -> Literal["hard", "soft", "free"]:
        """Whether removed weights stay exactly zero: for good, until their masks let them back, or not at all."""
        return "hard"

    @abstractmethod
    def phases(self, steps: int, epoch: int) -> Script:
        """The script, for a training of `steps` optimizer steps of which an epoch has `epoch`.

        Raises ValueError where the fields ask for what such a training cannot give."""

    @abstractmethod
    def twin(self) -> "Method":
        """What it is held against: the same method at sparsity 0, or another that comes to the same network."""


METHODS: Family[Method] = Family()
