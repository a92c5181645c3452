"""A trial's script laid out as legs: from one point where something is to be done to the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from workloads.script.paths import Passage, changing, steps_along
from workloads.script.phases import Cut, Measure, Phase, Prune, Reinitialize, Return, Rewind, Script, Train
from workloads.trial import ScriptPlace, Trial


@dataclass(frozen=True)
class Run:
    """A stretch of the script that ends with a Measure."""

    label: str
    first: int  # index of its first phase
    end: int  # index of its Measure
    before: Script  # the path at its beginning: where the run before ended, or what it returns to
    path: Script  # at its end

    @property
    def begun(self) -> int:
        """Optimizer steps along the path at its beginning."""
        return steps_along(self.before)


@dataclass(frozen=True)
class Leg:
    """One phase that is no training, or a part of one that is."""

    phase: Phase
    place: ScriptPlace  # its end
    passage: Passage  # its end, where other trials may come along
    look: bool  # whether there is a look at its end
    structure: bool  # whether that look measures structure
    last: bool  # whether the run ends here
    own: bool  # whether it would end here without any cuts: others may ask for other cuts tomorrow
    again: bool  # whether the script goes back later to the network at its end
    updates: bool  # whether its training's rule has been applied at its end
    prunes_trained: bool  # whether it removes weights from a network that has been trained

    def ends_at_one_of(self, cuts: frozenset[Passage]) -> bool:
        """Whether it leads to one of `cuts`: a leg that changes nothing is there already, and leads nowhere."""
        return self.phase.changes and self.passage in cuts


def runs(script: Script) -> Iterator[Run]:
    """The script cut after each Measure."""
    first = 0
    for index, phase in enumerate(script):
        if isinstance(phase, Measure):
            begins = script[: first + isinstance(script[first], Return)]
            yield Run(phase.label, first, index, changing(begins), changing(script[:index]))
            first = index + 1


def destinations(phases: Script) -> frozenset[Script]:
    """The paths that phases go back to."""
    return frozenset(phase.to for phase in phases if isinstance(phase, Rewind | Return))


def legs(run: Run, trial: Trial, cuts: frozenset[Passage]) -> Iterator[Leg]:
    """The legs of a run, cut at its looks, wherever `cuts` asks for it and where the script goes back to later.

    A look comes every `evaluate_every`-th step of the run, counted anew where it rewinds, wherever a rule asks for one
    and at its end. But for rules, where looks come does not depend on how long the run is, so that runs that share
    their first steps share their first looks.
    """
    script, every = trial.phases, trial.workload.measure.evaluate_every
    later = destinations(script[run.first :])
    ours = frozenset(cut.path for cut in cuts if cut.begun == run.begun)
    pieces: list[_Piece] = []
    path, taken = changing(script[: run.first]), 0
    for index in range(run.first, run.end):
        phase, before = script[index], path
        if isinstance(phase, Train):
            for part in _parts(phase, taken, every, before, ours | later):
                so_far = part.model_copy(update={"start": phase.start})
                path, taken = changing((*before, so_far)), taken + part.stop - part.start
                pieces.append(_Piece(index, part, taken, before, path, part.stop == phase.stop))
        else:
            taken = 0 if isinstance(phase, Rewind | Reinitialize) else taken
            path = changing((*before, phase))
            pieces.append(_Piece(index, phase, taken, before, path, True))
    for piece in pieces:
        phase, last, again = piece.phase, piece is pieces[-1], piece.path in later
        regular = updates = asked = False
        own, position = True, None
        if isinstance(phase, Train):
            regular, position = piece.taken % every == 0, phase.stop
            updates = phase.rule is not None and position in phase.rule.positions
            asked = updates and phase.rule is not None and position in phase.rule.looks
            own = regular or again or piece.last
        yield Leg(
            phase=phase,
            place=ScriptPlace(piece.index, position),
            passage=Passage(path=piece.path, begun=run.begun),
            look=regular or last or asked,
            structure=last or asked or regular and structural(piece.taken // every, trial),
            last=last,
            own=own,
            again=again,
            updates=updates,
            prunes_trained=isinstance(phase, Prune | Cut) and phase.changes and steps_along(piece.before) > 0,
        )


@dataclass(frozen=True)
class _Piece:
    """A phase, or a part of a training."""

    index: int  # of the phase in the script
    phase: Phase
    taken: int  # steps since the run began or was last set back, at its end
    before: Script  # the path at its phase's beginning
    path: Script  # at its end
    last: bool  # of its phase


def structural(number: int, trial: Trial) -> bool:
    """Whether the `number`-th look of a run (from 1) measures structure: `structure_looks` of a training's, evenly."""
    measure = trial.workload.measure
    looks = -(-trial.workload.steps // measure.evaluate_every)
    chosen = min(measure.structure_looks, looks)
    return number * chosen // looks > (number - 1) * chosen // looks


def _parts(phase: Train, taken: int, every: int, before: Script, cuts: frozenset[Script]) -> Iterator[Train]:
    """A training cut at the looks of a run that has taken `taken` steps before, at its rule's updates and at `cuts`."""
    first_look = phase.start + every - taken % every
    trainings = [cut[-1] for cut in cuts if cut and isinstance(cut[-1], Train)]
    wanted = {training.stop for training in trainings if phase.start < training.stop < phase.stop}
    passed = {stop for stop in wanted if changing((*before, phase.model_copy(update={"stop": stop}))) in cuts}
    updates = {stop for stop in (phase.rule.positions if phase.rule else ()) if phase.start < stop < phase.stop}
    stops = sorted({*range(first_look, phase.stop, every), *updates, *passed, phase.stop})
    for start, stop in pairwise((phase.start, *stops)):
        if stop > start:
            yield phase.model_copy(update={"start": start, "stop": stop})
