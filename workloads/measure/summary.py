"""The end of a run in figures."""

from collections.abc import Sequence

from workloads.measure.connectivity import classes_without_input, effective_sparsity
from workloads.measure.flops import forward_flops
from workloads.measure.memory import PeakMemory, model_bytes
from workloads.measure.sparsity import nonzero
from workloads.measure.storage import csr_bytes, dense_bytes
from workloads.pruning.early_bird import Search
from workloads.training.state import Look, State
from workloads.workload import Workload


def summary(state: State, workload: Workload, peak: PeakMemory) -> dict[str, float]:
    """All figures of a run's end. Counts refer to the network of `workload`, before any narrowing."""
    measured = peak.bytes()
    return {
        **final(state.looks),
        **best(state.looks),
        **size(state, workload.prunable),
        **cost(state),
        **ticket(state.search),
        **({"cost/peak_memory_bytes": measured} if measured is not None else {}),
    }


def final(looks: Sequence[Look]) -> dict[str, float]:
    """Losses and accuracies at the last step: the primary outcome."""
    last = looks[-1].figures
    return {
        f"final/{split}_{what}": last[f"{split}/{what}"]
        for split in ("test", "val")
        for what in ("accuracy", "loss")
        if f"{split}/{what}" in last
    }


def best(looks: Sequence[Look]) -> dict[str, float]:
    """Figures at the least validation loss among the looks at the run's final sparsity; nothing without validation."""
    ranked = [look for look in at_current_sparsity(looks) if "val/loss" in look.figures]
    if not ranked:
        return {}
    at = min(ranked, key=lambda look: look.figures["val/loss"])
    return {
        "best/val_loss": at.figures["val/loss"],
        "best/step": at.step,
        "best/test_accuracy": at.figures["test/accuracy"],
        "best/test_loss": at.figures["test/loss"],
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
        "final/effective_sparsity": effective_sparsity(state.weights, prunable),
        "final/classes_without_input": classes_without_input(state.weights),
        "final/nonzero_parameters": alive,
        "final/prunable_parameters": prunable,
        "final/total_parameters": sum(parameter.numel() for parameter in state.model.parameters()),
        **{f"layer_weights/{layer.name}": layer.size for layer in state.layers},
    }


def ticket(search: Search | None) -> dict[str, float]:
    """Whether an early-bird ticket was drawn, and at which step; nothing where none was looked for."""
    if search is None:
        return {}
    step = {} if search.drawn_at is None else {"early_bird/step": search.drawn_at}
    return {"early_bird/drawn": int(search.drawn_at is not None), **step}


def cost(state: State) -> dict[str, float]:
    """What training took: this run's own stretch, and the whole path."""
    tally = state.tally
    steps_per_epoch = state.workload.steps_per_epoch
    return {
        "cost/train_seconds": tally.seconds,
        "cost/path_train_seconds": tally.path_seconds,
        "cost/seconds_per_epoch": tally.path_seconds / max(1, tally.steps_total) * steps_per_epoch,
        "cost/steps_total": tally.steps_total,
        "cost/steps_since_last_mask": tally.step - tally.mask_step,
        "cost/training_flops": tally.flops,
        "cost/flops_per_example": forward_flops(state.layers, state.kept),
        "cost/model_bytes": model_bytes(state.model, state.masks, state.optimizer),
        "cost/dense_bytes": dense_bytes(state.model),
        "cost/csr_bytes": csr_bytes(state.model, state.weights),
    }
