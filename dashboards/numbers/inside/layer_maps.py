"""Maps of remaining weights: one per series, with a row per layer or group of layers and a column per level."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from os.path import commonprefix
from statistics import fmean

from dashboards.numbers.inside.layers import LayerLeft
from dashboards.read.series import Series

MOST = 12  # layers with a row each; beyond, layers that differ only in a number share a row
SHADES = 9  # from the lightest, 0, to the darkest, 8
DECADES = 3  # spanned by the shades: shares below a thousandth have the lightest


@dataclass(frozen=True)
class MapCell:
    """One layer, or equal layers of several blocks together, at one level."""

    share: float  # remaining fraction of the full layers' weights, in [0, 1]
    dead: float | None  # fraction of units without connections, mean over layers; None: not recorded
    extent: tuple[float, float]  # least and greatest share of a layer

    @property
    def shade(self) -> int | None:
        """The shade on a log scale; None if no weights remain.

        >>> [MapCell(share, None, (share, share)).shade for share in (1.0, 0.1, 0.001, 1e-6, 0.0)]
        [8, 5, 0, 0, None]
        """
        if self.share <= 0:
            return None
        return max(0, round((SHADES - 1) * (1 + log10(min(self.share, 1.0)) / DECADES)))


@dataclass(frozen=True)
class MapRow:
    """A layer, or equal layers of several blocks, with a cell per level; None: not recorded."""

    layer: str  # name in the network, with `*` for the number of a block if blocks share the row
    short: str  # without the modules around all layers
    layers: int  # number of layers in the row
    cells: tuple[MapCell | None, ...]


@dataclass(frozen=True)
class LayerMap:
    """One series, from its densest level to its sparsest."""

    series: Series
    levels: tuple[float, ...]  # sparsities of the whole network
    rows: tuple[MapRow, ...]


def layer_maps(layers: Iterable[LayerLeft]) -> tuple[LayerMap, ...]:
    """The maps of all series with removed weights. Level 0 is a twin, which is full."""
    by_series: dict[Series, list[LayerLeft]] = {}
    for layer in layers:
        if not layer.series.dense and layer.sparsity > 0 and layer.share is not None:
            by_series.setdefault(layer.series, []).append(layer)
    names = list(dict.fromkeys(layer.layer for members in by_series.values() for layer in members))
    return tuple(_map(series, members, groups(names)) for series, members in by_series.items())


def groups(names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The layers of each row, by its name.

    >>> list(groups(["hidden.0", "hidden.1"]))
    ['hidden.0', 'hidden.1']
    >>> list(groups([f"h.{block}.{part}" for block in range(12) for part in ("attn", "mlp")] + ["head"]))
    ['h.*.attn', 'h.*.mlp', 'head']
    """
    if len(names) <= MOST:
        return {name: (name,) for name in names}
    rows: dict[str, list[str]] = {}
    for name in names:
        rows.setdefault(re.sub(r"(?<=\.)\d+(?=\.)", "*", name), []).append(name)
    return {row if len(members) > 1 else members[0]: tuple(members) for row, members in rows.items()}


def _map(series: Series, members: Sequence[LayerLeft], rows: Mapping[str, tuple[str, ...]]) -> LayerMap:
    at = {(left.layer, left.sparsity): left for left in members}
    levels = tuple(sorted({left.sparsity for left in members}))
    lines = [
        MapRow(row, short, len(layers), tuple(_cell([at.get((layer, level)) for layer in layers]) for level in levels))
        for (row, layers), short in zip(rows.items(), short_names(list(rows)), strict=True)
    ]
    return LayerMap(series, levels, tuple(row for row in lines if any(row.cells)))


def _cell(layers: Sequence[LayerLeft | None]) -> MapCell | None:
    recorded = [layer for layer in layers if layer is not None]
    shares = [layer.share for layer in recorded if layer.share is not None]
    if not shares:
        return None
    sizes = [layer.full for layer in recorded if layer.full]
    weights = sizes if len(sizes) == len(shares) else [1.0] * len(shares)
    share = sum(share * weight for share, weight in zip(shares, weights, strict=True)) / sum(weights)
    dead = [layer.dead for layer in recorded if layer.dead is not None]
    return MapCell(share, fmean(dead) if dead else None, (min(shares), max(shares)))


def short_names(names: Sequence[str]) -> list[str]:
    """Layer names without the modules around all nested layers; the number of a block keeps its module.

    >>> short_names(["transformer.h.0.attn", "transformer.h.1.mlp", "head"]), short_names(["hidden.0", "hidden.1"])
    (['h.0.attn', 'h.1.mlp', 'head'], ['hidden.0', 'hidden.1'])
    """
    inside = [name.split(".") for name in names if "." in name]
    shared = commonprefix([parts[:-1] for parts in inside]) if len(inside) > 1 else []
    if any(parts[len(shared)].isdigit() for parts in inside):
        shared = shared[:-1]
    lead = "".join(f"{part}." for part in shared)
    return [name.removeprefix(lead) for name in names]
