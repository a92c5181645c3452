"""What the models allow at a place, found along the path of a value or of pydantic's error."""

import json
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from workloads.family import Family
from workloads.meanings import meanings
from workloads.settings import Settings

BOUNDS = {Ge: ("ge", "at least"), Gt: ("gt", "above"), Le: ("le", "at most"), Lt: ("lt", "below")}


@dataclass(frozen=True)
class Place:
    """One setting, or one key that is none."""

    path: tuple[str | int, ...]  # without the names of the alternatives that pydantic puts between
    owner: type[Settings] | None  # whose key the last part is
    annotation: Any  # what may stand here; None where nothing may
    metadata: tuple[Any, ...] = ()  # the bounds
    meaning: str | None = None  # see workloads.meanings


def place(model: type[Settings], loc: tuple[str | int, ...]) -> Place:
    """The place that pydantic means by `loc`, in settings of `model`."""
    here = Place((), None, model)
    for part in loc:
        here = _step(here, part)
    return here


def _step(here: Place, part: str | int) -> Place:
    models = alternatives(here.annotation)
    if len(models) > 1 and (chosen := [model for model in models if tag(model) == part]):
        return Place(here.path, here.owner, chosen[0])
    path = (*here.path, part)
    if len(models) == 1:
        fields = models[0].model_fields
        name = next((name for name, field in fields.items() if (field.alias or name) == part), None)
        if name is None:
            return Place(path, models[0], None)
        meaning = meanings(models[0]).get(name)
        return Place(path, models[0], allowed_in(fields[name]), tuple(fields[name].metadata), meaning)
    item = _item(here.annotation, part)
    return Place(path, here.owner, item, (), here.meaning)


def _item(annotation: Any, index: str | int) -> Any:
    """The annotation of a tuple's element."""
    items = get_args(annotation) if get_origin(annotation) is tuple else ()
    if len(items) == 2 and items[1] is Ellipsis:
        return items[0]
    return items[index] if isinstance(index, int) and index < len(items) else None


def allowed_in(field: FieldInfo) -> Any:
    """What may stand in a field; pydantic puts a family apart from what it annotates."""
    family = next((one for one in field.metadata if isinstance(one, Family)), None)
    return field.annotation if family is None else Annotated[field.annotation, family]


def members(annotation: Any) -> tuple[Any, ...]:
    """The annotation's alternatives, without None and without what merely annotates."""
    if get_origin(annotation) is Annotated:
        family = next((one for one in get_args(annotation) if isinstance(one, Family)), None)
        if family is not None:
            return family.members
        return members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(member for option in get_args(annotation) for member in members(option))
    return () if annotation in (None, type(None)) else (annotation,)


def alternatives(annotation: Any) -> tuple[type[Settings], ...]:
    """The settings that may stand here."""
    return tuple(option for option in members(annotation) if isinstance(option, type) and issubclass(option, Settings))


def tag(model: type[Settings]) -> str | None:
    """The name by which these settings are told from their alternatives."""
    return model.model_fields["name"].default if "name" in model.model_fields else None


def keys(model: type[Settings]) -> tuple[str, ...]:
    """What may be written in these settings."""
    return tuple(field.alias or key for key, field in model.model_fields.items())


def bounds(place: Place) -> dict[str, float]:
    """The limits on a number: of `ge`, `gt`, `le` and `lt` those that hold here."""
    found = [*place.metadata, *_metadata(place.annotation)]
    return {BOUNDS[type(limit)][0]: getattr(limit, BOUNDS[type(limit)][0]) for limit in found if type(limit) in BOUNDS}


def _metadata(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        inner, *own = get_args(annotation)
        for entry in own:
            yield from entry.metadata if isinstance(entry, FieldInfo) else (entry,)
        yield from _metadata(inner)
    elif get_origin(annotation) in (Union, types.UnionType):
        for option in get_args(annotation):
            yield from _metadata(option)


def dotted(annotation: Any, prefix: str = "") -> Iterator[str]:
    """The dotted keys of all settings that may stand here, at any depth; some come more than once."""
    for model in alternatives(annotation):
        for key, field in model.model_fields.items():
            yield prefix + key
            yield from dotted(allowed_in(field), f"{prefix}{key}.")


def spelled(model: type[Settings], given: dict[str, Any]) -> dict[str, Any]:
    """`given` with `true` and `false` as words where a number may stand: pydantic would take them for 1 and 0."""
    return _spelled(model, given) if _has_truths(given) else given


def _has_truths(given: Any) -> bool:
    inner = given.values() if isinstance(given, dict) else given if isinstance(given, list) else ()
    return isinstance(given, bool) or any(map(_has_truths, inner))


def _spelled(annotation: Any, given: Any) -> Any:
    if isinstance(given, bool):
        return json.dumps(given) if {int, float} & set(members(annotation)) else given
    if isinstance(given, list):
        listed = next((option for option in members(annotation) if get_origin(option) is tuple), None)
        return [_spelled(_item(listed, index), one) for index, one in enumerate(given)]
    models = alternatives(annotation) if isinstance(given, dict) else ()
    model = models[0] if len(models) == 1 else next((one for one in models if tag(one) == given.get("name")), None)
    if model is None:
        return given
    known = {field.alias or key: allowed_in(field) for key, field in model.model_fields.items()}
    return {key: _spelled(known.get(key), value) for key, value in given.items()}


def literals(annotation: Any) -> tuple[Any, ...]:
    """The values that may stand here, where they are listed one by one."""
    return tuple(value for option in members(annotation) if get_origin(option) is Literal for value in get_args(option))


def meant(word: str, allowed: Sequence[str]) -> str:
    """A question for the likeliest of the allowed, where one is near."""
    near = get_close_matches(word, allowed, n=1)
    return f". Did you mean {near[0]}?" if near else ""


def nearest(word: str, allowed: Sequence[str]) -> str:
    """What was probably meant and all that is allowed, as the end of a sentence."""
    question = meant(word, allowed)
    return (f"{question} Allowed are " if question else "; allowed are ") + ", ".join(allowed)
