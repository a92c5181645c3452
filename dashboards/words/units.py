"""Words for outcomes: values, differences to a twin and their intervals, in the outcome's unit and direction."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

from dashboards.plan_file import OutcomeEntry
from dashboards.statistics.estimates import Estimate
from dashboards.words.formats import NONE, capital, ends, signed

OVER_SEEDS, OVER_BOTH = "over seeds", "over seeds and examples"
WIDER = "Over examples too"  # the column of the second of these intervals
TEST = "test "  # how a title begins that names the split
DIGITS = {"fraction": 2, "bits": 3}  # after the point; other units have as many as the margin needs


@dataclass(frozen=True)
class Unit:
    """The words for one outcome."""

    outcome: OutcomeEntry
    name: str  # unit of a difference
    of_value: str  # unit of a value with the space before it; empty where the title names it
    scale: int  # factor from a recorded value to a shown one
    digits: int  # after the point

    @property
    def noun(self) -> str:
        """The title without its split."""
        return self.outcome.title.removeprefix(TEST)

    def titled(self, split: str = "test") -> str:
        """The title with the split that the values are on."""
        title = self.outcome.title
        if title.startswith(TEST):
            return f"{split} {self.noun}"
        return title if split == "test" else f"{title} of the {split} split"

    def on(self, split: str) -> str:
        """The title with the split, named in any case."""
        return self.titled(split) if self.outcome.title.startswith(TEST) else f"{self.noun} of the {split} split"

    @property
    def heading(self) -> str:
        """The title of a column."""
        return capital(self.outcome.title)

    @property
    def axis(self) -> str:
        """The title of an axis of values. The ticks end in `suffix`."""
        return self.outcome.title if self.suffix or not self.of_value else f"{self.outcome.title} [{self.name}]"

    @property
    def suffix(self) -> str:
        """The end of the ticks of an axis."""
        return self.of_value if self.scale == 100 else ""

    @property
    def bracket(self) -> str:
        """The unit in brackets, for a name without a unit."""
        return " [%]" if self.scale == 100 else f" [{self.name}]"

    @property
    def beside(self) -> str:
        """The unit in the title of an interval's column. It is empty for plain numbers, which have the value's unit."""
        return self.bracket if self.scale == 100 else ""

    def bare_value(self, value: float) -> str:
        """A value without its unit."""
        return f"{self.scale * value:,.{self.digits}f}"

    def value(self, value: float | None) -> str:
        """A value with its unit; without the unit where the title names it."""
        return NONE if value is None else self.bare_value(value) + self.of_value

    def amount(self, value: float, split: str) -> str:
        """A value and its title in a sentence."""
        of = "" if self.scale == 100 or not self.of_value else "of "
        return f"{self.value(value)} {of}{self.on(split)}"

    def value_ends(self, estimate: Estimate | None) -> str:
        """The interval of a value, without the unit."""
        return ends(estimate, self.bare_value)

    def bare(self, value: float | None) -> str:
        """A difference with its sign, without the unit."""
        return NONE if value is None else signed(self.scale * value, self.digits)

    def ends(self, estimate: Estimate | None) -> str:
        """The interval of a difference, without the unit."""
        return ends(estimate, self.bare)

    def difference(self, value: float | None) -> str:
        """A difference with its sign and unit."""
        return NONE if value is None else f"{self.bare(value)} {self.name}"

    def interval(self, estimate: Estimate) -> str:
        """The intervals of a difference in a sentence; empty if there are none."""
        if estimate.over_examples is None:
            return self.ends(estimate) if estimate.interval else ""
        both = ((estimate, OVER_SEEDS), (estimate.over_examples, OVER_BOTH))
        return ", ".join(f"{self.ends(part)} {words}" for part, words in both if part.interval)

    def spread(self, estimate: Estimate) -> str:
        """A difference and its intervals."""
        interval = self.interval(estimate)
        return self.difference(estimate.mean) + (f" ({interval})" if interval else "")

    def raw(self, gain: Estimate | None) -> Estimate | None:
        """The difference of a gain: with the opposite sign where less is better."""
        return gain if gain is None or self.outcome.more_is_better else -gain

    def change(self, gain: Estimate) -> str:
        """A gain as a difference in words, with its intervals."""
        return self.spread(gain if self.outcome.more_is_better else -gain)

    @property
    def margin(self) -> float:
        """The largest loss to the twin that counts as harmless, in the recorded unit."""
        return self.outcome.margin

    @property
    def allowed(self) -> str:
        """The margin in words without a sign."""
        return f"{self.scale * self.margin:.6g} {self.name}"

    @property
    def limit(self) -> str:
        """The difference that loses exactly the margin."""
        return f"−{self.allowed}" if self.outcome.more_is_better else f"+{self.allowed}"

    def falls(self, amount: str, several: bool = False) -> str:
        """What a network does that is worse by an amount, or several do: `loses 1 pp`, `takes 0.02 bits more`."""
        verb, more = ("lose", "") if self.outcome.more_is_better else ("take", " more")
        return f"{verb}{'' if several else 's'} {amount}{more}"

    @property
    def harm(self) -> str:
        """A loss of more than the margin, with its article."""
        article = "a" if self.outcome.more_is_better else "an"
        return f"{article} {self.lost} of more than {self.allowed}"

    @property
    def reaches(self) -> str:
        """The verb of a network and its value."""
        return "reaches" if self.outcome.more_is_better else "takes"

    @property
    def reach(self) -> str:
        """The verb of several networks."""
        return "reach" if self.outcome.more_is_better else "take"

    @property
    def surely(self) -> str:
        """The verb of a network that is worse than its twin."""
        return "loses" if self.outcome.more_is_better else "takes"

    @property
    def lost(self) -> str:
        """The noun for being worse than the twin."""
        return "loss" if self.outcome.more_is_better else "excess"


def unit(outcome: OutcomeEntry) -> Unit:
    """The words for an outcome: percent and percentage points for fractions, plain numbers for the rest."""
    if outcome.unit == "fraction":
        return Unit(outcome, "pp", " %", 100, DIGITS[outcome.unit])
    named = outcome.unit in outcome.title.split()
    digits = DIGITS.get(outcome.unit, max(0, 1 - floor(log10(outcome.margin))) if outcome.margin > 0 else 3)
    return Unit(outcome, outcome.unit, "" if named else f" {outcome.unit}", 1, digits)
