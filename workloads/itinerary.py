"""A trial's script laid out as legs: from one point where something is to be done to the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from workloads.pruning.phases import Passage, Phase, Script, Train, changing
from workloads.trial import Place, Trial


@dataclass(frozen=True)
class Run:
    """A stretch of the script that ends with a Measure."""

    label: str
    first: int  # index of its first phase
    end: int  # index of its Measure


@dataclass(frozen=True)
class Leg:
    """One phase that is no training, or a part of one that is."""

    phase: Phase
    place: Place  # its end
    passage: Passage  # its end, where other trials may come along
    step: int  # optimizer steps on the path, at its end
    look: bool  # whether there is a look at its end
    structure: bool  # whether that look measures structure
    last: bool  # whether the run ends here
    own: bool  # whether it would end here without any cuts: others may ask for other cuts tomorrow

    def ends_at_one_of(self, cuts: frozenset[Passage]) -> bool:
        """Whether it leads to one of `cuts`: a leg that changes nothing is there already, and leads nowhere."""
        return self.phase.changes and self.passage in cuts

    @property
    def prunes_trained(self) -> bool:
        """Whether weights were removed from a network that had been trained."""
        return self.phase.name in ("prune", "cut") and self.phase.changes and self.step > 0


def runs(script: Script) -> Iterator[Run]:
    """The script cut after each Measure."""
    first = 0
    for index, phase in enumerate(script):
        if phase.name == "measure":
            yield Run(phase.label, first, index)
            first = index + 1


def legs(run: Run, trial: Trial, begun: int, cuts: frozenset[Passage]) -> Iterator[Leg]:
    """The legs of a run that begins after the path's step `begun`, cut at its looks and wherever `cuts` asks for it.

    A look comes every `evaluate_every`-th step of the run, and at its end. Where looks come does not depend on how
    long the run is, so that runs that share their first steps share their first looks.
    """
    every = trial.workload.measure.evaluate_every
    script, step = trial.phases, begun
    ours = frozenset(cut.path for cut in cuts if cut.begun == begun)
    pieces: list[tuple[int, Phase]] = []
    for index in range(run.first, run.end):
        phase = script[index]
        if phase.name == "train":
            pieces += [(index, part) for part in _parts(phase, step - begun, every, changing(script[:index]), ours)]
            step += phase.stop - phase.start
        else:
            pieces.append((index, phase))
    step = begun
    for number, (index, phase) in enumerate(pieces):
        trains = phase.name == "train"
        step += phase.stop - phase.start if trains else 0
        last = number == len(pieces) - 1
        regular = trains and (step - begun) % every == 0
        so_far = phase.model_copy(update={"start": script[index].start}) if trains else phase
        yield Leg(
            phase=phase,
            place=Place(index, phase.stop if trains else None),
            passage=Passage(path=changing((*script[:index], so_far)), begun=begun),
            step=step,
            look=regular or last,
            structure=last or regular and structural((step - begun) // every, trial),
            last=last,
            own=not trains or regular or phase.stop == script[index].stop,
        )


def structural(number: int, trial: Trial) -> bool:
    """Whether the `number`-th look of a run (from 1) measures structure: `structure_looks` of a training's, evenly."""
    measure = trial.workload.measure
    looks = -(-trial.workload.steps // measure.evaluate_every)
    chosen = min(measure.structure_looks, looks)
    return number * chosen // looks > (number - 1) * chosen // looks


def _parts(phase: Train, taken: int, every: int, before: Script, cuts: frozenset[Script]) -> Iterator[Train]:
    """A training cut at the looks of a run that has taken `taken` steps before, at its rule's updates and at `cuts`."""
    first_look = phase.start + every - taken % every
    wanted = {cut[-1].stop for cut in cuts if cut[-1].name == "train" and phase.start < cut[-1].stop < phase.stop}
    passed = {stop for stop in wanted if changing((*before, phase.model_copy(update={"stop": stop}))) in cuts}
    updates = {stop for stop in (phase.rule.positions if phase.rule else ()) if phase.start < stop < phase.stop}
    stops = sorted({*range(first_look, phase.stop, every), *updates, *passed, phase.stop})
    for start, stop in pairwise((phase.start, *stops)):
        if stop > start:
            yield phase.model_copy(update={"start": start, "stop": stop})
