"""The inputs on which an exported network is compared with the original."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import torch
from torch import Tensor

from workloads.data.declared import DeclaredImages, DeclaredText, DeclaredVocabulary
from workloads.data.sources import EMBEDDED, Sources, cached_files
from workloads.data.splits import DataSet, Split
from workloads.randomness import generator
from workloads.tasks.workload import Workload

PREDICTIONS = 256  # at most; one example at least


@dataclass(frozen=True)
class Probe:
    """A few inputs with a note on where they come from."""

    examples: Split
    source: str


def probe(workload: Workload, sources: Sources) -> Probe:
    """The first examples that the workload tests on, if its data set is embedded or in the cache; else random ones.

    Nothing is downloaded."""
    if all(_is_here(declared.identity, cached_files(declared), sources) for declared in workload.needs):
        return of_data(workload.load(sources))
    return Probe(random_examples(workload), "random inputs, since the data set is not in the cache")


def of_data(data: DataSet) -> Probe:
    """The first examples of the test split; of the validation or training split where there is no test."""
    name, split = next(reversed(data.held_out.items()), ("train", data.train))
    if not isinstance(split, Split):
        split = split.take(torch.arange(1))
    examples = split.chunks(PREDICTIONS)[0]
    return Probe(examples, f"the first {examples.count} examples of the {name} split")


def random_examples(workload: Workload) -> Split:
    """Tokens of equal chance for a language model, else normal numbers of mean 0 and deviation 1; targets are 0."""
    random, first = generator(0, "inputs"), workload.layers[0]
    declared = (workload.declared(workload.data), *workload.needs)[-1]
    if isinstance(declared, DeclaredText | DeclaredVocabulary):
        shape = (max(1, PREDICTIONS // first.positions), first.positions)  # a layer's positions are the context
        tokens = torch.randint(declared.vocabulary, shape, generator=random)
        return Split(tokens, torch.zeros_like(tokens))
    features: tuple[int, ...] = (first.shape[first.input_axis],)
    if isinstance(declared, DeclaredImages):
        channels = first.shape[1] if len(first.shape) == 4 else 1
        side = isqrt(declared.features // channels)
        features = (channels, side, side) if channels * side * side == declared.features else (declared.features,)
    inputs = torch.randn((PREDICTIONS, *features), generator=random)
    return Split(inputs, torch.zeros(PREDICTIONS, dtype=torch.int64))


def largest_difference(one: Tensor, other: Tensor) -> float:
    """The largest absolute difference of outputs; 0 where both are the same infinity or both no number.

    >>> largest_difference(torch.tensor([1.0, torch.nan]), torch.tensor([1.5, torch.nan]))
    0.5
    """
    same = (one == other) | (one.isnan() & other.isnan())
    return float((one - other).abs().masked_fill(same, 0).max())


def _is_here(identity: str, files: tuple[str, ...], sources: Sources) -> bool:
    return identity in EMBEDDED or all((sources.cache / name).is_file() for name in files)
