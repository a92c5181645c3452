"""Paths: what a script has done to a network up to some place, which tells equal networks apart from others."""

from pydantic import NonNegativeInt

from workloads.script.phases import Phase, Reinitialize, Return, Rewind, Script, Train
from workloads.settings import Settings


def changing(phases: Script) -> Script:
    """The path: the phases that have changed the network, adjacent trainings joined, detours left out.

    Two scripts that agree here train alike.

    >>> from workloads.script.phases import Measure, Train
    >>> changing((Train(start=0, stop=5), Train(start=5, stop=9), Measure(label="final")))
    (Train(name='train', start=0, stop=9, lr=None, rule=None),)
    """
    path: list[Phase] = []
    for phase in phases:
        if isinstance(phase, Return):
            path = list(phase.to)
        elif phase.changes and path and (whole := _joined(path[-1], phase)):
            path[-1] = whole
        elif phase.changes:
            path.append(phase)
    return tuple(path)


def _joined(before: Phase, phase: Phase) -> Train | None:
    """The training that two parts make together; None where they are not one that was cut in the middle."""
    if not (isinstance(before, Train) and isinstance(phase, Train)):
        return None
    goes_on = (phase.start, phase.lr, phase.rule) == (before.stop, before.lr, before.rule)
    return before.model_copy(update={"stop": phase.stop}) if goes_on else None


def step_after(path: Script) -> int:
    """How many steps are counted at the end of a path: rewinding sets the count back, and new weights to 0.

    >>> from workloads.script.phases import Rewind, Train
    >>> step_after((Train(start=0, stop=9), Rewind(to=(Train(start=0, stop=2),)), Train(start=2, stop=5)))
    5
    """
    step = 0
    for phase in path:
        match phase:
            case Train():
                step += phase.stop - phase.start
            case Rewind():
                step = step_after(phase.to)
            case Reinitialize():
                step = 0
    return step


def steps_along(path: Script) -> int:
    """All optimizer steps of a path."""
    return sum(phase.stop - phase.start for phase in path if isinstance(phase, Train))


class Passage(Settings):
    """Where trials may meet: the network after `path`, in a run that began after `begun` optimizer steps along it.

    The network depends on the path alone, what was recorded of it since the run began on both."""

    path: Script  # phases that change the network
    begun: NonNegativeInt = 0
