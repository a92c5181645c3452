"""The end of a run in figures, as pure functions of its looks."""

from collections.abc import Sequence

from workloads.training.state import Look


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
    return [look for look in looks if look.figures["pruning/sparsity"] == looks[-1].figures["pruning/sparsity"]]
