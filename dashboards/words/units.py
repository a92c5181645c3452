"""How outcomes are told: values, differences to a twin and their intervals, in the outcome's unit and direction."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

from dashboards.plan_file import OutcomeEntry
from dashboards.statistics.estimates import Estimate
from dashboards.words.formats import NONE, capital, ends, signed

OVER_SEEDS, OVER_BOTH = "over seeds", "over seeds and examples"
WIDER = "Over examples too"  # what tables call the second of these intervals
TEST = "test "  # what a title begins with that names the split
DIGITS = {"fraction": 2, "bits": 3}  # behind the point, as shown; of other units as many as the margin asks for


@dataclass(frozen=True)
class Unit:
    """The words for one outcome."""

    outcome: OutcomeEntry
    name: str  # of a difference
    of_value: str  # the same of a value, with what parts them; empty where the title says it
    scale: int  # what is shown is so many times what was recorded
    digits: int  # behind the point

    @property
    def noun(self) -> str:
        """The title without the split."""
        return self.outcome.title.removeprefix(TEST)

    def titled(self, split: str = "test") -> str:
        """The title with the split that stands in for the test split, where one does."""
        title = self.outcome.title
        if title.startswith(TEST):
            return f"{split} {self.noun}"
        return title if split == "test" else f"{title} of the {split} split"

    def on(self, split: str) -> str:
        """The title with the split in any case."""
        return self.titled(split) if self.outcome.title.startswith(TEST) else f"{self.noun} of the {split} split"

    @property
    def heading(self) -> str:
        """The title as a column has it."""
        return capital(self.outcome.title)

    @property
    def axis(self) -> str:
        """What a figure writes beside values, whose ticks have `suffix` behind them."""
        return self.outcome.title if self.suffix or not self.of_value else f"{self.outcome.title} [{self.name}]"

    @property
    def suffix(self) -> str:
        """Behind the ticks of an axis."""
        return self.of_value if self.scale == 100 else ""

    @property
    def bracket(self) -> str:
        """The unit of a value behind what it is of, where nothing else says it."""
        return " [%]" if self.scale == 100 else f" [{self.name}]"

    @property
    def beside(self) -> str:
        """The unit of an interval beside its value, as a column has it; that of plain numbers is the value's."""
        return self.bracket if self.scale == 100 else ""

    def bare_value(self, value: float) -> str:
        """A value without its unit."""
        return f"{self.scale * value:,.{self.digits}f}"

    def value(self, value: float | None) -> str:
        """A value with its unit; without where the title says it."""
        return NONE if value is None else self.bare_value(value) + self.of_value

    def amount(self, value: float, split: str) -> str:
        """A value and what it is of, as a sentence has it."""
        of = "" if self.scale == 100 or not self.of_value else "of "
        return f"{self.value(value)} {of}{self.on(split)}"

    def value_ends(self, one: Estimate | None) -> str:
        """The interval of a value; the unit is said beside it."""
        return ends(one, self.bare_value)

    def bare(self, value: float | None) -> str:
        """A difference with its sign; the unit is said beside it."""
        return NONE if value is None else signed(self.scale * value, self.digits)

    def ends(self, one: Estimate | None) -> str:
        """The interval of a difference, the same."""
        return ends(one, self.bare)

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

    def raw(self, gain: Estimate | None) -> Estimate | None:
        """A gain as the difference that it is."""
        return gain if gain is None or self.outcome.more_is_better else -gain

    def change(self, gain: Estimate) -> str:
        """The same in words, and its intervals."""
        return self.spread(gain if self.outcome.more_is_better else -gain)

    @property
    def margin(self) -> float:
        """How much worse than the twin still counts as harmless, as recorded."""
        return self.outcome.margin

    @property
    def allowed(self) -> str:
        """The margin in words, without a sign."""
        return f"{self.scale * self.margin:.6g} {self.name}"

    @property
    def limit(self) -> str:
        """The difference that loses just the margin."""
        return f"−{self.allowed}" if self.outcome.more_is_better else f"+{self.allowed}"

    @property
    def harm(self) -> str:
        """More than the margin lost, with its article."""
        article = "a" if self.outcome.more_is_better else "an"
        return f"{article} {self.lost} of more than {self.allowed}"

    @property
    def reaches(self) -> str:
        """What a network does that has a value."""
        return "reaches" if self.outcome.more_is_better else "takes"

    @property
    def reach(self) -> str:
        """The same of several."""
        return "reach" if self.outcome.more_is_better else "take"

    @property
    def surely(self) -> str:
        """What a network does that is worse than its twin."""
        return "loses" if self.outcome.more_is_better else "takes"

    @property
    def lost(self) -> str:
        """What it then has."""
        return "loss" if self.outcome.more_is_better else "excess"


def unit(outcome: OutcomeEntry) -> Unit:
    """Of fractions percent and percentage points, of all else plain numbers."""
    if outcome.unit == "fraction":
        return Unit(outcome, "pp", " %", 100, DIGITS[outcome.unit])
    said = outcome.unit in outcome.title.split()
    digits = DIGITS.get(outcome.unit, max(0, 1 - floor(log10(outcome.margin))) if outcome.margin > 0 else 3)
    return Unit(outcome, outcome.unit, "" if said else f" {outcome.unit}", 1, digits)
