"""The cheapest network that is not worse than dense: chosen on validation, told on test."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dashboards.numbers.deployment.networks import Conversion, DeployedNetwork
from dashboards.statistics.estimates import ENOUGH, ROUNDING

Price = Callable[[Conversion], float | None]


@dataclass(frozen=True)
class Bargain:
    """The cheapest conversion within the margin of its dense twin on validation."""

    conversion: Conversion
    price: float
    sure: bool | None  # on test no loss beyond the margin is likely, the conversion's change included; None: few seeds


def cheapest(networks: Iterable[DeployedNetwork], price: Price, confidence: float) -> Bargain | None:
    """None where no conversion has a price, an outcome and a validated dense twin. Dense networks take part."""
    options = [(amount, one) for network in networks for one in network.conversions.values()
               if (amount := price(one)) is not None and _within(network, one)]  # fmt: skip
    if not options:
        return None
    amount, one = min(options, key=lambda option: (option[0], -_gain(option[1])))
    return Bargain(one, amount, _sure(one, confidence))


def _within(network: DeployedNetwork, one: Conversion) -> bool:
    reference = network.twins.validation if network.twins else None
    if reference is None or one.validation is None:
        return False
    outcome = one.cell.outcome
    return outcome.gain(one.validation - reference) >= -outcome.margin - ROUNDING


def _gain(one: Conversion) -> float:
    """More is better; of equals in price the better one on validation."""
    return one.cell.outcome.gain(one.validation or 0.0)


def _sure(one: Conversion, confidence: float) -> bool | None:
    """A dense network differs from itself by the conversion alone, which is no matter of seeds."""
    outcome, gain = one.cell.outcome, one.cell.gain
    changed = outcome.gain(one.change.mean) if one.change else 0.0
    if one.cell.unpruned:
        return changed >= -outcome.margin
    if gain is None or gain.n < ENOUGH:
        return None
    return gain.surely_above(-outcome.margin - changed, confidence)
