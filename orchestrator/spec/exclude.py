"""Which trials a spec's `exclude` drops: those that match all keys of an entry."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.spec import fields
from orchestrator.spec.complaints import Complaint, shown
from orchestrator.spec.located import Located, Mark
from workloads.settings import Settings
from workloads.trial import Trial

ABSENT = object()


@dataclass(frozen=True)
class ExcludeCondition:
    """A trial's setting at `path` is `wanted`; of settings with a name, the name."""

    path: tuple[str, ...]
    wanted: Any
    mark: Mark

    @property
    def key(self) -> str:
        """The path as it may be written."""
        return ".".join(self.path)

    def holds(self, trial: Trial) -> bool:
        """Whether it does for this trial; a trial without such a setting does not match."""
        have = setting(trial, self.path)
        if isinstance(have, Settings):
            have = fields.tag(type(have))
        return have == self.wanted and isinstance(have, bool) == isinstance(self.wanted, bool)  # to Python 1 is True


@dataclass(frozen=True)
class ExcludeEntry:
    """Conditions that hold together."""

    mark: Mark
    conditions: tuple[ExcludeCondition, ...]

    def matches(self, trial: Trial) -> bool:
        """Whether all of them hold."""
        return all(condition.holds(trial) for condition in self.conditions)


def excluded(
    node: Located | None, trials: Sequence[Trial], seeds: Sequence[int]
) -> tuple[list[tuple[int, ...]], list[Complaint], list[Complaint]]:
    """For each trial the seeds that it keeps; warnings; and what is wrong with `exclude`, which stands at `node`."""
    listed, complaints = _entries(node)
    if not listed:
        return [tuple(seeds) for _ in trials], [], complaints
    complaints += _strangers(listed, trials)
    used: set[int] = set()
    kept = []
    for trial in trials:
        left = []
        for seed in seeds:
            seeded = trial.model_copy(update={"seed": seed})
            matching = {number for number, entry in enumerate(listed) if entry.matches(seeded)}
            used |= matching
            left += [] if matching else [seed]
        kept.append(tuple(left))
    idle = [entry for number, entry in enumerate(listed) if trials and number not in used]
    return kept, [Complaint(entry.mark, "this entry of exclude matches no trial") for entry in idle], complaints


def _entries(node: Located | None) -> tuple[list[ExcludeEntry], list[Complaint]]:
    """What is listed under `exclude`."""
    if node is None or node.value is None:
        return [], []
    if not isinstance(node.value, tuple):
        example = "[{method.sparsity: 0.99, seed: 3}]"
        return [], [Complaint(node.mark, f"exclude {shown(node.plain)} is not a list of mappings, e.g. {example}")]
    result, complaints = [], []
    for each in node.value:
        if conditions := _conditions(each, ()) if isinstance(each.value, dict) else []:
            result.append(ExcludeEntry(each.mark, tuple(conditions)))
        else:
            complaints.append(Complaint(each.mark, f"exclude entry {shown(each.plain)} is not a mapping of settings"))
    return result, complaints


def setting(trial: Trial, path: Sequence[str]) -> Any:
    """The trial's setting under a dotted key, ABSENT where it has none."""
    here: Any = trial
    for part in path:
        if not isinstance(here, Settings) or part not in type(here).model_fields:
            return ABSENT
        here = getattr(here, part)
    return here


def _strangers(listed: Sequence[ExcludeEntry], trials: Sequence[Trial]) -> Iterator[Complaint]:
    """The keys that no trial has."""
    known = set(fields.dotted(Trial))
    for each in (condition for entry in listed for condition in entry.conditions):
        group, _, last = each.key.rpartition(".")
        name = f"exclude key {shown(each.key)}"
        near = sorted(key.rpartition(".")[2] for key in known if key.rpartition(".")[0] == group)
        if each.key not in known:
            yield Complaint(each.mark, f"{name} is no setting of a trial{fields.meant(last, near)}")
        elif trials and all(setting(trial, each.path) is ABSENT for trial in trials):
            yield Complaint(each.mark, f"{name} is a setting of none of this sweep's trials")


def _conditions(node: Located, before: tuple[str, ...]) -> list[ExcludeCondition]:
    """The conditions of a mapping whose keys are dotted or hold further mappings."""
    result = []
    for key, value in node.value.items() if isinstance(node.value, Mapping) else ():
        path = (*before, *key.split("."))
        if isinstance(value.value, dict):
            result += _conditions(value, path)
        else:
            result.append(ExcludeCondition(path, _frozen(value.plain), node.keys[key]))
    return result


def _frozen(value: Any) -> Any:
    """Lists as the tuples that settings hold."""
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
