"""A trial's script laid out as legs: from one point where something is to be done to the next."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from workloads.script.paths import START, NetworkPath, Passage, paths_after
from workloads.script.phases import (  # fmt: skip
    Cut,
    Measure,
    Phase,
    Prune,
    Reinitialize,
    Remember,
    Return,
    Rewind,
    Script,
    Train,
)
from workloads.trial import ScriptPlace, Trial


@dataclass(frozen=True)
class Stretch:
    """A phase of a script, and the network's path around it."""

    phase: Phase
    index: int  # in the script
    before: NetworkPath
    path: NetworkPath  # after it
    points: tuple[str, ...] = ()  # by which the script goes back later to the network after it


@dataclass(frozen=True)
class Run:
    """A part of the script that ends with a Measure."""

    label: str
    end: int  # index of its Measure
    before: NetworkPath  # at its beginning: where the run before ended, or what it returns to
    path: NetworkPath  # at its end
    opening: tuple[str, ...]  # points at the end of the run before
    wanted: frozenset[str]  # points to which this run or a later one goes back, of those there are at its beginning
    stretches: tuple[Stretch, ...]

    @property
    def begun(self) -> int:
        """Optimizer steps along the path at its beginning."""
        return self.before.steps


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
    points: tuple[str, ...]  # by which the script goes back later to the network at its end
    update: int | None  # the position at which its training's rule acts at its end or next; None: nowhere
    prunes_trained: bool  # whether it removes weights from a network that has been trained

    @property
    def updates(self) -> bool:
        """Whether its training's rule acts at its end."""
        return self.update is not None and self.update == self.place.position

    def ends_at_one_of(self, cuts: frozenset[Passage]) -> bool:
        """Whether it leads to one of `cuts`: a leg that changes nothing is there already, and leads nowhere."""
        return self.phase.changes and self.passage in cuts


def runs(script: Script) -> Iterator[Run]:
    """The script cut after each Measure. Raises ValueError where it goes back to a point that it has not remembered."""
    wanted = _wanted(script)
    if strangers := wanted[0]:
        raise ValueError(f"the script goes back to {', '.join(sorted(strangers))}, which it has not remembered")
    opening: list[str] = []
    stretches: list[Stretch] = []
    begin, path = 0, START
    for index, (phase, after) in enumerate(zip(script, paths_after(script), strict=True)):
        if isinstance(phase, Measure):
            first = stretches[0] if stretches else None
            before = first.path if first and isinstance(first.phase, Return) else first.before if first else path
            yield Run(phase.label, index, before, path, tuple(opening), wanted[begin], tuple(stretches))
            opening, stretches, begin = [], [], index + 1
        elif isinstance(phase, Remember):
            if phase.point in wanted[index + 1] and stretches:
                stretches[-1] = replace(stretches[-1], points=(*stretches[-1].points, phase.point))
            elif phase.point in wanted[index + 1]:
                opening.append(phase.point)
        elif phase.changes or not isinstance(phase, Train):
            stretches.append(Stretch(phase, index, path, after))
        path = after


def _wanted(script: Script) -> list[frozenset[str]]:
    """Before each phase and at the end, the points to which the rest of the script goes back."""
    wanted = [frozenset[str]()]
    for phase in reversed(script):
        if isinstance(phase, Rewind | Return):
            wanted.append(wanted[-1] | {phase.to})
        elif isinstance(phase, Remember):
            wanted.append(wanted[-1] - {phase.point})
        else:
            wanted.append(wanted[-1])
    return wanted[::-1]


def legs(run: Run, trial: Trial, cuts: frozenset[Passage]) -> Iterator[Leg]:
    """The legs of a run, cut at its looks, where its rule acts and wherever `cuts` asks for it.

    A look comes every `evaluate_every`-th step of the run, counted anew where it rewinds, wherever a rule asks for one
    and at its end. But for rules, where looks come does not depend on how long the run is, so that runs that share
    their first steps share their first looks.
    """
    every = trial.workload.measure.evaluate_every
    ours = frozenset(cut for cut in cuts if cut.begun == run.begun)
    pieces: list[_Piece] = []
    taken = 0
    for stretch in run.stretches:
        phase = stretch.phase
        if isinstance(phase, Train):
            rule = phase.rule
            positions, looks = (rule.positions, rule.looks) if rule else ((), frozenset())
            for part, path in _parts(phase, taken, every, stretch.before, positions, ours, run.begun):
                taken += part.stop - part.start
                points = stretch.points if part.stop == phase.stop else ()
                own = part.stop == phase.stop or taken % every == 0
                update = next(iter(positions[bisect_left(positions, part.stop) :][:1]), None)
                asked = update == part.stop and part.stop in looks
                pieces.append(_Piece(stretch, part, part.stop, path, taken, points, own, asked, update))
        else:
            taken = 0 if isinstance(phase, Rewind | Reinitialize) else taken
            pieces.append(_Piece(stretch, phase, None, stretch.path, taken, stretch.points))
    for piece in pieces:
        last = piece is pieces[-1]
        regular = isinstance(piece.phase, Train) and piece.taken % every == 0
        yield Leg(
            phase=piece.phase,
            place=ScriptPlace(piece.stretch.index, piece.position),
            passage=Passage.after(piece.path, run.begun),
            look=regular or last or piece.asked,
            structure=last or piece.asked or regular and structural(piece.taken // every, trial),
            last=last,
            own=piece.own,
            points=piece.points,
            update=piece.update,
            prunes_trained=isinstance(piece.phase, Prune | Cut)
            and piece.phase.changes
            and piece.stretch.before.steps > 0,
        )


@dataclass(frozen=True)
class _Piece:
    """A phase, or a part of a training."""

    stretch: Stretch  # that it is of
    phase: Phase
    position: int | None  # of a training, at its end
    path: NetworkPath  # at its end
    taken: int  # steps since the run began or was last set back, at its end
    points: tuple[str, ...]
    own: bool = True  # see Leg
    asked: bool = False  # whether a rule asks for a look there
    update: int | None = None  # the position at which a rule acts there or next


def structural(number: int, trial: Trial) -> bool:
    """Whether the `number`-th look of a run (from 1) measures structure: `structure_looks` of a training's, evenly."""
    measure = trial.workload.measure
    looks = -(-trial.workload.steps // measure.evaluate_every)
    chosen = min(measure.structure_looks, looks)
    return number * chosen // looks > (number - 1) * chosen // looks


def _parts(
    phase: Train,
    taken: int,
    every: int,
    before: NetworkPath,
    positions: tuple[int, ...],
    cuts: frozenset[Passage],
    begun: int,
) -> Iterator[tuple[Train, NetworkPath]]:
    """A training cut at the looks of a run that has taken `taken` steps before, at `positions` and at `cuts`, and the
    path at the end of each part."""

    def path_at(stop: int) -> NetworkPath:
        return before.then(phase.model_copy(update={"stop": stop}), {})

    inside = range(phase.start + 1, phase.stop)
    looks = {
        *range(phase.start + every - taken % every, phase.stop, every),
        *(one for one in positions if one in inside),
    }
    wanted = {cut.stop for cut in cuts if cut.stop is not None and cut.stop in inside} - looks
    passed = {stop for stop in wanted if Passage.after(path_at(stop), begun) in cuts}
    for start, stop in pairwise((phase.start, *sorted({*looks, *passed, phase.stop}))):
        if stop > start:
            yield phase.model_copy(update={"start": start, "stop": stop}), path_at(stop)
