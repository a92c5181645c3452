"""What the networks of a task are judged by."""

from typing import Literal

from pydantic import PositiveFloat

from workloads.settings import Settings


class Outcome(Settings):
    """One measure of how well a network does what it was trained for: a mean over examples, or over characters.

    Reports show it in its unit, and say of differences to the twin whether they are harmless."""

    metric: str  # `<split>/<metric>` at looks, `final/<split>_<metric>` at the last step
    title: str  # in a sentence
    unit: str  # fraction: of examples, shown in percent; else the unit's name
    direction: Literal["up", "down"]  # which way is better
    margin: PositiveFloat  # how much worse than the twin counts as harmless unless a sweep says otherwise
    chance: float | None = None  # what guessing comes to; None: there is no such level
    loss: str = "nats per example"  # what the training loss is measured in
