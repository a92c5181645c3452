"""`exclude`: drops the trials that match all keys of one of its entries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from orchestrator.spec import fields
from orchestrator.spec.complaints import Complaint, excerpt
from orchestrator.spec.located import Located, Mark
from workloads.settings import Settings
from workloads.trial import Trial

ABSENT = object()


@dataclass(frozen=True)
class ExcludeCondition:
    """A trial's setting at `path` equals `value`. A group of settings is compared by its name."""

    path: tuple[str, ...]
    value: Any
    mark: Mark

    @property
    def key(self) -> str:
        """The path as a dotted key."""
        return ".".join(self.path)

    def holds(self, trial: Trial) -> bool:
        """Whether it holds for `trial`; False if the trial has no such setting."""
        value = setting(trial, self.path)
        if isinstance(value, Settings):
            value = fields.tag(type(value))
        return value == self.value and isinstance(value, bool) == isinstance(self.value, bool)  # in Python 1 == True


@dataclass(frozen=True)
class ExcludeEntry:
    """One entry of `exclude`: conditions that must all hold."""

    mark: Mark
    conditions: tuple[ExcludeCondition, ...]

    def matches(self, trial: Trial) -> bool:
        """Whether all conditions hold for `trial`."""
        return all(condition.holds(trial) for condition in self.conditions)


def remaining_seeds(
    node: Located | None, trials: Sequence[Trial], seeds: Sequence[int]
) -> tuple[list[tuple[int, ...]], list[Complaint], list[Complaint]]:
    """For each trial the seeds that `exclude`, the value at `node`, leaves; warnings; complaints."""
    entries, complaints = _entries(node)
    if not entries:
        return [tuple(seeds) for _ in trials], [], complaints
    complaints += _unknown_keys(entries, trials)
    used: set[int] = set()
    remaining = []
    for trial in trials:
        trial_seeds = []
        for seed in seeds:
            seeded = trial.model_copy(update={"seed": seed})
            matching = {index for index, entry in enumerate(entries) if entry.matches(seeded)}
            used |= matching
            trial_seeds += [] if matching else [seed]
        remaining.append(tuple(trial_seeds))
    idle = [entry for index, entry in enumerate(entries) if trials and index not in used]
    return remaining, [Complaint(entry.mark, "this entry of exclude matches no trial") for entry in idle], complaints


def _entries(node: Located | None) -> tuple[list[ExcludeEntry], list[Complaint]]:
    """The entries of `exclude`, and complaints."""
    if node is None or node.value is None:
        return [], []
    if not isinstance(node.value, tuple):
        example = "[{method.sparsity: 0.99, seed: 3}]"
        return [], [Complaint(node.mark, f"exclude {excerpt(node.plain)} is not a list of mappings, e.g. {example}")]
    result, complaints = [], []
    for item in node.value:
        if conditions := _conditions(item, ()) if isinstance(item.value, dict) else []:
            result.append(ExcludeEntry(item.mark, tuple(conditions)))
        else:
            complaints.append(Complaint(item.mark, f"exclude entry {excerpt(item.plain)} is not a mapping of settings"))
    return result, complaints


def setting(trial: Trial, path: Sequence[str]) -> Any:
    """The trial's setting at `path`; ABSENT if the trial has no such setting."""
    value: Any = trial
    for part in path:
        if not isinstance(value, Settings) or part not in type(value).model_fields:
            return ABSENT
        value = getattr(value, part)
    return value


def _unknown_keys(entries: Sequence[ExcludeEntry], trials: Sequence[Trial]) -> Iterator[Complaint]:
    """Complaints about keys that no trial has."""
    keys = set(fields.dotted(Trial))
    for condition in chain.from_iterable(entry.conditions for entry in entries):
        group, _, last = condition.key.rpartition(".")
        name = f"exclude key {excerpt(condition.key)}"
        siblings = sorted(key.rpartition(".")[2] for key in keys if key.rpartition(".")[0] == group)
        if condition.key not in keys:
            yield Complaint(condition.mark, f"{name} is not a setting of a trial{fields.suggestion(last, siblings)}")
        elif trials and all(setting(trial, condition.path) is ABSENT for trial in trials):
            yield Complaint(condition.mark, f"{name} is not a setting of any trial of this sweep")


def _conditions(node: Located, before: tuple[str, ...]) -> list[ExcludeCondition]:
    """The conditions of a mapping. Its keys may be dotted, or hold mappings again."""
    result = []
    for key, value in node.value.items() if isinstance(node.value, Mapping) else ():
        path = (*before, *key.split("."))
        if isinstance(value.value, dict):
            result += _conditions(value, path)
        else:
            result.append(ExcludeCondition(path, _frozen(value.plain), node.keys[key]))
    return result


def _frozen(value: Any) -> Any:
    """`value` with tuples for lists, as settings hold them."""
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
