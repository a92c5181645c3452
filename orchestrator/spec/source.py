"""Parses YAML text into a tree in which every value and key has its place.

The tree is built from PyYAML's events. So its depth and size are limited while it grows, and it holds only text,
numbers, lists and mappings. Aliases are allowed; tags and merge keys (`<<`) are refused.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import yaml

from orchestrator.spec.complaints import excerpt
from orchestrator.spec.located import Located, Mark, parent
from orchestrator.spec.scalars import scalar
from workloads.errors import SpecError

DEEPEST = 64  # levels
MOST = 100_000  # nodes, with aliases expanded
LARGEST = 1_000_000  # bytes

Content = yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent


class Position(Protocol):
    """A position of PyYAML, which counts from 0."""

    line: int
    column: int


Place = Callable[[Position | None], Mark]  # None: PyYAML gives no position


def load(path: Path) -> tuple[bytes, Located]:
    """A file's content and its tree. Raises SpecError if the file is missing or is not one YAML document."""
    if not path.exists():
        raise SpecError(f"{path}: there is no such file")
    if not path.is_file():
        raise SpecError(f"{path}: this is {'a folder' if path.is_dir() else 'not a file'}; a sweep is one YAML file")
    try:
        if path.stat().st_size > LARGEST:
            raise SpecError(f"{path}: the file has {path.stat().st_size:,} bytes; a sweep has at most {LARGEST:,}")
        content = path.read_bytes()
    except OSError as error:
        raise SpecError(f"{path}: the file cannot be read: {error.strerror}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig")
        raise SpecError(
            f"{_after(before, str(path))}: byte 0x{content[error.start]:02x} is not UTF-8; save the sweep as UTF-8 text"
        ) from None
    return content, parse(text, str(path), _in_file(path))


def parse(text: str, source: str, place: Place) -> Located:
    """The only document in `text`; null if `text` is empty. Raises SpecError at the first mistake."""
    try:
        return _Composer(yaml.SafeLoader(text), place).document(Mark(source))
    except yaml.reader.ReaderError as error:
        raise SpecError(
            f"{_after(text[: error.position], source)}: character U+{error.character:04X} is not text; "
            "a sweep is a text file"
        ) from None
    except yaml.MarkedYAMLError as error:
        raise SpecError(f"{place(error.problem_mark)}: {_syntax(error)}") from None


def _in_file(path: Path) -> Place:
    return lambda spot: Mark(str(path), spot.line + 1, spot.column + 1) if spot else Mark(str(path))


def _after(text: str, source: str) -> Mark:
    """The place right after `text`."""
    return Mark(source, text.count("\n") + 1, len(text) - text.rfind("\n"))


def _syntax(error: yaml.MarkedYAMLError) -> str:
    if "'\\t'" in str(error.problem):
        return "there is a tab here; indent YAML with spaces"
    start = error.context_mark
    return f"this is not YAML: {error.problem}" + (f" {error.context} of line {start.line + 1}" if start else "")


class _Composer:
    """Builds the tree of one document from its events."""

    def __init__(self, parser: yaml.SafeLoader, place: Place) -> None:
        self.parser = parser
        self.place = place
        self.anchors: dict[str, Located | None] = {}  # None: not complete yet
        self.nodes = 0

    def document(self, whole: Mark) -> Located:
        """The tree of the only document."""
        self.parser.get_event()  # the stream's start
        if self.parser.check_event(yaml.StreamEndEvent):
            return Located(None, whole)
        self.parser.get_event()  # the document's start
        root = self._node(0)
        self.parser.get_event()  # the document's end
        if not self.parser.check_event(yaml.StreamEndEvent):
            text = "a second document begins here; a sweep is one document, so remove the `---`"
            raise self._error(self.parser.get_event(), text)
        return root

    def _next(self) -> Content | yaml.AliasEvent:
        """The first event of a key or a value."""
        return self.parser.get_event()

    def _node(self, depth: int) -> Located:
        event = self._next()
        if isinstance(event, yaml.AliasEvent):
            node = self._alias(event)
            self._check_size(event, node.size, depth + node.height)
            return node
        if event.tag is not None:
            allowed = "a sweep holds text, numbers, lists and mappings"
            raise self._error(event, f"tag {excerpt(event.tag)} is not allowed; {allowed}")
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self._check_size(event, 1, depth)
        node = self._value(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _value(self, event: Content, depth: int) -> Located:
        mark = self.place(event.start_mark)
        if isinstance(event, yaml.SequenceStartEvent):
            items = tuple(self._items(yaml.SequenceEndEvent, depth))
            return parent(items, mark, {})
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(mark, depth)
        if not event.implicit[0]:  # quoted
            return Located(event.value, mark)
        try:
            return Located(scalar(event.value), mark)
        except ValueError as error:
            raise self._error(event, str(error)) from None

    def _items(self, end: type[yaml.Event], depth: int) -> Iterator[Located]:
        while not self.parser.check_event(end):
            yield self._node(depth + 1)
        self.parser.get_event()

    def _mapping(self, mark: Mark, depth: int) -> Located:
        values: dict[str, Located] = {}
        keys: dict[str, Mark] = {}
        while not self.parser.check_event(yaml.MappingEndEvent):
            event = self._next()
            key = self._key(event)
            if key in keys:
                raise self._error(event, f"key {excerpt(key)} is given twice; also at {keys[key]}; remove one")
            keys[key] = self.place(event.start_mark)
            values[key] = self._node(depth + 1)
        self.parser.get_event()
        return parent(values, mark, keys)

    def _key(self, event: Content | yaml.AliasEvent) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.tag is not None:
            raise self._error(event, "a key must be plain text")
        if event.value == "<<" and event.implicit[0]:
            raise self._error(event, "merge keys (<<) are not part of YAML 1.2; write the keys out, or use variants")
        return event.value

    def _alias(self, event: yaml.AliasEvent) -> Located:
        if event.anchor not in self.anchors:
            raise self._error(event, f"alias *{event.anchor} has no anchor &{event.anchor} before it")
        node = self.anchors[event.anchor]
        if node is None:
            raise self._error(event, f"alias *{event.anchor} is inside its own anchor, so it would never end")
        return node

    def _check_size(self, event: yaml.Event, size: int, depth: int) -> None:
        self.nodes += size
        if self.nodes > MOST:
            raise self._error(
                event, f"there are more than {MOST:,} values with aliases expanded; a sweep needs far fewer"
            )
        if depth > DEEPEST:
            raise self._error(event, f"this is more than {DEEPEST} levels deep; a sweep needs far fewer")

    def _error(self, event: yaml.Event, text: str) -> SpecError:
        return SpecError(f"{self.place(event.start_mark)}: {text}")
