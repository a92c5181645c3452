"""Warnings about settings that are allowed, but probably a mistake."""

from collections.abc import Iterator, Sequence

from orchestrator.spec.header import Resources
from workloads.rules.early_bird import EarlyBirdRule
from workloads.script.phases import Train
from workloads.script.rules import Rule
from workloads.trial import Trial


def doubts(trial: Trial) -> Iterator[str]:
    """Warnings about a trial: each says what is doubtful and what to do."""
    for rule in (phase.rule for phase in trial.phases if isinstance(phase, Train)):
        if isinstance(rule, EarlyBirdRule) and by_chance(rule.to) <= rule.tolerance:
            yield (
                f"two random masks at sparsity {rule.to:g} differ in {by_chance(rule.to):.2g} of their entries, "
                f"within tolerance {rule.tolerance:g}, so chance alone makes masks look settled; lower tolerance"
            )


def kernel_doubts(resources: Resources, trials: Sequence[Trial]) -> Iterator[str]:
    """Warnings about `kernels: sparse` where layers are computed with masks all the same."""
    if resources.kernels != "sparse":
        return
    if resources.precision == "bfloat16":
        yield f"{_useless('in bfloat16', 'all layers')}; use precision: float32"
    if resources.gpus not in ("auto", 0):
        yield f"{_useless('on GPUs', 'all layers')}; use gpus: 0"
    names = {trial.workload.name for trial in trials if any(len(layer.shape) > 2 for layer in trial.workload.layers)}
    if names:
        yield _useless("on convolutions", f"those of {', '.join(sorted(names))}")
    phases = (phase for trial in trials for phase in trial.phases)
    rules = {phase.rule.name for phase in phases if isinstance(phase, Train) and phase.rule and acts_always(phase.rule)}
    if rules:
        yield _useless("with rules that act at every step", f"the steps of {', '.join(sorted(rules))}")


def _useless(where: str, what: str) -> str:
    return f"kernels: sparse has no effect {where}: {what} are computed with masks, which multiplies the zeros"


def acts_always(rule: Rule) -> bool:
    """Whether the rule takes part in every training step."""
    return type(rule).each_step is not Rule.each_step


def by_chance(sparsity: float) -> float:
    """The expected fraction of entries in which two random masks of this sparsity differ.

    >>> by_chance(0.5), round(by_chance(0.95), 3)
    (0.5, 0.095)
    """
    return 2 * sparsity * (1 - sparsity)
