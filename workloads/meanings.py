"""What settings mean: the strings that stand under the fields of a model."""

import ast
import inspect
import re
import textwrap
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

CLAUSE_END = re.compile(r"(?<=[.?])\s+(?=[A-Z])|[;:]\s(?![^{]*\})")


@cache
def meanings(model: type[BaseModel]) -> Mapping[str, str]:
    """The meaning of each field that has one, on one line; a subclass that writes none inherits it.

    The sources are read when somebody asks. Pydantic's `use_attribute_docstrings` reads them when the classes are made,
    which adds 70 ms to every command.
    """
    texts: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if issubclass(owner, BaseModel) and owner is not BaseModel:
            texts |= _written_in(owner)
    return MappingProxyType({name: texts[name] for name in model.model_fields if name in texts})


def first_clause(text: str) -> str:
    """The words before the first full stop, colon or semicolon.

    >>> first_clause("The step size, as Kingma & Ba (2015) advise; above 0. Too large a step diverges.")
    'The step size, as Kingma & Ba (2015) advise'
    """
    return CLAUSE_END.split(text, maxsplit=1)[0].rstrip(".")


def add_meanings(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Put the meanings into a model's JSON schema."""
    aliases = {field.alias or name: name for name, field in model.model_fields.items()}
    for key, entry in schema.get("properties", {}).items():
        meaning = meanings(model).get(aliases.get(key, key))
        if meaning is not None:
            entry["description"] = meaning


def _written_in(model: type[BaseModel]) -> dict[str, str]:
    """What a class itself writes; nothing where its source is not at hand."""
    try:
        source = inspect.getsource(model)
    except (OSError, TypeError):
        return {}
    definition = ast.parse(textwrap.dedent(source)).body[0]
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    texts = {}
    for field, below in zip(body, body[1:], strict=False):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                texts[name] = " ".join(text.split())
    return texts
