"""What is wrong with a spec, in sentences: where, the value, what is allowed, what was probably meant."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from orchestrator.spec import fields
from orchestrator.spec.fields import Place, nearest
from orchestrator.spec.located import KeyPath, Mark
from workloads.errors import SpecError
from workloads.meanings import first_clause
from workloads.settings import Settings

SHOWN = 50  # complaints in one error
LONGEST = 80  # characters of a value
QUESTIONS = ("How ", "Whether ", "When ", "What ")

EXPECTED = {
    "int": "a whole number", "float": "a number", "bool": "true or false", "string": "text (put it in quotes)",
    "tuple": "a list", "model": "a mapping", "dict": "a mapping", "finite": "a finite number",
}  # fmt: skip


@dataclass(frozen=True)
class Complaint:
    """One mistake and its place."""

    mark: Mark
    text: str

    def __str__(self) -> str:
        return f"{self.mark}: {self.text}"


def error(complaints: Iterable[Complaint]) -> SpecError:
    """All complaints as one error, in the order of the file; the same mistake is said once."""
    distinct = sorted(set(complaints), key=lambda complaint: (complaint.mark.order, str(complaint)))
    lines = [str(complaint) for complaint in distinct[:SHOWN]]
    if len(distinct) > SHOWN:
        lines.append(f"and {len(distinct) - SHOWN} more")
    return SpecError("\n".join(lines))


def of(wrong: ValidationError, model: type[Settings], mark: Callable[[KeyPath, bool], Mark]) -> Iterator[Complaint]:
    """Pydantic's errors about settings of `model`; `mark` finds the place of a path's value, or of its key."""
    for each in wrong.errors(include_url=False):
        place = fields.place(model, each["loc"])
        text = sentence(each, place)
        of_key = each["type"] == "extra_forbidden"
        path = (*place.path, "name") if each["type"] == "union_tag_invalid" else place.path
        yield Complaint(mark(path, of_key), text)


def sentence(wrong: Any, place: Place) -> str:
    """One of pydantic's errors, told to the author of a sweep."""
    kind, value, name = wrong["type"], shown(wrong["input"]), _name(place)
    names = _names(place)
    literals = fields.literals(place.annotation)
    if kind == "value_error":
        return str(wrong["ctx"]["error"])
    if kind == "extra_forbidden" and place.owner is not None:
        group, allowed = _name(replace(place, path=place.path[:-1])), fields.keys(place.owner)
        if place.path[-1] == "name":
            return f"{group} {value} has no meaning, since {group} has no names; its keys are {', '.join(allowed)}"
        return unknown(str(place.path[-1]), allowed, fields.tag(place.owner) or group)
    if kind == "missing":
        return f"{name} is missing{_which(place)}{'' if names else _about(place)}"
    if kind == "union_tag_invalid":
        return f"{name} {shown(wrong['ctx']['tag'])} is unknown{nearest(str(wrong['ctx']['tag']), names)}"
    if kind == "union_tag_not_found":
        return f"{name} has no name; allowed are {', '.join(names)}"
    if len(names) > 1:
        return f"{name} {value} is neither a name nor a mapping with a name; allowed are {', '.join(names)}"
    if literals:
        return f"{name} {value} is unknown{nearest(str(wrong['input']), tuple(str(literal) for literal in literals))}"
    if wrong.get("ctx", {}).keys() & {"ge", "gt", "le", "lt"}:
        limits = fields.bounds(place) or wrong["ctx"]
        return f"{name} {value} is not {interval(limits)}{_about(place)}{_meant(wrong['input'], limits)}"
    if (expected := EXPECTED.get(kind.split("_")[0])) is not None:
        return f"{name} {value} is not {expected}{_about(place)}"
    return f"{name} {value}: {wrong['msg']}"


def unknown(key: str, allowed: tuple[str, ...], of: str) -> str:
    """That `key` is none of the allowed."""
    return f"{shown(key)} is not a setting of {of}{nearest(key, allowed)}"


def shown(value: Any) -> str:
    """A value as the author may have written it, on one line; what a terminal would obey is written as an escape."""
    text = value if isinstance(value, str) and value.strip() else json.dumps(value, default=str, ensure_ascii=False)
    text = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in " ".join(text.split()))
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _name(place: Place) -> str:
    """The last key, and the index where one follows."""
    name = ""
    for part in place.path:
        name = f"{name}[{part}]" if isinstance(part, int) else part
    return name


def _names(place: Place) -> tuple[str, ...]:
    """Of the groups of settings that may stand there."""
    return tuple(name for model in fields.alternatives(place.annotation) if (name := fields.tag(model)))


def _which(place: Place) -> str:
    owner, names = fields.tag(place.owner) if place.owner else None, _names(place)
    return (f"; {owner} needs it" if owner else "") + (f"; it is one of {', '.join(names)}" if names else "")


def _about(place: Place) -> str:
    """What the setting means, as the end of a sentence."""
    if place.meaning is None:
        return ""
    meaning = first_clause(place.meaning)
    verb = "tells" if meaning.startswith(QUESTIONS) else "is"
    return f"; it {verb} {meaning[0].lower()}{meaning[1:]}"


def interval(limits: dict[str, float]) -> str:
    """The allowed numbers: an interval, or one bound in words."""
    low, high = limits.get("ge", limits.get("gt")), limits.get("le", limits.get("lt"))
    if low is not None and high is not None:
        return f"in {'[' if 'ge' in limits else '('}{low:g}, {high:g}{']' if 'le' in limits else ')'}"
    return " and ".join(f"{word} {limits[bound]:g}" for bound, word in fields.BOUNDS.values() if bound in limits)


def _meant(value: Any, limits: dict[str, float]) -> str:
    """A fraction that was probably meant by a percentage, a slip of the point or of the sign."""
    share = limits.get("le", limits.get("lt")) == 1
    if not share or type(value) not in (int, float) or not 0 < abs(value) < 100:
        return ""
    near = abs(Decimal(str(value)))
    if near > 1:
        near = near.scaleb(-1 if near < 10 else -2)
    return f". Did you mean {near.normalize():f}?" if near < 1 else ""
