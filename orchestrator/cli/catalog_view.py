"""Methods and workloads as people and programs see them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from workloads.settings import Settings, flattened


def text(classes: Sequence[type[Settings]]) -> str:
    """Each one's name, what it is, and its settings with their defaults, as a spec would give them."""
    return "\n".join(line for settings in classes for line in _lines(settings))


def schemas(classes: Sequence[type[Settings]]) -> dict[str, Any]:
    """The JSON schema of each one's settings, by name."""
    return {settings.model_fields["name"].default: settings.model_json_schema() for settings in classes}


def _lines(settings: type[Settings]) -> Iterator[str]:
    yield f"{settings.model_fields['name'].default}: {(settings.__doc__ or '').strip().splitlines()[0]}"
    for name, field in settings.model_fields.items():
        if name == "name":
            continue
        for dotted, value in flattened({name: _default(field)}):
            yield f"    {dotted}: {value if isinstance(value, _Words) else json.dumps(value)}{_choices(field)}"
    yield ""


class _Words(str):
    """Said about a value, not the value itself."""


def _default(field: FieldInfo) -> Any:
    if field.is_required():
        return _Words(f"must be given; {field.description}" if field.description else "must be given")
    value = field.default
    return value.model_dump(mode="json", exclude_none=True) if isinstance(value, Settings) else value


def _choices(field: FieldInfo) -> str:
    options = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    return f"  ({' | '.join(options)})" if len(options) > 1 else ""
