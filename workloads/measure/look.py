"""A look: all measurements at one moment of training."""

import math
from collections.abc import Iterator
from dataclasses import replace

from workloads.data.splits import DataSet, Split
from workloads.errors import Diverged
from workloads.measure.connectivity import effective_sparsity
from workloads.measure.dead import dead_functional, dead_neurons, dead_structural
from workloads.measure.gradients import gradients
from workloads.measure.ranks import ranks
from workloads.measure.revival import revival, zeros
from workloads.measure.sparsity import sparsity
from workloads.measure.summary import at_current_sparsity
from workloads.measure.trends import trends
from workloads.network.loss import objective
from workloads.network.state import Look, State
from workloads.training.evaluation import evaluate
from workloads.training.loop import pop_training_means
from workloads.trial import Trial


def look_at_network(state: State, data: DataSet, probe: Split, trial: Trial, structure: bool, last: bool) -> Look:
    """Measure the network, and its training since the last look.

    `structure` adds ranks and, for chains, dead units. `last` marks the last look of a run. The test set is measured at
    the last look, and whenever the validation loss is the lowest so far at the current sparsity; its figures are
    recorded but choose nothing. Raises RevivedWeights, Diverged.
    """
    state.check_zeros()
    figures = pop_training_means(state) | sparsity(state, trial.workload.prunable)
    measures_test = last
    if data.validation is not None:
        figures |= evaluation("val", state, data.validation)
        *earlier, _ = at_current_sparsity([*state.looks, Look(state.step, figures)])
        losses = [look.figures["val/loss"] for look in earlier]
        measures_test |= all(figures["val/loss"] < loss for loss in losses)
    if measures_test and data.test is not None:
        figures |= evaluation("test", state, data.test)
    figures |= gradients(state, probe) | dead_neurons(*state.chains) | revival(state.zeros or {}, state.weights)
    state.zeros = zeros(state.weights)
    figures |= trends([*state.looks, Look(state.step, figures)])
    if structure:
        figures |= ranks(state.weights)
    if structure and state.workload.is_chain:
        figures |= dead_structural(state.matrices)
        if data.validation is not None:
            figures |= dead_functional(state.model, [layer.name for layer in state.layers[:-1]], data.validation)
    return Look(state.step, figures)


def look_at_masks(state: State, prunable: int) -> Look:
    """`start/...` metrics of masks over first weights. `prunable` is the number of weights before any narrowing."""
    figures: dict[str, float] = {"start/empty_layers": list(state.kept_counts.values()).count(0)}
    if state.workload.is_chain:
        figures["start/effective_sparsity"] = effective_sparsity(state.matrices, prunable)
    return Look(state.step, figures)


def look_after_pruning(state: State, data: DataSet) -> Look:
    """`pruned/...` metrics: outcomes and validation loss of a trained network right after pruning."""
    figures: dict[str, float] = {}
    for name, split in data.held_out.items():
        figures |= evaluation(name, state, split)
    metric = state.workload.outcome.metric
    sources = {f"pruned/test_{metric}": f"test/{metric}", f"pruned/val_{metric}": f"val/{metric}",
               "pruned/val_loss": "val/loss"}  # fmt: skip
    return Look(state.step, {name: figures[source] for name, source in sources.items() if source in figures})


def look_at_rule(state: State) -> Iterator[Look]:
    """The figures of a rule that are still to record, at the steps that they belong to. Removes them from the state."""
    looks = [Look(step, figures) for step, figures in state.rule.figures]
    state.rule = replace(state.rule, figures=())
    return iter(looks)


def evaluation(name: str, state: State, split: Split) -> dict[str, float]:
    """`<name>/loss` on a split, and the outcome if it is a mean over predictions. Raises Diverged."""
    loss, outcome = evaluate(state.model, split, objective(state.workload))
    if not math.isfinite(loss):
        raise Diverged(f"the {name} loss is {loss} at step {state.step}; try a lower learning rate or clip_norm")
    metric = state.workload.outcome.metric
    return {f"{name}/loss": loss} | ({f"{name}/{metric}": outcome} if outcome is not None else {})
