"""Figures of a run that need its twin's network too, computed once both exist.

`run_trial` knows no other trial, so these figures are in separate files beside a journal. The process that trains a
trial computes them where the twin is measured by then; `compare` computes those that are missing at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError

from orchestrator.plan.planning import Plan, Planned
from orchestrator.store import beside_twin
from orchestrator.store.folders import SweepFolder, TrialFolder
from orchestrator.store.journal import Result, entries, result
from workloads.errors import JournalError

MANY = 20  # runs; more of them are announced
IMPOSSIBLE = (JournalError, SafetensorError, OSError, LookupError)  # what damaged files raise


@dataclass(frozen=True)
class Pair:
    """A measured run and its measured twin."""

    folder: TrialFolder
    label: str
    seed: int
    twin: Path  # the twin's network
    keys: tuple[str, str]  # of both networks

    @property
    def compared(self) -> bool:
        """Whether the figures of these two networks exist."""
        figures = beside_twin.read(self.folder, self.label)
        return figures is not None and (figures.network, figures.twin) == self.keys


def named_twins(planned: Planned) -> dict[str, str]:
    """The twin of each run of a trial, as key/label, by the run's label; runs without a twin are left out."""
    return {run.label: run.twin for run in planned.runs if run.twin}


def compare(plan: Plan, folder: SweepFolder, say: Callable[[str], None]) -> list[Planned]:
    """Compute the missing figures; gives the trials that have new ones."""
    outcomes = {planned.key: _completed(folder.trial(planned.key)) for planned in plan.trials}
    missing = [
        (planned, pair)
        for planned in plan.trials
        for pair in _pairs(folder.trial(planned.key), named_twins(planned), planned.trial.seed, outcomes.get)
        if not pair.compared
    ]
    if len(missing) > MANY:
        say(f"comparing {len(missing):,} networks with their twins")
    compared: dict[str, Planned] = {}
    for planned, pair in missing:
        try:
            _compare(pair)
        except IMPOSSIBLE as error:
            say(f"cannot compare {planned.key}/{pair.label} with its twin: {error}; run both again with --force")
        else:
            compared[planned.key] = planned
    return list(compared.values())


def compare_trial(folder: TrialFolder, twins: Mapping[str, str], seed: int) -> None:
    """Compute the figures of one trial's runs where their `twins` are measured by now; `compare` sees to the others."""
    sweep = SweepFolder(folder.path.parent)
    for pair in _pairs(folder, twins, seed, lambda key: _completed(sweep.trial(key))):
        with suppress(*IMPOSSIBLE):  # `compare` finds them missing, and says why
            _compare(pair)


def _completed(folder: TrialFolder) -> Result | None:
    ending = result(folder)
    return ending if ending and ending.status == "completed" else None


def _pairs(
    folder: TrialFolder, twins: Mapping[str, str], seed: int, completed: Callable[[str], Result | None]
) -> Iterator[Pair]:
    """A trial's runs that have both networks on disk. `completed`: how the trial with a key ended, if it completed."""
    measured = ending.runs if (ending := completed(folder.path.name)) else {}
    for label, name in twins.items():
        key, _, twin_label = name.partition("/")
        twin_runs = twin_ending.runs if label in measured and (twin_ending := completed(key)) else {}
        twin = folder.path.parent / key / folder.network(twin_label).name
        if twin_label in twin_runs and twin.is_file() and folder.network(label).is_file():
            yield Pair(folder, label, seed, twin, (measured[label], twin_runs[twin_label]))


def _compare(pair: Pair) -> None:
    last = [entry for entry in entries(pair.folder) if entry.record.label == pair.label][-1]
    figures = _ranks(pair.folder.network(pair.label), pair.twin, pair.seed)
    network, twin = pair.keys
    content = beside_twin.BesideTwin(network=network, twin=twin, step=last.record.step, time=last.time, metrics=figures)
    beside_twin.write(pair.folder, pair.label, content)


def _ranks(network: Path, twin: Path, seed: int) -> dict[str, float]:
    """The twin's ranks under random masks of the same size; empty where the twin itself is masked."""
    from orchestrator.store.networks import load
    from workloads.measure.ranks import ranks_by_chance
    from workloads.randomness import generator

    (weights, masks), (dense, dense_masks) = load(network), load(twin)
    if not all(bool(mask.all()) for mask in dense_masks.values()):
        return {}
    layers = [name for name in sorted(masks) if name in dense_masks and masks[name].shape == dense_masks[name].shape]
    counts = {name: int(weights[f"{name}.weight"].count_nonzero()) for name in layers}
    sparse = {name: count for name, count in counts.items() if count < masks[name].numel()}
    return ranks_by_chance({name: dense[f"{name}.weight"] for name in sparse}, sparse, generator(seed, "chance_masks"))
