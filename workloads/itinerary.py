"""A trial's script as runs and legs. A leg is a part without interruption: looks, rules and stages come at its end."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from workloads.script.paths import START, NetworkPath, Passage, paths_after
from workloads.script.phases import Measure, Phase, Reinitialize, Remember, Return, Rewind, Script, Shuffle, Train
from workloads.script.removals import Cut, Prune, RemoveUnits, SolveLayers
from workloads.trial import ScriptPlace, Trial


@dataclass(frozen=True)
class Stretch:
    """A phase of a script, with the network's path before and after it."""

    phase: Phase
    index: int  # in the script
    before: NetworkPath
    path: NetworkPath  # after the phase
    points: tuple[str, ...] = ()  # names under which to remember the network after the phase


@dataclass(frozen=True)
class Run:
    """A part of the script that ends with a Measure."""

    label: str
    end: int  # index of the Measure in the script
    before: NetworkPath  # at the beginning: the end of the run before, or the network of a Return
    path: NetworkPath  # at the end
    opening_points: tuple[str, ...]  # names under which to remember the network at the beginning
    later_points: frozenset[str]  # points, remembered before the run, to which this run or a later one goes back
    stretches: tuple[Stretch, ...]

    @property
    def begun(self) -> int:
        """Optimizer steps along the path before the run."""
        return self.before.steps


@dataclass(frozen=True)
class Leg:
    """A part of a Train, or one other phase as a whole."""

    phase: Phase
    place: ScriptPlace  # the end of the leg
    passage: Passage  # the end of the leg, in terms that other trials share
    look: bool  # a look takes place at the end
    structure: bool  # that look measures structure
    last: bool  # the run ends here
    checkpoint: bool  # a checkpoint is valid here, independent of `cuts`, which differ between sweeps
    points: tuple[str, ...]  # names under which to remember the network at the end
    update: int | None  # the position, at or after the end, at which the rule acts next; None: nowhere
    prunes_trained: bool  # the leg removes weights from a trained network
    masks_untrained: bool  # the run's first step comes next, on a path without steps, and under masks

    @property
    def updates(self) -> bool:
        """Whether the rule acts at the end of the leg."""
        return self.update is not None and self.update == self.place.position

    def ends_at_one_of(self, cuts: frozenset[Passage]) -> bool:
        """Whether the leg changes the network and ends at one of `cuts`."""
        return self.phase.changes and self.passage in cuts


def runs(script: Script) -> Iterator[Run]:
    """The script split after each Measure. Raises ValueError if it goes back to a point that it has not remembered."""
    later_points = _later_points(script)
    if unknown := later_points[0]:
        raise ValueError(f"the script goes back to {', '.join(sorted(unknown))}, which it has not remembered")
    opening_points: list[str] = []
    stretches: list[Stretch] = []
    begin, path = 0, START
    for index, (phase, after) in enumerate(zip(script, paths_after(script), strict=True)):
        if isinstance(phase, Measure):
            stretches = stretches or [Stretch(phase, index, path, path)]  # to look at the network as it is
            first = stretches[0] if stretches else None
            before = first.path if first and isinstance(first.phase, Return) else first.before if first else path
            yield Run(
                label=phase.label,
                end=index,
                before=before,
                path=path,
                opening_points=tuple(opening_points),
                later_points=later_points[begin],
                stretches=tuple(stretches),
            )
            opening_points, stretches, begin = [], [], index + 1
        elif isinstance(phase, Remember):
            if phase.point in later_points[index + 1] and stretches:
                stretches[-1] = replace(stretches[-1], points=(*stretches[-1].points, phase.point))
            elif phase.point in later_points[index + 1]:
                opening_points.append(phase.point)
        elif phase.changes or not isinstance(phase, Train):
            stretches.append(Stretch(phase, index, path, after))
        path = after


def _later_points(script: Script) -> list[frozenset[str]]:
    """The points to which the rest of the script goes back: before each phase and at the end."""
    points = [frozenset[str]()]
    for phase in reversed(script):
        if isinstance(phase, Rewind | Return):
            points.append(points[-1] | {phase.to})
        elif isinstance(phase, Remember):
            points.append(points[-1] - {phase.point})
        else:
            points.append(points[-1])
    return points[::-1]


