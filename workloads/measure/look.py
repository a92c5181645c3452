"""A look: everything that is measured in one moment of training."""

import math
from collections.abc import Iterator
from dataclasses import replace

from workloads.data.splits import DataSet, Split
from workloads.errors import Diverged
from workloads.measure.dead import dead_functional, dead_neurons, dead_structural
from workloads.measure.gradients import gradients
from workloads.measure.ranks import ranks
from workloads.measure.revival import revived, zeros
from workloads.measure.sparsity import sparsity
from workloads.measure.summary import at_current_sparsity
from workloads.measure.trends import trends
from workloads.network.loss import objective
from workloads.network.state import Look, State
from workloads.training.evaluation import evaluate
from workloads.training.loop import pop_training_means
from workloads.trial import Trial


def look(state: State, data: DataSet, probe: Split, trial: Trial, structure: bool, last: bool) -> Look:
    """Measure the network as it stands, and its training since the last look.

    The test set is measured where the validation loss is the least so far at this sparsity, and at the last
    look of a run: it is recorded, never chosen by. Raises RevivedWeights, Diverged.
    """
    state.check_zeros()
    figures = pop_training_means(state) | sparsity(state, trial.workload.prunable)
    chosen = last
    if data.validation is not None:
        figures |= evaluated("val", state, data.validation)
        earlier = at_current_sparsity([*state.looks, Look(state.step, figures)])[:-1]
        chosen |= all(figures["val/loss"] < one.figures["val/loss"] for one in earlier)
    if chosen and data.test is not None:
        figures |= evaluated("test", state, data.test)
    figures |= gradients(state, probe) | dead_neurons(*state.chains) | revived(state.zeros or {}, state.weights)
    state.zeros = zeros(state.weights)
    figures |= trends([*state.looks, Look(state.step, figures)])
    if structure:
        figures |= ranks(state.weights)
    if structure and state.workload.is_chain:
        figures |= dead_structural(state.matrices)
        if data.validation is not None:
            figures |= dead_functional(state.model, [layer.name for layer in state.layers[:-1]], data.validation)
    return Look(state.step, figures)


def look_after_pruning(state: State, data: DataSet) -> Look:
    """Outcomes and validation loss of a trained network right after weights were removed, before any more training."""
    seen: dict[str, float] = {}
    for name, split in data.held_out.items():
        seen |= evaluated(name, state, split)
    metric = state.workload.outcome.metric
    named = {f"pruned/test_{metric}": f"test/{metric}", f"pruned/val_{metric}": f"val/{metric}",
             "pruned/val_loss": "val/loss"}  # fmt: skip
    return Look(state.step, {name: seen[of] for name, of in named.items() if of in seen})


def look_at_rule(state: State) -> Iterator[Look]:
    """What a rule has found since last asked, at the steps that it is about."""
    found, state.rule = state.rule.figures, replace(state.rule, figures=())
    return (Look(step, figures) for step, figures in found)


def evaluated(name: str, state: State, split: Split) -> dict[str, float]:
    """Loss, and outcome where it is a mean over predictions, on a split. Raises Diverged."""
    loss, judged = evaluate(state.model, split, objective(state.workload))
    if not math.isfinite(loss):
        raise Diverged(f"the {name} loss is {loss} at step {state.step}; try a lower learning rate or clip_norm")
    metric = state.workload.outcome.metric
    return {f"{name}/loss": loss} | ({f"{name}/{metric}": judged} if judged is not None else {})
