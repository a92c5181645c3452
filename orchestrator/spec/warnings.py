"""Warnings about settings that are allowed, but probably a mistake."""

from collections.abc import Iterator

from workloads.rules.early_bird import EarlyBirdRule
from workloads.script.phases import Train
from workloads.trial import Trial


def doubts(trial: Trial) -> Iterator[str]:
    """Warnings about a trial: each says what is doubtful and what to do."""
    for rule in (phase.rule for phase in trial.phases if isinstance(phase, Train)):
        if isinstance(rule, EarlyBirdRule) and by_chance(rule.to) <= rule.tolerance:
            yield (
                f"two random masks at sparsity {rule.to:g} differ in {by_chance(rule.to):.2g} of their entries, "
                f"within tolerance {rule.tolerance:g}, so chance alone makes masks look settled; lower tolerance"
            )


def by_chance(sparsity: float) -> float:
    """The expected fraction of entries in which two random masks of this sparsity differ.

    >>> by_chance(0.5), round(by_chance(0.95), 3)
    (0.5, 0.095)
    """
    return 2 * sparsity * (1 - sparsity)
