"""YAML text to a tree whose every value and key knows where it stands.

Made from PyYAML's events, so that depth and number of nodes are bounded before anything is built, and nothing but
text, numbers, lists and mappings can come out. Aliases are understood; tags and merge keys (`<<`) are refused.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from orchestrator.spec.complaints import shown
from orchestrator.spec.located import Located, Mark, parent
from orchestrator.spec.scalars import scalar
from workloads.errors import SpecError

DEEPEST = 64  # levels
MOST = 100_000  # nodes, every alias written out
LARGEST = 1_000_000  # bytes


def load(path: Path) -> tuple[bytes, Located]:
    """A file's content and its tree. Raises SpecError where there is no file or it is not one YAML document."""
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
            f"{_after(before, str(path))}: byte 0x{content[error.start]:02x} is not UTF-8; a sweep is a text file"
        ) from None
    return content, parse(text, str(path), lambda mark: Mark(str(path), mark.line + 1, mark.column + 1))


def parse(text: str, source: str, place: Callable[[yaml.Mark], Mark]) -> Located:
    """The one document in `text`; an empty text is null. Raises SpecError at the first thing that is not understood."""
    try:
        return _Composer(yaml.parse(text, Loader=yaml.SafeLoader), place).document(Mark(source))
    except yaml.reader.ReaderError as error:
        raise SpecError(
            f"{_after(text[: error.position], source)}: character U+{error.character:04X} is not text; "
            "a sweep is a text file"
        ) from None
    except yaml.MarkedYAMLError as error:
        raise SpecError(f"{place(error.problem_mark)}: {_syntax(error)}") from None


def _after(text: str, source: str) -> Mark:
    """The place right after `text`."""
    return Mark(source, text.count("\n") + 1, len(text) - text.rfind("\n"))


def _syntax(error: yaml.MarkedYAMLError) -> str:
    if "'\\t'" in error.problem:
        return "a tab stands here; YAML is indented with spaces"
    start = error.context_mark
    return f"this is not YAML: {error.problem}" + (f" {error.context} of line {start.line + 1}" if start else "")


class _Composer:
    """Builds the tree of one document from its events."""

    def __init__(self, events: Iterator[yaml.Event], place: Callable[[yaml.Mark], Mark]) -> None:
        self.events = events
        self.place = place
        self.anchors: dict[str, Located | None] = {}  # None: not complete yet
        self.nodes = 0

    def document(self, whole: Mark) -> Located:
        """The only document there is."""
        next(self.events)  # the stream's start
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return Located(None, whole)
        root = self._node(next(self.events), 0)
        next(self.events)  # the document's end
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._refused(after, "a second document begins; a sweep is one document, so take out the `---`")
        return root

    def _node(self, event: yaml.Event, depth: int) -> Located:
        if isinstance(event, yaml.AliasEvent):
            node = self._alias(event)
            self._bounded(event, node.size, depth + node.height)
            return node
        if event.tag is not None:
            held = "a sweep holds text, numbers, lists and mappings"
            raise self._refused(event, f"tag {shown(event.tag)} is not allowed; {held}")
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self._bounded(event, 1, depth)
        node = self._value(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _value(self, event: yaml.Event, depth: int) -> Located:
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
            raise self._refused(event, str(error)) from None

    def _items(self, end: type[yaml.Event], depth: int) -> Iterator[Located]:
        while not isinstance(event := next(self.events), end):
            yield self._node(event, depth + 1)

    def _mapping(self, mark: Mark, depth: int) -> Located:
        values: dict[str, Located] = {}
        keys: dict[str, Mark] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event)
            if key in keys:
                raise self._refused(event, f"key {shown(key)} is here twice; it stands already at {keys[key]}")
            keys[key] = self.place(event.start_mark)
            values[key] = self._node(next(self.events), depth + 1)
        return parent(values, mark, keys)

    def _key(self, event: yaml.Event) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.tag is not None:
            raise self._refused(event, "a key must be plain text")
        if event.value == "<<" and event.implicit[0]:
            raise self._refused(event, "merge keys (<<) are not part of YAML 1.2; write the keys out, or use variants")
        return event.value

    def _alias(self, event: yaml.AliasEvent) -> Located:
        if event.anchor not in self.anchors:
            raise self._refused(event, f"alias *{event.anchor} has no anchor &{event.anchor} before it")
        anchored = self.anchors[event.anchor]
        if anchored is None:
            raise self._refused(event, f"alias *{event.anchor} stands inside its own anchor, so it would never end")
        return anchored

    def _bounded(self, event: yaml.Event, size: int, depth: int) -> None:
        self.nodes += size
        if self.nodes > MOST:
            raise self._refused(event, f"more than {MOST:,} values, aliases written out; a sweep needs far fewer")
        if depth > DEEPEST:
            raise self._refused(event, f"more than {DEEPEST} levels deep; a sweep needs far fewer")

    def _refused(self, event: yaml.Event, why: str) -> SpecError:
        return SpecError(f"{self.place(event.start_mark)}: {why}")