def legs(run: Run, trial: Trial, cuts: frozenset[Passage]) -> Iterator[Leg]:
    """The legs of a run. They end at looks, at the positions of rules, and at `cuts`.

    A look takes place after every `evaluate_every` steps of the run, at its end, and wherever a rule asks for one. A
    rewind resets this count of steps. The places of looks, except those of rules, do not depend on the run's length, so
    that runs with the same first steps have the same first looks.
    """
    every = trial.workload.measure.evaluate_every
    run_cuts = frozenset(cut for cut in cuts if cut.begun == run.begun)
    pieces: list[_Piece] = []
    steps = 0
    for stretch in run.stretches:
        phase = stretch.phase
        if isinstance(phase, Train):
            rule = phase.rule
            positions, looks = (rule.positions, rule.looks) if rule else ((), frozenset())
            for part, path in _parts(phase, steps, every, stretch.before, positions, run_cuts, run.begun):
                steps += part.stop - part.start
                points = stretch.points if part.stop == phase.stop else ()
                checkpoint = part.stop == phase.stop or steps % every == 0
                update = next(iter(positions[bisect_left(positions, part.stop) :][:1]), None)
                rule_look = update == part.stop and part.stop in looks
                pieces.append(_Piece(stretch, part, part.stop, path, steps, points, checkpoint, rule_look, update))
        else:
            steps = 0 if isinstance(phase, Rewind | Reinitialize) else steps
            pieces.append(_Piece(stretch, phase, None, stretch.path, steps, stretch.points))
    untrained = list(takewhile(lambda piece: not isinstance(piece.phase, Train), pieces))
    opening = untrained[-1] if untrained else None
    for piece in pieces:
        last = piece is pieces[-1]
        regular = isinstance(piece.phase, Train) and piece.steps % every == 0
        yield Leg(
            phase=piece.phase,
            place=ScriptPlace(piece.stretch.index, piece.position),
            passage=Passage.after(piece.path, run.begun),
            look=regular or last or piece.rule_look,
            structure=last or piece.rule_look or regular and measures_structure(piece.steps // every, trial),
            last=last,
            checkpoint=piece.checkpoint,
            points=piece.points,
            update=piece.update,
            prunes_trained=isinstance(piece.phase, Prune | SolveLayers | Cut | RemoveUnits)
            and piece.phase.changes
            and (piece.stretch.before.steps > 0 or trial.workload.start is not None),
            masks_untrained=piece is opening and piece.path.steps == 0 and _masked(piece.path),
        )


def _masked(path: NetworkPath) -> bool:
    """Whether a phase on the path masks weights, or moves masks."""
    return any(isinstance(phase, Prune | Cut | RemoveUnits | Shuffle) for phase in path.phases)


@dataclass(frozen=True)
class _Piece:
    """A leg before it is known whether it is the run's last."""

    stretch: Stretch  # that contains it
    phase: Phase
    position: int | None  # at the end of a Train; None: another phase
    path: NetworkPath  # at the end
    steps: int  # of the run since its beginning or last rewind, at the end
    points: tuple[str, ...]  # see Leg
    checkpoint: bool = True  # see Leg
    rule_look: bool = False  # the rule asks for a look at the end
    update: int | None = None  # see Leg


def measures_structure(number: int, trial: Trial) -> bool:
    """Whether the look with this number, from 1, measures structure.

    `structure_looks` of the looks of a whole training do, evenly spaced."""
    measure = trial.workload.measure
    looks = max(1, -(-trial.workload.steps // measure.evaluate_every))
    count = min(measure.structure_looks, looks)
    return number * count // looks > (number - 1) * count // looks


def _parts(
    phase: Train,
    steps: int,
    every: int,
    before: NetworkPath,
    positions: tuple[int, ...],
    cuts: frozenset[Passage],
    begun: int,
) -> Iterator[tuple[Train, NetworkPath]]:
    """The parts of a training, each with the path at its end. They end at looks, at `positions` and at `cuts`.

    `steps` are the steps of the run before the training."""

    def path_at(stop: int) -> NetworkPath:
        return before.then(phase.model_copy(update={"stop": stop}), {})

    inside = range(phase.start + 1, phase.stop)
    stops = {
        *range(phase.start + every - steps % every, phase.stop, every),
        *(position for position in positions if position in inside),
    }
    candidates = {cut.stop for cut in cuts if cut.stop is not None and cut.stop in inside} - stops
    stops |= {stop for stop in candidates if Passage.after(path_at(stop), begun) in cuts}
    for start, stop in pairwise((phase.start, *sorted({*stops, phase.stop}))):
        if stop > start:
            yield phase.model_copy(update={"start": start, "stop": stop}), path_at(stop)
