"""What the models allow at a place, found along the path of a value or of pydantic's error."""

import json
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from workloads.family import Family
from workloads.meanings import meanings
from workloads.settings import Settings

BOUNDS = {Ge: ("ge", "at least"), Gt: ("gt", "above"), Le: ("le", "at most"), Lt: ("lt", "below")}

LIST = "tuple["  # the beginning of pydantic's name for a list, in a path


@dataclass(frozen=True)
class Place:
    """One setting, or a key that is not a setting."""

    path: tuple[str | int, ...]  # without the tags of alternatives, which pydantic's paths have
    owner: type[Settings] | None  # the settings with the last part of the path as a key
    annotation: Any  # None: no value is allowed here
    metadata: tuple[Any, ...] = ()  # the bounds
    meaning: str | None = None  # see workloads.meanings


def place(model: type[Settings], loc: tuple[str | int, ...]) -> Place:
    """The place of `loc`, the path in a pydantic error, in settings of `model`."""
    place = Place((), None, model)
    for part in loc:
        place = _step(place, part)
    return place


def _step(parent: Place, part: str | int) -> Place:
    models = alternatives(parent.annotation)
    if len(models) > 1 and (selection := [model for model in models if tag(model) == part]):
        return Place(parent.path, parent.owner, selection[0])
    if isinstance(part, str) and (one_or_all := _one_or_all(parent.annotation)):
        return replace(parent, annotation=one_or_all[part.startswith(LIST)])
    path = (*parent.path, part)
    if len(models) == 1:
        fields = models[0].model_fields
        name = next((name for name, field in fields.items() if (field.alias or name) == part), None)
        if name is None:
            return Place(path, models[0], None)
        meaning = meanings(models[0]).get(name)
        return Place(path, models[0], allowed_in(fields[name]), tuple(fields[name].metadata), meaning)
    item = _item(parent.annotation, part)
    return Place(path, parent.owner, item, (), parent.meaning)


def _one_or_all(annotation: Any) -> tuple[Any, Any] | None:
    """The two forms of a setting that is a number or a list of numbers; None for other settings."""
    options = members(annotation)
    forms = [[option for option in options if (get_origin(option) is tuple) == is_list] for is_list in (False, True)]
    return (forms[0][0], forms[1][0]) if all(len(form) == 1 for form in forms) else None


def is_of_other_form(kind: str, loc: tuple[str | int, ...], value: Any) -> bool:
    """Whether pydantic's error only says that a value is no list, or is one, where a setting may be either.

    Pydantic tries both forms and complains of each, with the form at the end of the path."""
    form = str(loc[-1])
    return kind == "tuple_type" if form.startswith(LIST) else form == "constrained-int" and isinstance(value, list)


def _item(annotation: Any, index: str | int) -> Any:
    """The annotation of a tuple's element."""
    items = get_args(annotation) if get_origin(annotation) is tuple else ()
    if len(items) == 2 and items[1] is Ellipsis:
        return items[0]
    return items[index] if isinstance(index, int) and index < len(items) else None


def allowed_in(field: FieldInfo) -> Any:
    """The annotation of a field, with its Family, which pydantic moves to the metadata."""
    family = next((entry for entry in field.metadata if isinstance(entry, Family)), None)
    return field.annotation if family is None else Annotated[field.annotation, family]


def members(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of an annotation, without None and without metadata."""
    if get_origin(annotation) is Annotated:
        family = next((entry for entry in get_args(annotation) if isinstance(entry, Family)), None)
        if family is not None:
            return family.members
        return members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(member for option in get_args(annotation) for member in members(option))
    return () if annotation in (None, type(None)) else (annotation,)


def alternatives(annotation: Any) -> tuple[type[Settings], ...]:
    """The groups of settings that an annotation allows."""
    return tuple(option for option in members(annotation) if isinstance(option, type) and issubclass(option, Settings))


def tag(model: type[Settings]) -> str | None:
    """The `name` that selects these settings among their alternatives; None if they have no name."""
    return model.model_fields["name"].default if "name" in model.model_fields else None


def keys(model: type[Settings]) -> tuple[str, ...]:
    """The keys of these settings in a spec."""
    return tuple(field.alias or key for key, field in model.model_fields.items())


def bounds(place: Place) -> dict[str, float]:
    """The limits on a number, by `ge`, `gt`, `le` and `lt`."""
    metadata = [*place.metadata, *_metadata(place.annotation)]
    return {
        BOUNDS[type(limit)][0]: getattr(limit, BOUNDS[type(limit)][0]) for limit in metadata if type(limit) in BOUNDS
    }


def _metadata(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        inner, *entries = get_args(annotation)
        for entry in entries:
            yield from entry.metadata if isinstance(entry, FieldInfo) else (entry,)
        yield from _metadata(inner)
    elif get_origin(annotation) in (Union, types.UnionType):
        for option in get_args(annotation):
            yield from _metadata(option)


def dotted(annotation: Any, prefix: str = "") -> Iterator[str]:
    """The dotted keys of all settings that an annotation allows, at any depth; some repeat."""
    for model in alternatives(annotation):
        for key, field in model.model_fields.items():
            yield prefix + key
            yield from dotted(allowed_in(field), f"{prefix}{key}.")


def booleans_as_text(model: type[Settings], values: dict[str, Any]) -> dict[str, Any]:
    """`values` with booleans as text where a number is allowed: pydantic would take them as 1 and 0."""
    return _booleans_as_text(model, values) if _has_boolean(values) else values


def _has_boolean(value: Any) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, bool) or any(map(_has_boolean, items))


def _booleans_as_text(annotation: Any, value: Any) -> Any:
    if isinstance(value, bool):
        return json.dumps(value) if {int, float} & set(members(annotation)) else value
    if isinstance(value, list):
        annotation = next((option for option in members(annotation) if get_origin(option) is tuple), None)
        return [_booleans_as_text(_item(annotation, index), item) for index, item in enumerate(value)]
    models = alternatives(annotation) if isinstance(value, dict) else ()
    model = (
        models[0] if len(models) == 1 else next((model for model in models if tag(model) == value.get("name")), None)
    )
    if model is None:
        return value
    annotations = {field.alias or key: allowed_in(field) for key, field in model.model_fields.items()}
    return {key: _booleans_as_text(annotations.get(key), item) for key, item in value.items()}


def literals(annotation: Any) -> tuple[Any, ...]:
    """The values that an annotation lists."""
    return tuple(value for option in members(annotation) if get_origin(option) is Literal for value in get_args(option))


def suggestion(word: str, allowed: Sequence[str]) -> str:
    """A question that suggests the most similar allowed word; empty if none is similar."""
    matches = get_close_matches(word, allowed, n=1)
    return f". Did you mean {matches[0]}?" if matches else ""


def nearest(word: str, allowed: Sequence[str]) -> str:
    """The end of a sentence: the most similar allowed word, if any, and all allowed words."""
    question = suggestion(word, allowed)
    return (f"{question} Allowed are " if question else "; allowed are ") + ", ".join(allowed)
