"""What a method is: a script of phases."""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from workloads.pruning.phases import Script
from workloads.settings import Settings


class Method(Settings, ABC):
    """One pruning method: its fields alone say which phases a trial goes through."""

    zeros: ClassVar[Literal["hard", "soft", "free"]] = "hard"  # whether removed weights stay exactly zero

    name: str

    @abstractmethod
    def phases(self, steps: int, epoch: int) -> Script:
        """The script, for a training of `steps` optimizer steps of which an epoch has `epoch`.

        Raises ValueError where the fields ask for what such a training cannot give."""

    @abstractmethod
    def twin(self) -> "Method":
        """What it is held against: the same method at sparsity 0, or another that comes to the same network."""
