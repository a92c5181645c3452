"""The axes of a sweep: lists of workloads and methods, the top-level `sparsity`, `grid` and `zip`."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from orchestrator.spec import fields
from orchestrator.spec.complaints import Complaint, excerpt
from orchestrator.spec.located import Located, Mark, nested
from workloads.trial import Trial

SETTINGS = ("workload", "method")
SHORTHAND = ("method", "sparsity")  # the setting that the top-level `sparsity` sets
LEVELS = ("method", "levels")  # the setting that it sets in a ladder, which takes all sparsities in one trial


@dataclass(frozen=True)
class AxisValue:
    """One value of one key."""

    path: tuple[str, ...]
    layer: Located  # the value under its path, as nested mappings
    shorthand: bool = False  # ignored by a method without this setting
    levels: Located | None = None  # in a shorthand's first value: all its values, for a ladder

    @property
    def depth(self) -> int:
        """The order of merging: a group of settings, and the name that selects it, come before the group's parts."""
        return len(self.path) - (self.path[-1] == "name")


Axis = tuple[tuple[AxisValue, ...], ...]  # rows; a row sets one key, or all keys of a zip


def axes(layers: tuple[Located, ...]) -> tuple[list[Axis], list[Complaint]]:
    """The axes of a spec and its variant, the slowest first, and complaints.

    Axes come even with complaints, so that mistakes in the trials' settings are reported too."""
    result: list[Axis] = []
    complaints: list[Complaint] = []
    for key in SETTINGS:
        if (entry := _last_entry(layers, key)) and isinstance(entry[0].value, tuple):
            node, mark = entry
            result.append(_column((key,), mark, entry[0].value))
            complaints += _empty_list(key, node)
    if entry := _last_entry(layers, "sparsity"):
        node, mark = entry
        values = node.value if isinstance(node.value, tuple) else (node,)
        result.append(_sparsities(mark, node, values))
        complaints += [*_empty_list("sparsity", node), *_repeated_sparsity(mark, _last_entry(layers, "method"))]
    for name in ("grid", "zip"):
        if (entry := _last_entry(layers, name)) is None:
            continue
        columns, mistakes = _columns(name, entry[0])
        complaints += mistakes
        lengths = {key: len(column) for key, column in columns.items()}
        if name == "grid":
            result += columns.values()
        elif columns:
            rows = zip(*columns.values(), strict=False)  # different lengths are a complaint below
            result.append(tuple(tuple(chain.from_iterable(row)) for row in rows))
        if name == "zip" and len(set(lengths.values())) > 1:
            text = ", ".join(f"{excerpt(key)} has {length}" for key, length in lengths.items())
            complaints.append(Complaint(entry[0].mark, f"the lists of zip must be equally long: {text}"))
    return result, complaints + list(_repeated_keys(result))


def _last_entry(layers: tuple[Located, ...], key: str) -> tuple[Located, Mark] | None:
    """The value of `key` in the last layer that has it, and the key's place; None if no layer has it."""
    for layer in reversed(layers):
        if (node := layer.get(key)) is not None:
            return node, layer.keys[key]
    return None


def _column(path: tuple[str, ...], mark: Mark, values: tuple[Located, ...]) -> Axis:
    return tuple((AxisValue(path, nested(path, value, mark)),) for value in values)


def _sparsities(mark: Mark, node: Located, values: tuple[Located, ...]) -> Axis:
    """One trial per sparsity. A ladder takes all of them as ascending levels, without 0: it starts dense."""
    rungs = tuple(value for value in values if value.value != 0 or value.value is False)
    numbers = {value.value: value for value in rungs if isinstance(value.value, int | float)}
    if all(isinstance(value.value, int | float) for value in rungs):
        rungs = tuple(numbers[number] for number in sorted(numbers))
    levels = nested(LEVELS, Located(rungs, node.mark), mark)
    return tuple(
        (AxisValue(SHORTHAND, nested(SHORTHAND, value, mark), True, None if index else levels),)
        for index, value in enumerate(values)
    )


def _columns(name: str, node: Located) -> tuple[dict[str, Axis], list[Complaint]]:
    """One axis for each dotted key of `grid` or `zip`."""
    if node.value is None:
        return {}, []
    if not isinstance(node.value, dict):
        example = f"{name}: {{method.sparsity: [0.5, 0.9]}}"
        return {}, [Complaint(node.mark, f"{name} {excerpt(node.plain)} is not a mapping of lists, e.g. {example}")]
    columns, complaints = {}, []
    for key, values in node.value.items():
        path, mark = tuple(key.split(".")), node.keys[key]
        if path[0] not in SETTINGS or "" in path:
            complaints.append(Complaint(mark, _not_a_setting(name, key)))
            continue
        if not isinstance(values.value, tuple):
            complaints.append(Complaint(values.mark, _not_a_list(name, key, values)))
        complaints += _empty_list(f"{name} {excerpt(key)}", values)
        if not isinstance(values.value, dict):
            columns[key] = _column(path, mark, values.value if isinstance(values.value, tuple) else (values,))
    return columns, complaints


def _not_a_setting(name: str, key: str) -> str:
    if key in ("seed", "seeds"):
        return f"{key} is not allowed in {name}; write it at the top level, e.g. seeds: 5"
    candidates = sorted({setting for setting in fields.dotted(Trial) if setting.endswith(f".{key}")})
    question = f". Did you mean {' or '.join(candidates)}?" if candidates else ""
    allowed = "keys begin with workload or method, e.g. method.sparsity"
    return f"{name} key {excerpt(key)} is not a setting of a trial; {allowed}{question}"


def _not_a_list(name: str, key: str, values: Located) -> str:
    if isinstance(values.value, dict):
        part = excerpt(f"{key}.{next(iter(values.value), 'name')}")
        return f"{name} {excerpt(key)} is a mapping, not a list of values; write its parts as keys: {part}: [...]"
    return f"{name} {excerpt(key)} {excerpt(values.plain)} is not a list of values; write [{excerpt(values.plain)}]"


def _empty_list(name: str, node: Located) -> list[Complaint]:
    return [Complaint(node.mark, f"{name} is an empty list; list at least one value")] if node.value == () else []


def _repeated_sparsity(mark: Mark, entry: tuple[Located, Mark] | None) -> Iterator[Complaint]:
    """Complaints about a sparsity of a method in addition to the top-level one at `mark`."""
    node = entry[0] if entry else Located(None, mark)
    for method in node.value if isinstance(node.value, tuple) else (node,):
        for key in ("sparsity", "levels"):
            if method.get(key) is not None:
                yield Complaint(method.keys[key], f"the method's sparsity is given twice; also at {mark}; remove one")


def _repeated_keys(axes: list[Axis]) -> Iterator[Complaint]:
    """Complaints about keys that two axes set."""
    first: dict[tuple[str, ...], Mark] = {}
    for axis in axes:
        for assignment in axis[0] if axis else ():
            mark = assignment.layer.mark
            if assignment.path in first:
                key = excerpt(".".join(assignment.path))
                yield Complaint(mark, f"{key} is listed twice; also at {first[assignment.path]}; remove one")
            first[assignment.path] = mark
