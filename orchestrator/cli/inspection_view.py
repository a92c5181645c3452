"""The sparsity of a file of weights, for people and for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from orchestrator.cli.printing import LEAST, NONE, Column, number, table
from orchestrator.execute.fitting import shortened
from orchestrator.store.folders import near
from orchestrator.store.inspection import LayerReport, overall


def as_json(path: Path, layers: Sequence[LayerReport]) -> dict[str, Any]:
    """Every figure; sparsities are fractions of weights that are exactly zero."""
    return {
        "file": str(path), "sparsity": overall(layers),
        "nonzero": sum(layer.nonzero for layer in layers), "weights": sum(layer.size for layer in layers),
        "layers": [asdict(layer) | {"weights": layer.size, "sparsity": layer.sparsity} for layer in layers],
    }  # fmt: skip


def text(path: Path, layers: Sequence[LayerReport], width: int) -> str:
    """A line for the whole file, then one for each layer; units are counted that have no input or no output."""
    columns = (
        Column("layer", [layer.name for layer in layers], words=True, elastic=True),
        Column("shape", ["x".join(map(str, layer.shape)) for layer in layers]),
        Column("nonzero", [number(layer.nonzero) for layer in layers]),
        Column("sparsity", [f"{layer.sparsity:.2%}" for layer in layers]),
        Column("units: no input", [number(layer.without_input) for layer in layers]),
        Column("no output", [number(layer.without_output) for layer in layers]),
        Column("pattern", [layer.pattern or NONE for layer in layers]),
    )
    nonzero, size = sum(layer.nonzero for layer in layers), sum(layer.size for layer in layers)
    figures = f": {nonzero:,} of {size:,} weights are nonzero, sparsity {overall(layers):.2%}"
    head = shortened(near(path), max(LEAST, width - len(figures))) + figures
    return "".join(f"{line}\n" for line in (head, "", *table(columns, width)))
