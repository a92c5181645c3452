"""A data set as tensors: its training, validation and test splits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from workloads.data.tokens import Tokenizer

UNSCORED = -100  # a target that losses ignore; torch's default `ignore_index`


class Examples(ABC):
    """Examples that training draws batches from."""

    @property
    @abstractmethod
    def count(self) -> int:
        """Number of examples."""

    @property
    @abstractmethod
    def device(self) -> torch.device:
        """The device of the tensors."""

    @abstractmethod
    def batches(self, size: int) -> int:
        """Number of whole batches of `size` examples in an epoch."""

    @abstractmethod
    def take(self, indices: Tensor) -> Split:
        """The examples at these indices, int64 from 0 to `count` - 1."""

    @abstractmethod
    def to(self, device: torch.device | str) -> Examples:
        """A copy on another device."""


@dataclass(frozen=True)
class Split(Examples):
    """Inputs and targets."""

    inputs: Tensor  # images float32 (n, 1, side, side), standardised; tokens int64 (n, context)
    targets: Tensor  # int64: classes from 0 of images (n,); next tokens or UNSCORED of a text (n, context)
    characters: int | None = None  # of a text: the number of characters that the targets spell

    @property
    def count(self) -> int:
        """See Examples."""
        return len(self.targets)

    @property
    def device(self) -> torch.device:
        """See Examples."""
        return self.targets.device

    @property
    def predictions(self) -> int:
        """Number of predictions that losses count: targets that are not UNSCORED."""
        return int((self.targets != UNSCORED).sum())

    def batches(self, size: int) -> int:
        """See Examples."""
        return self.count // size

    def take(self, indices: Tensor) -> Split:
        """See Examples."""
        return Split(self.inputs.index_select(0, indices), self.targets.index_select(0, indices))

    def chunks(self, predictions: int) -> list[Split]:
        """All examples in order, in chunks of at most `predictions` predictions each, and at least one example."""
        size = max(1, predictions // self.targets[0].numel())
        return [Split(*parts) for parts in zip(self.inputs.split(size), self.targets.split(size), strict=True)]

    def to(self, device: torch.device | str) -> Split:
        """See Examples."""
        return replace(self, inputs=self.inputs.to(device), targets=self.targets.to(device))


@dataclass(frozen=True)
class DataSet:
    """A data set with all its splits."""

    train: Examples
    validation: Split | None  # None if its size is 0
    test: Split | None  # None if the workload defines no test split
    digest: str  # SHA-256 of the data set's bytes, before splitting and conversion
    tokenizer: Tokenizer | None = None  # of a text
    start: Mapping[str, Tensor] | None = None  # weights that networks begin with, on the CPU; None: they draw them

    @property
    def device(self) -> torch.device:
        """The device of the tensors."""
        return self.train.device

    @property
    def held_out(self) -> dict[str, Split]:
        """The splits that are measured and not trained on, by their names in metrics: `val`, then `test`."""
        return {name: split for name, split in (("val", self.validation), ("test", self.test)) if split is not None}

    def to(self, device: torch.device | str) -> DataSet:
        """A copy on another device."""
        validation, test = (split and split.to(device) for split in (self.validation, self.test))
        return replace(self, train=self.train.to(device), validation=validation, test=test)
