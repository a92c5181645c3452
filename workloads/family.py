"""Families of settings: workloads, methods, rules, criteria. What belongs to each is asked when settings are read."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Generic, TypeVar, Union

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, SerializationInfo, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from workloads.settings import Settings, tagged


class Member(Settings):
    """Settings of a family, told apart by `name`."""

    source: ClassVar[str | None] = None  # the module that a class comes from; None: this package

    name: str
    """The name that selects these settings within their family."""


Kind = TypeVar("Kind", bound=Member)


class Family(Generic[Kind]):
    """Classes of settings of one kind, and open: `Annotated[Method, METHODS]` is settings of any of its members.

    Which there are is asked when settings are read, so that a class that joins later is as good as the first."""

    def __init__(self) -> None:
        self._members: dict[str, type[Kind]] = {}
        self._adapter: TypeAdapter[Kind] | None = None

    @property
    def members(self) -> tuple[type[Kind], ...]:
        """All classes, in the order in which they joined."""
        return tuple(self._members.values())

    def named(self, given: Any) -> type[Kind] | None:
        """The class that `given` names, a bare name or a mapping; None where there is none."""
        given = tagged(given)
        name = given.get("name") if isinstance(given, Mapping) else None
        return self._members.get(name) if isinstance(name, str) else None

    def join(self, *members: type[Kind]) -> None:
        """Take in classes whose `name` has a default. Raises ValueError where another class has that name."""
        for member in members:
            name = member.model_fields["name"].default
            if self._members.setdefault(name, member) is not member:
                taken = self._members[name]
                raise ValueError(f"the name {name} of {member.__qualname__} belongs to {taken.__qualname__} of "
                                 f"{taken.__module__}; choose another")  # fmt: skip
        self._adapter = None

    def leave(self, *members: type[Kind]) -> None:
        """Take out classes again."""
        for member in members:
            del self._members[member.model_fields["name"].default]
        self._adapter = None

    def read(self, given: Any) -> Kind:
        """Settings of the class that `given` names; a bare name stands for defaults. Raises ValidationError."""
        return self._union().validate_python(tagged(given))

    def _union(self) -> TypeAdapter[Kind]:
        if self._adapter is None:
            union: Any = Union[self.members]  # noqa: UP007
            self._adapter = TypeAdapter(Annotated[union, Field(discriminator="name")])
        return self._adapter

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """How pydantic reads and writes a field of this family."""
        del source, handler  # the members say it all
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(_written, info_arg=True)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """What may be written, in JSON schema's words."""
        del schema  # that it is read by a function says nothing
        return handler(self._union().core_schema)


def _written(settings: Settings, info: SerializationInfo) -> dict[str, Any]:
    return settings.model_dump(mode=info.mode, exclude_none=info.exclude_none)
