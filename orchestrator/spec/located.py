"""Trees of values in which every value and key has its place in the text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from orchestrator.spec.scalars import Scalar

KeyPath = Sequence[str | int]  # keys and indices, from the root down


@dataclass(frozen=True)
class Mark:
    """A place in a file or on the command line."""

    source: str  # a file, or an option of the command line
    line: int | None = None  # from 1
    column: int | None = None  # from 1

    def __str__(self) -> str:
        return self.source if self.line is None else f"{self.source}:{self.line}:{self.column}"

    @property
    def order(self) -> tuple[bool, int, int]:
        """Sort key: by line and column, the command line last."""
        return (self.line is None, self.line or 0, self.column or 0)


@dataclass(frozen=True)
class Located:
    """A value and its place."""

    value: "Scalar | tuple[Located, ...] | Mapping[str, Located]"
    mark: Mark
    keys: Mapping[str, Mark] = field(default_factory=dict)  # the places of a mapping's keys
    size: int = 1  # nodes, itself included
    height: int = 0  # levels below

    @cached_property
    def plain(self) -> Any:
        """The value without its places: scalars, lists and dicts."""
        if isinstance(self.value, Mapping):
            return {key: node.plain for key, node in self.value.items()}
        return [node.plain for node in self.value] if isinstance(self.value, tuple) else self.value

    def get(self, key: str) -> "Located | None":
        """The node under `key`; None if this is not a mapping with that key."""
        return self.value.get(key) if isinstance(self.value, Mapping) else None

    def only(self, keys: Sequence[str]) -> "Located":
        """This mapping without keys other than `keys`."""
        nodes = self.value if isinstance(self.value, Mapping) else {}
        selection = {key: node for key, node in nodes.items() if key in keys}
        return Located(selection, self.mark, {key: self.keys[key] for key in selection})


def parent(children: Mapping[str, Located] | tuple[Located, ...], mark: Mark, keys: Mapping[str, Mark]) -> Located:
    """A node with these children; `keys` is empty for a list."""
    below = tuple(children.values()) if isinstance(children, Mapping) else children
    size, height = 1 + sum(node.size for node in below), 1 + max((node.height for node in below), default=0)
    return Located(children, mark, keys, size, height)


def nested(path: Sequence[str], value: Located, mark: Mark) -> Located:
    """`value` under a dotted key, as nested mappings; the place of each key is `mark`."""
    for key in reversed(path):
        value = Located({key: value}, mark, {key: mark})
    return value


def with_value(node: Located, path: Sequence[str], value: Located, mark: Mark) -> Located:
    """`node` with `value` at `path`; the place of the keys on `path` is `mark`."""
    if not path:
        return value
    if not isinstance(node.value, Mapping):
        return nested(path, value, mark)
    key, *rest = path
    below = with_value(node.value[key], rest, value, mark) if key in node.value else nested(rest, value, mark)
    return Located({**node.value, key: below}, node.mark, {**node.keys, key: mark})


def node_at(node: Located, path: KeyPath) -> tuple[Located, Mark] | None:
    """The node at `path` and the place of its key; None if there is none. A bare name counts as `{name: ...}`."""
    key_mark = node.mark
    for part in path:
        if part == "name" and isinstance(node.value, str):
            key_mark = node.mark
        elif isinstance(node.value, Mapping) and isinstance(part, str) and part in node.value:
            node, key_mark = node.value[part], node.keys[part]
        elif isinstance(node.value, tuple) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            key_mark = node.mark
        else:
            return None
    return node, key_mark
