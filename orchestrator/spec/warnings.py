"""What a trial may ask for and probably does not mean."""

from collections.abc import Iterator

from workloads.rules.early_bird import EarlyBirdRule
from workloads.script.phases import Train
from workloads.trial import Trial


def doubts(trial: Trial) -> Iterator[str]:
    """Each in a sentence, with what to do about it."""
    for rule in (phase.rule for phase in trial.phases if isinstance(phase, Train)):
        if isinstance(rule, EarlyBirdRule) and by_chance(rule.to) <= rule.tolerance:
            yield (
                f"two random masks at sparsity {rule.to:g} differ in {by_chance(rule.to):.2g} of their entries, "
                f"within tolerance {rule.tolerance:g}, so an early_bird ticket would tell nothing; lower tolerance"
            )


def by_chance(sparsity: float) -> float:
    """The distance that two masks of this sparsity have when nothing but chance has made them.

    >>> by_chance(0.5), round(by_chance(0.95), 3)
    (0.5, 0.095)
    """
    return 2 * sparsity * (1 - sparsity)
