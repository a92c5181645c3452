"""`--set KEY=VALUE`: changes to a spec from the command line."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from orchestrator.spec.axes import SETTINGS
from orchestrator.spec.complaints import Complaint, unknown
from orchestrator.spec.located import Located, Mark, nested, with_value
from orchestrator.spec.source import parse

TABLES = ("grid", "zip")  # mappings with dotted keys


@dataclass(frozen=True)
class Override:
    """One KEY=VALUE."""

    path: tuple[str, ...]
    value: Located
    mark: Mark

    @property
    def layer(self) -> Located:
        """The value under its path, as nested mappings."""
        return nested(self.path, self.value, self.mark)

    @property
    def of_trials(self) -> bool:
        """Whether it changes a setting of every trial. A list of workloads or methods is an axis instead."""
        return self.path[0] in SETTINGS and not (len(self.path) == 1 and isinstance(self.value.value, tuple))


def read_overrides(texts: Iterable[str], allowed: tuple[str, ...]) -> tuple[list[Override], list[Complaint]]:
    """The overrides in `texts`, and complaints. `allowed` lists the first parts that a key may have.

    Raises SpecError if a value is not YAML."""
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


def with_override(root: Located, override: Override) -> Located:
    """The spec with the value of `override`, also in the variants that set the same top-level key."""
    node = root.get("variants")
    if node is not None and isinstance(node.value, tuple):
        parts = tuple(
            with_value(part, override.path, override.value, override.mark) if part.get(override.path[0]) else part
            for part in node.value
        )
        root = with_value(root, ("variants",), Located(parts, node.mark), root.keys["variants"])
    return with_value(root, override.path, override.value, override.mark)


def _always(mark: Mark) -> Callable[[object], Mark]:
    """The place of every part of an override: its option."""
    return lambda _: mark
