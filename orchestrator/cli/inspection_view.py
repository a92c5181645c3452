"""What is in a file of weights, for people and for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from orchestrator.cli.printing import lines
from orchestrator.store.inspection import LayerReport, overall

WIDTH = 120  # columns at most


def as_json(path: Path, layers: Sequence[LayerReport]) -> dict[str, Any]:
    """All that was found; sparsities are the fractions of weights that are exactly zero."""
    return {
        "file": str(path), "sparsity": overall(layers),
        "nonzero": sum(layer.nonzero for layer in layers), "weights": sum(layer.size for layer in layers),
        "layers": [asdict(layer) | {"weights": layer.size, "sparsity": layer.sparsity} for layer in layers],
    }  # fmt: skip


def text(path: Path, layers: Sequence[LayerReport]) -> str:
    """A line on the whole, then one a layer."""
    table = Table(box=None, pad_edge=False)
    table.add_column("layer", overflow="fold")
    for heading in ("shape", "nonzero", "sparsity", "units without input", "without output", "pattern"):
        table.add_column(heading, justify="right")
    for layer in layers:
        shape = "x".join(map(str, layer.shape))
        table.add_row(layer.name, shape, f"{layer.nonzero:,}", f"{layer.sparsity:.2%}",
                      f"{layer.without_input:,}", f"{layer.without_output:,}", layer.pattern or "-")  # fmt: skip
    nonzero, size = sum(layer.nonzero for layer in layers), sum(layer.size for layer in layers)
    head = f"{path}: {nonzero:,} of {size:,} weights are nonzero, sparsity {overall(layers):.2%}"
    return "".join(f"{line}\n" for line in (head, "", *lines(table, WIDTH)))
