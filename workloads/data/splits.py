"""A data set as tensors, in the parts that trials read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from workloads.data.tokens import Tokenizer

UNSCORED = -100  # a target that no loss counts; torch's own number for it


class Examples(ABC):
    """What training draws its batches from."""

    @property
    @abstractmethod
    def count(self) -> int:
        """How many examples there are to draw."""

    @property
    @abstractmethod
    def device(self) -> torch.device:
        """Where the tensors are."""

    @abstractmethod
    def batches(self, size: int) -> int:
        """Whole batches of `size` examples in an epoch."""

    @abstractmethod
    def take(self, chosen: Tensor) -> Split:
        """The examples of these numbers, from 0 to `count` - 1."""

    @abstractmethod
    def to(self, device: torch.device | str) -> Examples:
        """The same on another device."""


@dataclass(frozen=True)
class Split(Examples):
    """Examples and what is to be predicted of them."""

    inputs: Tensor  # images float32 (n, 1, side, side), standardised; tokens int64 (n, context)
    targets: Tensor  # int64: of images (n,), classes from 0; of tokens (n, context), the next ones or UNSCORED
    characters: int | None = None  # that the targets of a language model spell

    @property
    def count(self) -> int:
        """See Examples."""
        return len(self.targets)

    @property
    def device(self) -> torch.device:
        """See Examples."""
        return self.targets.device

    @property
    def scored(self) -> int:
        """How many predictions count."""
        return int((self.targets != UNSCORED).sum())

    def batches(self, size: int) -> int:
        """See Examples."""
        return self.count // size

    def take(self, chosen: Tensor) -> Split:
        """See Examples."""
        return Split(self.inputs.index_select(0, chosen), self.targets.index_select(0, chosen))

    def chunks(self, predictions: int) -> list[Split]:
        """All examples in their order, so many at once as make at most so many predictions, but at least one."""
        size = max(1, predictions // self.targets[0].numel())
        return [Split(*parts) for parts in zip(self.inputs.split(size), self.targets.split(size), strict=True)]

    def to(self, device: torch.device | str) -> Split:
        """See Examples."""
        return replace(self, inputs=self.inputs.to(device), targets=self.targets.to(device))


@dataclass(frozen=True)
class DataSet:
    """A whole data set."""

    train: Examples
    validation: Split | None  # None where none was asked for
    test: Split | None  # None where the workload's way to split has none
    digest: str  # SHA-256 of the data set's bytes, before they are split and turned into tensors
    tokenizer: Tokenizer | None = None  # of a text

    @property
    def device(self) -> torch.device:
        """Where the tensors are."""
        return self.train.device

    @property
    def measured(self) -> dict[str, Split]:
        """The parts that are measured and not trained on, by the names that metrics know them by."""
        return {name: split for name, split in (("val", self.validation), ("test", self.test)) if split is not None}

    def to(self, device: torch.device | str) -> DataSet:
        """The same on another device."""
        validation, test = (split and split.to(device) for split in (self.validation, self.test))
        return replace(self, train=self.train.to(device), validation=validation, test=test)
