"""How outcomes are told: values, differences to a twin and their intervals, in the outcome's unit and direction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboards.statistics.estimates import Estimate
from dashboards.words.formats import NONE, bits, ends, margin, more_bits, percent, points_interval, signed

OVER_SEEDS, OVER_BOTH = "over seeds", "over seeds and examples"
WIDER = "Over examples too"  # what tables call the second of these intervals


@dataclass(frozen=True)
class Unit:
    """The words for one outcome."""

    name: str  # of a difference
    value: Callable[[float | None], str]
    bare: Callable[[float | None], str]  # a difference with its sign; the unit is said beside it
    ends: Callable[[Estimate | None], str]  # of a difference's interval, the same
    losing: Callable[[float], str]  # more than a margin is lost: what follows one of the next two
    surely: str
    maybe: str
    more_is_better: bool

    def difference(self, value: float | None) -> str:
        """A difference with its sign and its unit."""
        return NONE if value is None else f"{self.bare(value)} {self.name}"

    def interval(self, one: Estimate) -> str:
        """The intervals of a difference as a sentence has them; nothing where there are none."""
        if one.over_examples is None:
            return self.ends(one) if one.interval else ""
        both = ((one, OVER_SEEDS), (one.over_examples, OVER_BOTH))
        return ", ".join(f"{self.ends(found)} {words}" for found, words in both if found.interval)

    def spread(self, one: Estimate) -> str:
        """A difference and its intervals."""
        interval = self.interval(one)
        return self.difference(one.mean) + (f" ({interval})" if interval else "")

    def change(self, gain: Estimate) -> str:
        """A gain as the difference that it is, and its intervals."""
        return self.spread(gain if self.more_is_better else -gain)


ACCURACY = Unit(
    "pp", percent, lambda value: NONE if value is None else signed(100 * value), points_interval,
    lambda allowed: f"more than {margin(allowed)}", "loses", "may lose", more_is_better=True,
)  # fmt: skip
BITS = Unit(
    "bits", bits, more_bits, lambda one: ends(one, more_bits), lambda allowed: f"more than {allowed:g} bits more",
    "takes", "may take", more_is_better=False,
)  # fmt: skip
