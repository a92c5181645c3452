"""Figures of a run that need its twin's network too, computed once both exist.

A trial knows no other trial, so these figures are in separate files beside its journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError

from orchestrator.plan.planning import Plan, Planned
from orchestrator.store import beside_twin
from orchestrator.store.folders import SweepFolder, TrialFolder
from orchestrator.store.journal import entries, result
from workloads.errors import JournalError

MANY = 20  # runs; more of them are announced


@dataclass(frozen=True)
class Pair:
    """A measured run and its measured twin."""

    planned: Planned
    label: str
    folder: TrialFolder
    twin: Path  # the twin's network
    keys: tuple[str, str]  # of both networks

    @property
    def compared(self) -> bool:
        """Whether the figures of these two networks exist."""
        figures = beside_twin.read(self.folder, self.label)
        return figures is not None and (figures.network, figures.twin) == self.keys


def compare(plan: Plan, folder: SweepFolder, say: Callable[[str], None]) -> list[Planned]:
    """Compute the missing figures; gives the trials that have new ones."""
    missing = [pair for pair in _pairs(plan, folder) if not pair.compared]
    if len(missing) > MANY:
        say(f"comparing {len(missing):,} networks with their twins")
    compared: dict[str, Planned] = {}
    for pair in missing:
        try:
            _compare(pair)
        except (JournalError, SafetensorError, OSError, LookupError) as error:
            say(f"cannot compare {pair.planned.key}/{pair.label} with its twin: {error}; run both again with --force")
        else:
            compared[pair.planned.key] = pair.planned
    return list(compared.values())


def _pairs(plan: Plan, folder: SweepFolder) -> Iterator[Pair]:
    """Completed runs that have both networks on disk."""
    outcomes = {planned.key: result(folder.trial(planned.key)) for planned in plan.trials}
    measured = {key: outcome.runs for key, outcome in outcomes.items() if outcome and outcome.status == "completed"}
    for planned in plan.trials:
        place, runs = folder.trial(planned.key), measured.get(planned.key, {})
        for run in planned.runs:
            key, _, label = (run.twin or "").partition("/")
            twin = folder.trial(key).network(label) if label in measured.get(key, {}) else None
            if twin and run.label in runs and twin.is_file() and place.network(run.label).is_file():
                yield Pair(planned, run.label, place, twin, (runs[run.label], measured[key][label]))


def _compare(pair: Pair) -> None:
    last = [entry for entry in entries(pair.folder) if entry.record.label == pair.label][-1]
    figures = _ranks(pair.folder.network(pair.label), pair.twin, pair.planned.trial.seed)
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
