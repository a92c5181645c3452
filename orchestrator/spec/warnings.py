"""Warnings about settings that are allowed, but probably a mistake."""

from collections.abc import Iterator, Mapping, Sequence

from orchestrator.spec import fields
from orchestrator.spec.header import Resources
from workloads.methods.method import Method
from workloads.pruning.allocation import counts
from workloads.rules.early_bird import EarlyBirdRule
from workloads.script.phases import Train
from workloads.script.removals import Prune
from workloads.script.rules import PruningRule, Rule
from workloads.trial import Trial


def doubts(trial: Trial) -> Iterator[str]:
    """Warnings about a trial: each says what is doubtful and what to do."""
    for rule in (phase.rule for phase in trial.phases if isinstance(phase, Train)):
        if isinstance(rule, EarlyBirdRule) and by_chance(rule.to) <= rule.tolerance:
            yield (
                f"two random masks at sparsity {rule.to:g} differ in {by_chance(rule.to):.2g} of their entries, "
                f"within tolerance {rule.tolerance:g}, so chance alone makes masks look settled; lower tolerance"
            )
    yield from _empty_layers(trial)


def _empty_layers(trial: Trial) -> Iterator[str]:
    """Warnings about layers whose share of the weights rounds to 0."""
    method, layers = trial.method, trial.workload.layers
    for pruning, sparsity in _prunings(trial):
        if pruning.allocation == "global":
            continue
        if empty := _empty(counts(layers, sparsity, pruning.allocation, pruning.dense_layers)):
            helps = "erk" in _allocations(method) and not _empty(counts(layers, sparsity, "erk"))
            yield (
                f"{method.name} at sparsity {sparsity:g} leaves no weight in {', '.join(empty)} of "
                f"{trial.workload.name}, where the share by allocation: {pruning.allocation} rounds to 0; "
                f"lower the sparsity{', or use allocation: erk, which leaves some in every layer' if helps else ''}"
            )


def _allocations(method: Method) -> tuple[str, ...]:
    """The allocations that a method can have."""
    field = type(method).model_fields.get("allocation")
    return () if field is None else fields.literals(fields.allowed_in(field))


def _prunings(trial: Trial) -> Iterator[tuple[Prune | PruningRule, float]]:
    """What prunes to a sparsity, and the sparsity that it ends at."""
    for phase in trial.phases:
        if isinstance(phase, Prune) and phase.to:
            yield phase, phase.to
        elif isinstance(phase, Train) and isinstance(phase.rule, PruningRule) and phase.rule.positions:
            yield phase.rule, phase.rule.sparsity_at(phase.rule.positions[-1])


def _empty(layer_counts: Mapping[str, int]) -> tuple[str, ...]:
    """The layers without a weight."""
    return tuple(name for name, count in layer_counts.items() if not count)


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
