"""Settings: closed, frozen pydantic models, and how settings are merged and hashed."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from workloads.meanings import add_meanings
from workloads.references import Cites, Reference


class Settings(BaseModel):
    """A group of settings. Unknown keys are refused, values are immutable, numbers are finite.


    The string under a field says what the setting means: a noun phrase that ends with the unit, then the default's
    reason and the source. The first clause also ends the error about a wrong value ("it is the fraction of ...").
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, json_schema_extra=add_meanings)

    references: ClassVar[tuple[Reference, ...]] = ()  # the works that these settings come from


Sparsity = Annotated[float, Field(ge=0, lt=1)]


def tagged(value: Any) -> Any:
    """Expand a bare name to settings with defaults: `cosine` becomes `{name: cosine}`; keep other values."""
    return {"name": value} if isinstance(value, str) else value


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and without spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any, length: int) -> str:
    """The first `length` hex digits of the SHA-256 of canonical JSON."""
    return _digest(canonical_json(value), length)


def digest_of_parts(parts: Mapping[str, str], length: int) -> str:
    """The digest of a mapping with plain words as keys, whose values are canonical JSON already.

    >>> digest_of_parts({"seed": "0", "method": '{"name":"dense"}'}, 12) == digest(
    ...     {"seed": 0, "method": {"name": "dense"}}, 12
    ... )
    True
    """
    return _digest("{" + ",".join(f'"{key}":{part}' for key, part in sorted(parts.items())) + "}", length)


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def flattened(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Pairs of dotted name and value.

    >>> list(flattened({"seed": 0, "method": {"name": "dense"}}))
    [('seed', 0), ('method.name', 'dense')]
    """
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def cited(settings: Settings) -> tuple[Reference, ...]:
    """The works that these settings come from, each once: those of the group, then setting by setting."""
    works = list(settings.references)
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        works += chain.from_iterable(mark.works for mark in citations(field) if mark.holds(value))
        works += cited(value) if isinstance(value, Settings) else ()
    return tuple(dict.fromkeys(works))


def citations(field: FieldInfo) -> tuple[Cites, ...]:
    """The marks of a setting: which of its values come from which works."""
    return tuple(mark for mark in field.metadata if isinstance(mark, Cites))


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the values of `over`, merged key by key. Settings with another `name` replace the old ones.

    >>> merged({"optimizer": {"name": "adam", "lr": 0.001}}, {"optimizer": {"lr": 0.1}})
    {'optimizer': {'name': 'adam', 'lr': 0.1}}
    >>> merged({"optimizer": {"name": "adam", "lr": 0.001}}, {"optimizer": "sgd"})
    {'optimizer': {'name': 'sgd'}}
    """
    result = dict(base)
    for key, value in over.items():
        old, new = result.get(key), value
        if isinstance(old, Mapping) != isinstance(new, Mapping):
            old, new = tagged(old), tagged(new)
        if isinstance(old, Mapping) and isinstance(new, Mapping) and _same_name(old, new):
            result[key] = merged(old, new)
        else:
            result[key] = new
    return result


def _same_name(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return new.get("name", old.get("name")) == old.get("name")
