"""Paths: the phases that have changed a network. Equal paths from equal first weights give equal networks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import NonNegativeInt, PositiveInt

from workloads.script.phases import (
    Narrow,
    Phase,
    Reinitialize,
    Remember,
    Return,
    Rewind,
    Script,
    Shrink,
    Train,
)
from workloads.settings import Settings, digest

DIGITS = 32  # of a path's key


@dataclass(frozen=True)
class NetworkPath:
    """The phases that have changed a network, as a linked list from the last phase to the first.

    Adjacent trainings are joined, and detours that the script returns from are left out. Two paths are equal if their
    keys are equal."""

    key: str  # of all phases
    step: int = field(default=0, compare=False)  # optimizer steps; rewinding sets this count back
    steps: int = field(default=0, compare=False)  # optimizer steps; rewinding leaves this count alone
    length: int = field(default=0, compare=False)  # number of phases
    phase: Phase | None = field(default=None, compare=False)  # the last; None at the start
    before: NetworkPath | None = field(default=None, compare=False, repr=False)  # the path without its last phase
    to: NetworkPath | None = field(default=None, compare=False, repr=False)  # where the last phase rewinds to
    shapes: str = field(default="", compare=False)  # key of the path at which the shapes of weights last changed

    def then(self, phase: Phase, points: Points) -> NetworkPath:
        """The path with one more phase, which may go back to one of `points`.

        Raises ValueError for a rewind to weights of other shapes."""
        if isinstance(phase, Return):
            return points[phase.to]
        if not phase.changes:
            return self
        if self.before is not None and (training := _joined(self.phase, phase)):
            return self.before.then(training, points)
        to = points[phase.to] if isinstance(phase, Rewind) else None
        if isinstance(phase, Rewind) and points[phase.to].shapes != self.shapes:
            raise ValueError(
                f"the script rewinds to {phase.to}, which it remembered before the network got smaller, so the "
                "weights there have other shapes; remember a point after the last shrink or narrow, or use return"
            )
        settings = phase.model_dump(mode="json", exclude_none=True) | ({} if to is None else {"to": to.key})
        step, steps = self.step, self.steps
        if isinstance(phase, Train):
            step, steps = step + phase.stop - phase.start, steps + phase.stop - phase.start
        elif to is not None:
            step = to.step
        elif isinstance(phase, Reinitialize):
            step = 0
        key = digest([self.key, settings], DIGITS)
        shapes = key if isinstance(phase, Narrow | Shrink) else self.shapes
        return NetworkPath(key, step, steps, self.length + 1, phase, self, to, shapes)

    @property
    def parts(self) -> tuple[NetworkPath, ...]:
        """The path after each phase, from the first phase to the last."""
        parts, path = [], self
        while path.before is not None:
            parts.append(path)
            path = path.before
        return tuple(reversed(parts))

    @property
    def phases(self) -> tuple[Phase, ...]:
        """All phases, from the first to the last."""
        return tuple(part.phase for part in self.parts if part.phase is not None)


Points = dict[str, NetworkPath]  # the networks that a script remembers, by name
START = NetworkPath(digest([], DIGITS))


def paths_after(script: Iterable[Phase]) -> Iterator[NetworkPath]:
    """The path after each phase of a script."""
    path, points = START, Points()
    for phase in script:
        path = path.then(phase, points)
        if isinstance(phase, Remember):
            points[phase.point] = path
        yield path


def changing(script: Script) -> NetworkPath:
    """The path at the end of a script. Scripts with equal paths train equal networks.

    >>> from workloads.script.phases import Measure, Train
    >>> changing((Train(start=0, stop=5), Train(start=5, stop=9), Measure(label="final"))).phases
    (Train(name='train', start=0, stop=9, lr=None, rule=None),)
    """
    return (START, *paths_after(script))[-1]


def _joined(before: Phase | None, phase: Phase) -> Train | None:
    """Two parts of one training as one; None where the second does not continue the first."""
    if not (isinstance(before, Train) and isinstance(phase, Train)):
        return None
    continues = (phase.start, phase.lr, phase.rule) == (before.stop, before.lr, before.rule)
    return before.model_copy(update={"stop": phase.stop}) if continues else None


class Passage(Settings):
    """A network within a run: what two trials can share.

    The network depends on its path alone. Its records also depend on where the run begins."""

    network: str
    """The key of the network's path."""
    stop: PositiveInt | None = None
    """The position at which the path's last training stops; none if the last phase is no training."""
    begun: NonNegativeInt = 0
    """The optimizer steps on the path before the run begins."""

    @classmethod
    def after(cls, path: NetworkPath, begun: int = 0) -> Passage:
        """At the end of a path."""
        return cls(network=path.key, stop=path.phase.stop if isinstance(path.phase, Train) else None, begun=begun)
