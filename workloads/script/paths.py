"""Paths: what a script has done to a network up to some place, which tells equal networks apart from others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import NonNegativeInt, PositiveInt

from workloads.script.phases import Phase, Reinitialize, Remember, Return, Rewind, Script, Train
from workloads.settings import Settings, digest

DIGITS = 32  # of a path's key


@dataclass(frozen=True)
class NetworkPath:
    """The phases that have changed a network, adjacent trainings joined, detours left out: a chain, the last first.

    Paths are equal where their keys are, and networks are that begin alike and have gone equal paths."""

    key: str  # of all phases
    step: int = field(default=0, compare=False)  # steps as they are counted: rewinding sets the count back
    steps: int = field(default=0, compare=False)  # all optimizer steps
    length: int = field(default=0, compare=False)  # in phases
    phase: Phase | None = field(default=None, compare=False)  # the last; None at the start
    before: NetworkPath | None = field(default=None, compare=False, repr=False)  # without the last phase
    to: NetworkPath | None = field(default=None, compare=False, repr=False)  # where the last phase has rewound to

    def then(self, phase: Phase, points: Points) -> NetworkPath:
        """The path with one phase more, which may go back to one of `points`."""
        if isinstance(phase, Return):
            return points[phase.to]
        if not phase.changes:
            return self
        if self.before is not None and (whole := _joined(self.phase, phase)):
            return self.before.then(whole, points)
        to = points[phase.to] if isinstance(phase, Rewind) else None
        told = phase.model_dump(mode="json", exclude_none=True) | ({} if to is None else {"to": to.key})
        step, steps = self.step, self.steps
        if isinstance(phase, Train):
            step, steps = step + phase.stop - phase.start, steps + phase.stop - phase.start
        elif to is not None:
            step = to.step
        elif isinstance(phase, Reinitialize):
            step = 0
        return NetworkPath(digest([self.key, told], DIGITS), step, steps, self.length + 1, phase, self, to)

    @property
    def parts(self) -> tuple[NetworkPath, ...]:
        """The path after each of its phases, from the first to the last."""
        parts, path = [], self
        while path.before is not None:
            parts.append(path)
            path = path.before
        return tuple(reversed(parts))

    @property
    def phases(self) -> tuple[Phase, ...]:
        """All its phases, from the first to the last."""
        return tuple(part.phase for part in self.parts if part.phase is not None)


Points = dict[str, NetworkPath]  # what a script has remembered, by name
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
    """The path at the end of a script. Two scripts that agree here train alike.

    >>> from workloads.script.phases import Measure, Train
    >>> changing((Train(start=0, stop=5), Train(start=5, stop=9), Measure(label="final"))).phases
    (Train(name='train', start=0, stop=9, lr=None, rule=None),)
    """
    return (START, *paths_after(script))[-1]


def _joined(before: Phase | None, phase: Phase) -> Train | None:
    """The training that two parts make together; None where they are not one that was cut in the middle."""
    if not (isinstance(before, Train) and isinstance(phase, Train)):
        return None
    goes_on = (phase.start, phase.lr, phase.rule) == (before.stop, before.lr, before.rule)
    return before.model_copy(update={"stop": phase.stop}) if goes_on else None


class Passage(Settings):
    """Where trials may meet: a network, in a run that began after `begun` optimizer steps along its path.

    The network depends on the path alone, what was recorded of it since the run began on both."""

    network: str  # the key of its path
    stop: PositiveInt | None = None  # the position that the path's last phase stops at; None: it is no training
    begun: NonNegativeInt = 0

    @classmethod
    def after(cls, path: NetworkPath, begun: int = 0) -> Passage:
        """At the end of a path."""
        return cls(network=path.key, stop=path.phase.stop if isinstance(path.phase, Train) else None, begun=begun)
