"""Families of settings: workloads, methods, rules and criteria, each an open set of classes."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Generic, TypeVar, Union

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, SerializationInfo, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from workloads.settings import Settings, tagged


class Member(Settings):
    """Settings that belong to a family. `name` identifies the class."""

    source: ClassVar[str | None] = None  # the module that defines the class; None: this package

    name: str
    """The name that selects these settings within their family."""


Kind = TypeVar("Kind", bound=Member)


class Family(Generic[Kind]):
    """A registry of settings classes of one kind: a field `Annotated[Method, METHODS]` accepts any member of METHODS.

    Members are looked up when settings are read, so a class may join at any time."""

    def __init__(self) -> None:
        self._members: dict[str, type[Kind]] = {}
        self._adapter: TypeAdapter[Kind] | None = None

    @property
    def members(self) -> tuple[type[Kind], ...]:
        """All member classes, in the order of joining."""
        return tuple(self._members.values())

    def find(self, value: Any) -> type[Kind] | None:
        """The class named by `value`, a bare name or a mapping with `name`; None if there is no such class."""
        value = tagged(value)
        name = value.get("name") if isinstance(value, Mapping) else None
        return self._members.get(name) if isinstance(name, str) else None

    def join(self, *members: type[Kind]) -> None:
        """Add classes by the default of their field `name`. Raises ValueError if another class has the name."""
        for member in members:
            name = member.model_fields["name"].default
            if self._members.setdefault(name, member) is not member:
                owner = self._members[name]
                raise ValueError(f"the name {name} of {member.__qualname__} belongs to {owner.__qualname__} of "
                                 f"{owner.__module__}; choose another name")  # fmt: skip
        self._adapter = None

    def leave(self, *members: type[Kind]) -> None:
        """Remove classes."""
        for member in members:
            del self._members[member.model_fields["name"].default]
        self._adapter = None

    def read(self, value: Any) -> Kind:
        """Settings of the class named by `value`; a bare name means defaults. Raises ValidationError."""
        return self._union().validate_python(tagged(value))

    def _union(self) -> TypeAdapter[Kind]:
        if self._adapter is None:
            union: Any = Union[self.members]  # noqa: UP007
            self._adapter = TypeAdapter(Annotated[union, Field(discriminator="name")])
        return self._adapter

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic how to read and write a field of this family."""
        del source, handler
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(_dump, info_arg=True)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The JSON schema of the union of all members."""
        del schema  # describes only the validator function
        return handler(self._union().core_schema)


def _dump(settings: Settings, info: SerializationInfo) -> dict[str, Any]:
    return settings.model_dump(mode=info.mode, exclude_none=info.exclude_none)
