"""What varies in a sweep: listed workloads and methods, the sweep's own `sparsity`, `grid` and `zip`, as axes."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from orchestrator.spec import fields
from orchestrator.spec.complaints import Complaint, shown
from orchestrator.spec.located import Located, Mark, nested
from workloads.trial import Trial

SETTINGS = ("workload", "method")
SHORTHAND = ("method", "sparsity")  # what a sweep's own `sparsity` stands for
LEVELS = ("method", "levels")  # what it stands for where one trial takes all of them


@dataclass(frozen=True)
class AxisValue:
    """One value of one key."""

    path: tuple[str, ...]
    layer: Located  # the value under its path, written out as mappings
    shorthand: bool = False  # passes by a method that has no such setting
    levels: Located | None = None  # of a shorthand's first value: all values, for a method that takes them at once

    @property
    def depth(self) -> int:
        """A whole group of settings goes before its parts, and so does the name that chooses the group."""
        return len(self.path) - (self.path[-1] == "name")


Axis = tuple[tuple[AxisValue, ...], ...]  # rows; each sets one key, or all those of a zip


def axes(layers: tuple[Located, ...]) -> tuple[list[Axis], list[Complaint]]:
    """The axes of a spec and its variant in the order in which they vary, the slowest first.

    With complaints, what can be expanded all the same, so that the trials' own mistakes come out too."""
    result: list[Axis] = []
    complaints: list[Complaint] = []
    for key in SETTINGS:
        if (last := _last(layers, key)) and isinstance(last[0].value, tuple):
            node, mark = last
            result.append(_column((key,), mark, last[0].value))
            complaints += _empty(key, node)
    if last := _last(layers, "sparsity"):
        node, mark = last
        values = node.value if isinstance(node.value, tuple) else (node,)
        result.append(_sparsities(mark, node, values))
        complaints += [*_empty("sparsity", node), *_given_twice(mark, _last(layers, "method"))]
    for name in ("grid", "zip"):
        if (last := _last(layers, name)) is None:
            continue
        columns, wrong = _columns(name, last[0])
        complaints += wrong
        lengths = {key: len(column) for key, column in columns.items()}
        if name == "grid":
            result += columns.values()
        elif columns:
            rows = zip(*columns.values(), strict=False)  # where they differ in length, that is a complaint below
            result.append(tuple(tuple(chain.from_iterable(row)) for row in rows))
        if name == "zip" and len(set(lengths.values())) > 1:
            listed = ", ".join(f"{shown(key)} has {length}" for key, length in lengths.items())
            complaints.append(Complaint(last[0].mark, f"the lists of zip must be equally long: {listed}"))
    return result, complaints + list(_listed_twice(result))


def _last(layers: tuple[Located, ...], key: str) -> tuple[Located, Mark] | None:
    """What the last layer that has `key` says, and where; None where none has it."""
    for layer in reversed(layers):
        if (node := layer.get(key)) is not None:
            return node, layer.keys[key]
    return None


def _column(path: tuple[str, ...], mark: Mark, values: tuple[Located, ...]) -> Axis:
    return tuple((AxisValue(path, nested(path, value, mark)),) for value in values)


def _sparsities(mark: Mark, node: Located, values: tuple[Located, ...]) -> Axis:
    """Each sparsity a trial; but one ladder goes through them all, from its dense network at 0 down."""
    rungs = tuple(value for value in values if value.value != 0 or value.value is False)
    numbers = {value.value: value for value in rungs if isinstance(value.value, int | float)}
    if all(isinstance(value.value, int | float) for value in rungs):
        rungs = tuple(numbers[number] for number in sorted(numbers))
    levels = nested(LEVELS, Located(rungs, node.mark), mark)
    return tuple(
        (AxisValue(SHORTHAND, nested(SHORTHAND, value, mark), True, None if number else levels),)
        for number, value in enumerate(values)
    )


def _columns(name: str, node: Located) -> tuple[dict[str, Axis], list[Complaint]]:
    """One axis for each dotted key of `grid` or `zip`."""
    if node.value is None:
        return {}, []
    if not isinstance(node.value, dict):
        example = f"{name}: {{method.sparsity: [0.5, 0.9]}}"
        return {}, [Complaint(node.mark, f"{name} {shown(node.plain)} is not a mapping of lists, e.g. {example}")]
    columns, complaints = {}, []
    for key, values in node.value.items():
        path, mark = tuple(key.split(".")), node.keys[key]
        if path[0] not in SETTINGS or "" in path:
            complaints.append(Complaint(mark, _no_setting(name, key)))
            continue
        if not isinstance(values.value, tuple):
            complaints.append(Complaint(values.mark, _no_list(name, key, values)))
        complaints += _empty(f"{name} {shown(key)}", values)
        if not isinstance(values.value, dict):
            columns[key] = _column(path, mark, values.value if isinstance(values.value, tuple) else (values,))
    return columns, complaints


def _no_setting(name: str, key: str) -> str:
    if key in ("seed", "seeds"):
        return f"{key} is not for {name}; seeds have a key of their own, e.g. seeds: 5"
    ends = sorted({known for known in fields.dotted(Trial) if known.endswith(f".{key}")})
    meant = f". Did you mean {' or '.join(ends)}?" if ends else ""
    allowed = "keys begin with workload or method, e.g. method.sparsity"
    return f"{name} key {shown(key)} is no setting of a trial; {allowed}{meant}"


def _no_list(name: str, key: str, values: Located) -> str:
    if isinstance(values.value, dict):
        part = shown(f"{key}.{next(iter(values.value), 'name')}")
        return f"{name} {shown(key)} is a mapping, not a list of values; a part of it has a dotted key: {part}: [...]"
    return f"{name} {shown(key)} {shown(values.plain)} is not a list of values; write [{shown(values.plain)}]"


def _empty(name: str, node: Located) -> list[Complaint]:
    return [Complaint(node.mark, f"{name} is an empty list, so there would be no trial")] if node.value == () else []


def _given_twice(mark: Mark, last: tuple[Located, Mark] | None) -> Iterator[Complaint]:
    """A sparsity of the sweep and one of a method itself."""
    method = last[0] if last else Located(None, mark)
    for each in method.value if isinstance(method.value, tuple) else (method,):
        for key in ("sparsity", "levels"):
            if each.get(key) is not None:
                yield Complaint(each.keys[key], f"the method's sparsity is given twice; also at {mark}")


def _listed_twice(axes: list[Axis]) -> Iterator[Complaint]:
    """A key that two axes set."""
    first: dict[tuple[str, ...], Mark] = {}
    for axis in axes:
        for assignment in axis[0] if axis else ():
            mark = assignment.layer.mark
            if assignment.path in first:
                key = shown(".".join(assignment.path))
                yield Complaint(mark, f"{key} is listed twice; also at {first[assignment.path]}")
            first[assignment.path] = mark
