"""Settings: closed, frozen pydantic models, and how settings are merged and hashed."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """A group of settings. Unknown keys are refused, values are immutable, numbers are finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Sparsity = Annotated[float, Field(ge=0, lt=1, description="the fraction of weights removed")]


def tagged(value: Any) -> Any:
    """Expand a bare name to settings with defaults: `cosine` becomes `{name: cosine}`; keep other values."""
    return {"name": value} if isinstance(value, str) else value


def digest(value: Any, length: int) -> str:
    """The first `length` hex digits of the SHA-256 of canonical JSON (sorted keys, no spaces)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
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
