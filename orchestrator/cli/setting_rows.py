"""The settings of a method or workload as rows: key, allowed values, default, meaning, sources."""

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from orchestrator.spec import fields
from orchestrator.spec.complaints import interval
from orchestrator.spec.fields import Place
from workloads.meanings import meanings
from workloads.references import Reference
from workloads.settings import Settings, citations

WORDS = {bool: "true | false", int: "integer", float: "number", str: "text", Path: "file"}
SIGNS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}


@dataclass(frozen=True)
class SettingRow:
    """One setting."""

    key: str  # dotted, as in a spec
    allowed: str
    required: bool
    default: Any  # in JSON; None if required
    meaning: str
    sources: tuple[tuple[str, Reference], ...]  # the value that comes from a work, or "", and the work


@dataclass(frozen=True)
class SettingGroup:
    """Settings that belong together: those of a method or workload, or of one alternative for a key."""

    key: str | None  # the dotted key that the alternative is a value of; None for the method or workload
    name: str
    summary: str
    rows: tuple[SettingRow, ...]
    references: tuple[Reference, ...]


def groups(model: type[Settings]) -> Iterator[SettingGroup]:
    """The settings of a method or workload, then those of every alternative."""
    yield _group(model, None, None, "")
    yield from _alternatives(model, None, "")


def summary(model: type[Settings]) -> str:
    """What a method or workload is, in a few words."""
    return (model.__doc__ or "").strip().splitlines()[0].rstrip(".")


def _group(model: type[Settings], defaults: Settings | None, key: str | None, prefix: str) -> SettingGroup:
    name = fields.tag(model) or model.__name__
    return SettingGroup(key, name, summary(model), tuple(_rows(model, defaults, prefix)), model.references)


def _rows(model: type[Settings], defaults: Settings | None, prefix: str) -> Iterator[SettingRow]:
    """One row for each setting; a group without alternatives becomes rows with dotted keys."""
    for name, field in model.model_fields.items():
        default, models = _default(name, field, defaults), fields.alternatives(fields.allowed_in(field))
        if name == "name":  # selects the model itself
            continue
        if len(models) == 1 and fields.tag(models[0]) is None:
            yield from _rows(models[0], default, f"{prefix}{name}.")
            continue
        yield SettingRow(
            key=prefix + name, allowed=_allowed(field, models), required=field.is_required() and defaults is None,
            default=fields.tag(type(default)) if isinstance(default, Settings) else default,
            meaning=meanings(model).get(name, ""), sources=tuple(_sources(field)),
        )  # fmt: skip


def _sources(field: FieldInfo) -> Iterator[tuple[str, Reference]]:
    for mark in citations(field):
        for work in mark.works:
            yield "" if mark.value is None else str(mark.value), work


def _alternatives(model: type[Settings], defaults: Settings | None, prefix: str) -> Iterator[SettingGroup]:
    for name, field in model.model_fields.items():
        default, models = _default(name, field, defaults), fields.alternatives(fields.allowed_in(field))
        for option in models:
            chosen = default if type(default) is option else None
            if len(models) > 1:
                yield _group(option, chosen, prefix + name, f"{prefix}{name}.")
            yield from _alternatives(option, chosen, f"{prefix}{name}.")


def _default(name: str, field: FieldInfo, defaults: Settings | None) -> Any:
    if defaults is not None:
        return getattr(defaults, name)
    return None if field.is_required() else field.default


def _allowed(field: FieldInfo, models: Sequence[type[Settings]]) -> str:
    """The values that a setting may have; None is left to the meaning.

    >>> from workloads.script.fine_tune import FineTune
    >>> _allowed(FineTune.model_fields["lr"], ())
    'rewind | last | number > 0'
    """
    if models:
        return " | ".join(fields.tag(model) or "mapping" for model in models)
    return _form(field.annotation, field.metadata)


def _form(annotation: Any, metadata: Sequence[Any]) -> str:
    if get_origin(annotation) in (Union, types.UnionType):
        return " | ".join(_form(option, metadata) for option in get_args(annotation) if option is not types.NoneType)
    (kind,) = fields.members(annotation)
    if get_origin(kind) is Literal:
        return " | ".join(map(str, get_args(kind)))
    if get_origin(kind) is tuple:
        items = get_args(kind)
        count = "" if items[-1] is Ellipsis else f"{len(items)} "
        return f"list of {count}({_form(items[0], ())})"
    limits = fields.bounds(Place((), None, annotation, tuple(metadata)))
    bound = interval(limits) if len(limits) > 1 else "".join(f"{SIGNS[key]} {value:g}" for key, value in limits.items())
    return f"{WORDS[kind]} {bound}".strip()
