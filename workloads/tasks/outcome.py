"""The figure that the networks of a workload are judged by."""

from typing import Literal

from pydantic import PositiveFloat

from workloads.settings import Settings


class Outcome(Settings):
    """How well a network performs its task: a mean over examples, or over characters.

    Reports show it in its unit, and tell which differences to the twin are harmless."""

    metric: str
    """The metric's name: `<split>/<metric>` at evaluations, `final/<split>_<metric>` at the last step."""
    title: str
    """The name in a sentence."""
    unit: str
    """The unit's name. Fraction means a fraction of examples, which reports show in percent."""
    direction: Literal["up", "down"]
    """The direction of better values."""
    margin: PositiveFloat
    """The largest harmless loss against the twin, in the unit. A sweep's `report.margin` replaces it."""
    chance: float | None = None
    """The value that guessing reaches, in the unit; none if there is no such value."""
    loss: str = "nats per example"
    """The unit of the training loss."""
