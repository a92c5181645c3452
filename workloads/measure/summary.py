"""The metrics at the end of a run."""

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

MAX_NATS = 700  # larger exponents overflow a float


def summary(state: State, workload: Workload, data: DataSet, peak: PeakMemory) -> dict[str, float]:
    """All metrics at the end of a run. Counts refer to the network of `workload`, before any narrowing."""
    peak_bytes = peak.bytes()
    return {
        **final(state.looks, workload.outcome.metric),
        **of_language(state.looks, data),
        **best(state.looks, workload.outcome.metric),
        **size(state, workload.prunable),
        **cost(state),
        **state.rule.summary,
        **({"cost/peak_memory_bytes": peak_bytes} if peak_bytes is not None else {}),
    }


def final(looks: Sequence[Look], metric: str) -> dict[str, float]:
    """Losses and outcomes at the last step, which reports compare."""
    last = looks[-1].figures
    return {
        f"final/{split}_{name}": last[f"{split}/{name}"]
        for split in ("test", "val")
        for name in (metric, "loss")
        if f"{split}/{name}" in last
    }


def of_language(looks: Sequence[Look], data: DataSet) -> dict[str, float]:
    """Perplexity per token and bits per character at the last step; empty for data other than text."""
    last = looks[-1].figures
    figures: dict[str, float] = {}
    for name, split in data.held_out.items():
        if split.characters is not None:
            loss = last[f"{name}/loss"]
            figures[f"final/{name}_perplexity"] = exp(min(loss, MAX_NATS))
            figures[f"final/{name}_bits_per_character"] = bits_per_character(loss, split.predictions, split.characters)
    return figures


def bits_per_character(loss: float, predictions: int, characters: int) -> float:
    """Bits per character, from the mean loss in nats over `predictions` tokens that spell `characters` characters."""
    return loss * predictions / (log(2) * characters)


def best(looks: Sequence[Look], metric: str) -> dict[str, float]:
    """Metrics at the look with the lowest validation loss at the run's final sparsity; empty without validation."""
    candidates = [look for look in at_current_sparsity(looks) if "val/loss" in look.figures]
    if not candidates:
        return {}
    look = min(candidates, key=lambda look: look.figures["val/loss"])
    test = {f"best/test_{name}": look.figures.get(f"test/{name}") for name in (metric, "loss")}
    return {
        "best/val_loss": look.figures["val/loss"],
        "best/step": look.step,
        **{name: figure for name, figure in test.items() if figure is not None},
        "convergence/early_stop_step": look.step,
    }


def at_current_sparsity(looks: Sequence[Look]) -> list[Look]:
    """The looks at the same mask sparsity as the last look."""
    current = looks[-1].figures["pruning/sparsity"]
    return [look for look in looks if look.figures.get("pruning/sparsity") == current]


def size(state: State, prunable: int) -> dict[str, float]:
    """The size of the network. `prunable` is the number of prunable weights before any narrowing."""
    count = nonzero(state)
    return {
        "final/sparsity": 1 - count / prunable,
        **(connectivity(state, prunable) if state.workload.is_chain else {}),
        "final/nonzero_parameters": count,
        "final/prunable_parameters": prunable,
        "final/total_parameters": sum(parameter.numel() for parameter in state.model.parameters()),
        **{f"layer_weights/{layer.name}": layer.size for layer in state.layers},
    }


def connectivity(state: State, prunable: int) -> dict[str, float]:
    """Metrics of the paths of nonzero weights through a chain of layers."""
    return {
        "final/effective_sparsity": effective_sparsity(state.matrices, prunable),
        "final/classes_without_input": classes_without_input(state.matrices),
    }


def cost(state: State) -> dict[str, float]:
    """The cost of training: seconds of this run, and totals along the whole path; sizes in bytes."""
    tally = state.tally
    steps_per_epoch, unpruned = state.workload.steps_per_epoch, state.workload.unpruned
    return {
        "cost/train_seconds": tally.seconds,
        "cost/path_train_seconds": tally.path_seconds,
        "cost/seconds_per_epoch": tally.path_seconds / max(1, tally.steps_total) * steps_per_epoch,
        "cost/steps_total": tally.steps_total,
        "cost/steps_since_last_mask": tally.step - tally.mask_step,
        "cost/seconds_since_last_mask": tally.seconds_since_mask,
        "cost/training_flops": tally.flops,
        "cost/flops_per_example": forward_flops(state.layers, state.kept_counts, unpruned),
        **{
            f"sparse_steps/{layer.name}": tally.sparse_steps.get(layer.name, 0) / max(1, tally.steps_total)
            for layer in state.layers
        },
        **({"cost/unpruned_flops_per_example": 2 * unpruned} if unpruned else {}),
        "cost/model_bytes": model_bytes(state.model, state.masks, state.optimizer),
        "cost/dense_bytes": dense_bytes(state.model),
        "cost/csr_bytes": csr_bytes(state.model, state.matrices),
    }
