"""`--set KEY=VALUE`: changes to a spec that come from the command line."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from orchestrator.spec.axes import SETTINGS
from orchestrator.spec.complaints import Complaint, unknown
from orchestrator.spec.located import Located, Mark, nested, placed
from orchestrator.spec.source import parse

TABLES = ("grid", "zip")  # whose keys are dotted themselves


@dataclass(frozen=True)
class Override:
    """One KEY=VALUE."""

    path: tuple[str, ...]
    value: Located
    mark: Mark

    @property
    def layer(self) -> Located:
        """The value under its path, written out as mappings."""
        return nested(self.path, self.value, self.mark)

    @property
    def of_trials(self) -> bool:
        """Whether it is a setting of every trial; a list of workloads or methods is an axis instead."""
        return self.path[0] in SETTINGS and not (len(self.path) == 1 and isinstance(self.value.value, tuple))


def read_overrides(texts: Iterable[str], allowed: tuple[str, ...]) -> tuple[list[Override], list[Complaint]]:
    """The overrides in `texts`; the first part of each key is one of `allowed`.

    Raises SpecError where a value is not YAML."""
    result, complaints = [], []
    for text in texts:
        key, equals, value = text.partition("=")
        mark = Mark(f"--set {key}")
        first, _, rest = key.partition(".")
        path = (first, rest) if first in TABLES and rest else tuple(key.split("."))
        if not equals or "" in path:
            complaints.append(Complaint(mark, "KEY=VALUE is expected, e.g. --set workload.training.epochs=1"))
        elif first not in allowed:
            complaints.append(Complaint(mark, unknown(first, allowed, "a sweep")))
        else:
            result.append(Override(path, parse(value, str(mark), _always(mark)), mark))
    return result, complaints


def applied(root: Located, override: Override) -> Located:
    """The spec with `override` in the place of what it says itself, in the variants too where they say it."""
    listed = root.get("variants")
    if listed is not None and isinstance(listed.value, tuple):
        parts = tuple(
            placed(part, override.path, override.value, override.mark) if part.get(override.path[0]) else part
            for part in listed.value
        )
        root = placed(root, ("variants",), Located(parts, listed.mark), root.keys["variants"])
    return placed(root, override.path, override.value, override.mark)


def _always(mark: Mark) -> Callable[[object], Mark]:
    """Whatever stands in an override stands at its option."""
    return lambda _: mark
