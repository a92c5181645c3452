"""A spec's variants and axes to drafts: the settings of each trial, not yet checked, with their places.

A draft is made of layers, later ones over earlier ones: the spec, a variant, one value of each axis, the overrides.
They merge by the one rule of `workloads.settings.merged`. A value of the result comes from the last layer that
mentions its path, which is how its place is found.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

from orchestrator.spec import fields
from orchestrator.spec.axes import SETTINGS, Axis, axes
from orchestrator.spec.complaints import Complaint, shown, unknown
from orchestrator.spec.located import KeyPath, Located, Mark, found
from workloads.catalog import METHODS, WORKLOADS
from workloads.settings import merged, tagged

EXPANDED = (*SETTINGS, "sparsity", "grid", "zip")  # what a variant may say


@dataclass(frozen=True)
class Draft:
    """The settings of one trial, but for its seed, before they are checked."""

    layers: tuple[Located, ...]
    plain: dict[str, Any]  # the layers merged

    def mark(self, path: KeyPath, of_key: bool = False) -> Mark:
        """The place of the value at `path`, or of its key; where nothing is written there, of what holds it."""
        for length in range(_present(self.plain, path), 0, -1):
            for layer in reversed(self.layers):
                if (here := found(layer, path[:length])) is not None:
                    return here[1] if of_key else here[0].mark
        return self.layers[0].mark

    def over(self, layer: Located) -> "Draft":
        """The draft with `layer` laid on it."""
        return Draft((*self.layers, layer), merged(self.plain, layer.plain))


@dataclass(frozen=True)
class Variant:
    """One sub-sweep."""

    layers: tuple[Located, ...]
    axes: tuple[Axis, ...]

    def __len__(self) -> int:
        return math.prod(len(axis) for axis in self.axes)

    @property
    def sparsity(self) -> Mark | None:
        """Where the sparsity stands that holds for all methods, if there is one."""
        each = chain.from_iterable(rows[0] for rows in self.axes if rows)
        return next((assignment.layer.mark for assignment in each if assignment.shorthand), None)

    def drafts(self, overrides: Sequence[Located]) -> Iterator[Draft]:
        """Every combination, the last axis fastest, with `overrides` laid on it; a ladder takes all sparsities once."""
        base = Draft((), {})
        for layer in self.layers:
            base = base.over(layer)
        for rows in product(*self.axes):
            draft, repeated = base, False
            for assignment in sorted(chain.from_iterable(rows), key=lambda each: each.depth):
                if not assignment.shorthand:
                    draft = draft.over(assignment.layer)
                elif takes_levels(draft):
                    repeated = assignment.levels is None
                    draft = draft.over(assignment.levels or assignment.layer)
                elif takes_sparsity(draft):
                    draft = draft.over(assignment.layer)
            for layer in overrides:
                draft = draft.over(layer)
            if not repeated:
                yield draft


def variants(root: Located) -> tuple[list[Variant], list[Complaint]]:
    """The sub-sweeps of a spec, a mapping; with complaints, what can be expanded all the same."""
    listed = root.get("variants")
    parts = listed.value if listed is not None and isinstance(listed.value, tuple) else ()
    complaints = list(_strangers(parts))
    if listed is not None and not isinstance(listed.value, tuple | None):
        text = f"variants {shown(listed.plain)} is not a list, e.g. [{{method: dense}}]"
        complaints.append(Complaint(listed.mark, text))
    result = []
    for layers in [(root, part) for part in parts if isinstance(part.value, dict)] if parts else [(root,)]:
        varied, wrong = axes(layers)
        complaints += wrong
        result.append(Variant(tuple(layer.only(SETTINGS) for layer in layers), tuple(varied)))
    return result, complaints


def takes_sparsity(draft: Draft) -> bool:
    """Whether the method has a `sparsity`; a method that nobody knows is not judged here."""
    method = METHODS.find(draft.plain.get("method"))
    return method is None or "sparsity" in method.model_fields


def takes_levels(draft: Draft) -> bool:
    """Whether the method goes through many sparsities in one trial."""
    method = METHODS.find(draft.plain.get("method"))
    return method is not None and "levels" in method.model_fields


def has_stand_in(draft: Draft) -> bool:
    """Whether the workload can do with stand-in data."""
    workload = WORKLOADS.find(draft.plain.get("workload"))
    return workload is not None and "stand_in" in fields.literals(workload.model_fields["data"].annotation)


def _strangers(parts: tuple[Located, ...]) -> Iterator[Complaint]:
    for part in parts:
        if not isinstance(part.value, dict):
            yield Complaint(part.mark, f"variant {shown(part.plain)} is not a mapping, e.g. {{method: dense}}")
            continue
        for key, mark in part.keys.items():
            if key not in EXPANDED:
                yield Complaint(mark, unknown(key, EXPANDED, "a variant"))


def _present(plain: Any, path: KeyPath) -> int:
    """How many parts of `path` there are."""
    for length, part in enumerate(path):
        plain = tagged(plain)
        if isinstance(plain, dict) and part in plain:
            plain = plain[part]
        elif isinstance(plain, list) and isinstance(part, int) and part < len(plain):
            plain = plain[part]
        else:
            return length
    return len(path)
