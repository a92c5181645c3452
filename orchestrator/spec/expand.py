"""Expands a spec's variants and axes into drafts: the settings of each trial with their places, not yet checked.

A draft is a stack of layers: the spec, a variant, one value of each axis, the overrides. `workloads.settings.merged`
merges them. A value comes from the last layer that mentions its path, and so does its place.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

from orchestrator.spec import fields
from orchestrator.spec.axes import SETTINGS, Axis, axes
from orchestrator.spec.complaints import Complaint, excerpt, unknown
from orchestrator.spec.located import KeyPath, Located, Mark, node_at
from workloads.catalog import METHODS, WORKLOADS
from workloads.settings import merged, tagged

VARIANT_KEYS = (*SETTINGS, "sparsity", "grid", "zip")


@dataclass(frozen=True)
class Draft:
    """The unchecked settings of one trial, without its seed."""

    layers: tuple[Located, ...]
    plain: dict[str, Any]  # the layers merged

    def mark(self, path: KeyPath, of_key: bool = False) -> Mark:
        """The place of the value at `path`, or of its key. If nothing is there, the place of the group around it."""
        for length in range(_present(self.plain, path), 0, -1):
            for layer in reversed(self.layers):
                if (entry := node_at(layer, path[:length])) is not None:
                    return entry[1] if of_key else entry[0].mark
        return self.layers[0].mark

    def over(self, layer: Located) -> "Draft":
        """The draft with `layer` on top."""
        return Draft((*self.layers, layer), merged(self.plain, layer.plain))


@dataclass(frozen=True)
class Variant:
    """One of the spec's `variants`, or the whole spec where it has none."""

    layers: tuple[Located, ...]
    axes: tuple[Axis, ...]

    def __len__(self) -> int:
        return math.prod(len(axis) for axis in self.axes)

    @property
    def sparsity(self) -> Mark | None:
        """The place of the top-level sparsity; None if there is none."""
        assignments = chain.from_iterable(rows[0] for rows in self.axes if rows)
        return next((assignment.layer.mark for assignment in assignments if assignment.shorthand), None)

    def drafts(self, overrides: Sequence[Located]) -> Iterator[Draft]:
        """Every combination of the axes' values, the last axis fastest, with `overrides` on top.

        A ladder takes all sparsities in one draft."""
        base = Draft((), {})
        for layer in self.layers:
            base = base.over(layer)
        for rows in product(*self.axes):
            draft, repeated = base, False
            for assignment in sorted(chain.from_iterable(rows), key=lambda assignment: assignment.depth):
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
    """The variants of a spec, and complaints. Variants come even with complaints."""
    node = root.get("variants")
    parts = node.value if node is not None and isinstance(node.value, tuple) else ()
    complaints = list(_unknown_keys(parts))
    if node is not None and not isinstance(node.value, tuple | None):
        text = f"variants {excerpt(node.plain)} is not a list, e.g. [{{method: dense}}]"
        complaints.append(Complaint(node.mark, text))
    result = []
    for layers in [(root, part) for part in parts if isinstance(part.value, dict)] if parts else [(root,)]:
        variant_axes, mistakes = axes(layers)
        complaints += mistakes
        result.append(Variant(tuple(layer.only(SETTINGS) for layer in layers), tuple(variant_axes)))
    return result, complaints


def takes_sparsity(draft: Draft) -> bool:
    """Whether the method has a `sparsity`. True for an unknown method, which is reported elsewhere."""
    method = METHODS.find(draft.plain.get("method"))
    return method is None or "sparsity" in method.model_fields


def takes_levels(draft: Draft) -> bool:
    """Whether the method is a ladder: one trial takes many sparsities."""
    method = METHODS.find(draft.plain.get("method"))
    return method is not None and "levels" in method.model_fields


def has_stand_in(draft: Draft) -> bool:
    """Whether the workload has stand-in data."""
    workload = WORKLOADS.find(draft.plain.get("workload"))
    return workload is not None and "stand_in" in fields.literals(workload.model_fields["data"].annotation)


def _unknown_keys(parts: tuple[Located, ...]) -> Iterator[Complaint]:
    for part in parts:
        if not isinstance(part.value, dict):
            yield Complaint(part.mark, f"variant {excerpt(part.plain)} is not a mapping, e.g. {{method: dense}}")
            continue
        for key, mark in part.keys.items():
            if key not in VARIANT_KEYS:
                yield Complaint(mark, unknown(key, VARIANT_KEYS, "a variant"))


def _present(plain: Any, path: KeyPath) -> int:
    """How many parts of `path` exist in `plain`."""
    for length, part in enumerate(path):
        plain = tagged(plain)
        if isinstance(plain, dict) and part in plain:
            plain = plain[part]
        elif isinstance(plain, list) and isinstance(part, int) and part < len(plain):
            plain = plain[part]
        else:
            return length
    return len(path)
