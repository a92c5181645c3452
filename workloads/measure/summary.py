"""The end of a run in figures."""

from collections.abc import Sequence
from math import exp, log

from workloads.cost.memory import PeakMemory, model_bytes
from workloads.cost.operations import forward_flops
from workloads.cost.storage import csr_bytes, dense_bytes
from workloads.data.splits import DataSet
from workloads.measure.connectivity import classes_without_input, effective_sparsity
from workloads.measure.sparsity import nonzero
from workloads.network.state import Look, State
from workloads.tasks.workload import Workload

LARGEST = 700  # nats, of which the exponential still fits a float


def summary(state: State, workload: Workload, data: DataSet, peak: PeakMemory) -> dict[str, float]:
    """All figures of a run's end. Counts refer to the network of `workload`, before any narrowing."""
    measured = peak.bytes()
    return {
        **final(state.looks, workload.outcome.metric),
        **of_language(state.looks, data),
        **best(state.looks, workload.outcome.metric),
        **size(state, workload.prunable),
        **cost(state),
        **state.rule.summary,
        **({"cost/peak_memory_bytes": measured} if measured is not None else {}),
    }


def final(looks: Sequence[Look], metric: str) -> dict[str, float]:
    """Losses and outcomes at the last step: what networks are judged by."""
    last = looks[-1].figures
    return {
        f"final/{split}_{what}": last[f"{split}/{what}"]
        for split in ("test", "val")
        for what in (metric, "loss")
        if f"{split}/{what}" in last
    }


def of_language(looks: Sequence[Look], data: DataSet) -> dict[str, float]:
    """Perplexity per token and bits per character at the last step; nothing where no characters are predicted."""
    last = looks[-1].figures
    figures: dict[str, float] = {}
    for name, split in data.held_out.items():
        if split.characters is not None:
            loss = last[f"{name}/loss"]
            figures[f"final/{name}_perplexity"] = exp(min(loss, LARGEST))
            figures[f"final/{name}_bits_per_character"] = bits_per_character(loss, split.predictions, split.characters)
    return figures


def bits_per_character(loss: float, scored: int, characters: int) -> float:
    """All nats of so many scored predictions, as bits, over all characters that these spell."""
    return loss * scored / (log(2) * characters)


def best(looks: Sequence[Look], metric: str) -> dict[str, float]:
    """Figures at the least validation loss among the looks at the run's final sparsity; nothing without validation."""
    ranked = [look for look in at_current_sparsity(looks) if "val/loss" in look.figures]
    if not ranked:
        return {}
    at = min(ranked, key=lambda look: look.figures["val/loss"])
    tested = {f"best/test_{what}": at.figures.get(f"test/{what}") for what in (metric, "loss")}
    return {
        "best/val_loss": at.figures["val/loss"],
        "best/step": at.step,
        **{name: figure for name, figure in tested.items() if figure is not None},
        "convergence/early_stop_step": at.step,
    }


def at_current_sparsity(looks: Sequence[Look]) -> list[Look]:
    """The looks that saw as many masked weights as the last one."""
    current = looks[-1].figures["pruning/sparsity"]
    return [look for look in looks if look.figures.get("pruning/sparsity") == current]


def size(state: State, prunable: int) -> dict[str, float]:
    """How large the network is; `prunable` is the number of prunable weights before any narrowing."""
    alive = nonzero(state)
    return {
        "final/sparsity": 1 - alive / prunable,
        **(connectivity(state, prunable) if state.workload.is_chain else {}),
        "final/nonzero_parameters": alive,
        "final/prunable_parameters": prunable,
        "final/total_parameters": sum(parameter.numel() for parameter in state.model.parameters()),
        **{f"layer_weights/{layer.name}": layer.size for layer in state.layers},
    }


def connectivity(state: State, prunable: int) -> dict[str, float]:
    """What paths of nonzero weights there are through a chain of layers."""
    return {
        "final/effective_sparsity": effective_sparsity(state.matrices, prunable),
        "final/classes_without_input": classes_without_input(state.matrices),
    }


def cost(state: State) -> dict[str, float]:
    """What training took: this run's own stretch, and the whole path."""
    tally = state.tally
    steps_per_epoch, unpruned = state.workload.steps_per_epoch, state.workload.unpruned
    return {
        "cost/train_seconds": tally.seconds,
        "cost/path_train_seconds": tally.path_seconds,
        "cost/seconds_per_epoch": tally.path_seconds / max(1, tally.steps_total) * steps_per_epoch,
        "cost/steps_total": tally.steps_total,
        "cost/steps_since_last_mask": tally.step - tally.mask_step,
        "cost/training_flops": tally.flops,
        "cost/flops_per_example": forward_flops(state.layers, state.kept_counts, unpruned),
        **({"cost/unpruned_flops_per_example": 2 * unpruned} if unpruned else {}),
        "cost/model_bytes": model_bytes(state.model, state.masks, state.optimizer),
        "cost/dense_bytes": dense_bytes(state.model),
        "cost/csr_bytes": csr_bytes(state.model, state.matrices),
    }
