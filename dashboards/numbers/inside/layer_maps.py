"""Maps of what is left: a map a series, a row a layer or the like layers of all blocks, a column a level."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from os.path import commonprefix
from statistics import fmean

from dashboards.numbers.inside.layers import LayerLeft
from dashboards.read.series import Series

MOST = 12  # layers that have a row each; of more, those that differ in their number alone share one
SHADES = 9  # from the faintest, 0, to the fullest, 8
DECADES = 3  # that the shades span: what is below a thousandth has the faintest


@dataclass(frozen=True)
class MapCell:
    """One layer, or the like layers of several blocks taken together, at one level."""

    share: float  # of the full layers' weights that is left, in [0, 1]
    dead: float | None  # fraction of units without connections, the mean over layers; None: not recorded
    extent: tuple[float, float]  # the least and the greatest share of a layer

    @property
    def shade(self) -> int | None:
        """On a log scale; None where nothing is left.

        >>> [MapCell(share, None, (share, share)).shade for share in (1.0, 0.1, 0.001, 1e-6, 0.0)]
        [8, 5, 0, 0, None]
        """
        if self.share <= 0:
            return None
        return max(0, round((SHADES - 1) * (1 + log10(min(self.share, 1.0)) / DECADES)))


@dataclass(frozen=True)
class MapRow:
    """A layer, or the like layers of several blocks; a cell for each level of its map, None where not recorded."""

    layer: str  # as in the network; the number of a block is `*` where several blocks share the row
    short: str  # without the modules that all layers are in
    layers: int  # that share the row
    cells: tuple[MapCell | None, ...]


@dataclass(frozen=True)
class LayerMap:
    """One series, from its densest level to its sparsest."""

    series: Series
    levels: tuple[float, ...]  # sparsities of the whole network
    rows: tuple[MapRow, ...]


def layer_maps(layers: Iterable[LayerLeft]) -> tuple[LayerMap, ...]:
    """One for every series that has lost weights; a level of 0 is a twin, which is full."""
    by_series: dict[Series, list[LayerLeft]] = {}
    for one in layers:
        if not one.series.dense and one.sparsity > 0 and one.share is not None:
            by_series.setdefault(one.series, []).append(one)
    names = list(dict.fromkeys(one.layer for members in by_series.values() for one in members))
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
    at = {(one.layer, one.sparsity): one for one in members}
    levels = tuple(sorted({one.sparsity for one in members}))
    made = [
        MapRow(row, short, len(layers), tuple(_cell([at.get((layer, level)) for layer in layers]) for level in levels))
        for (row, layers), short in zip(rows.items(), short_names(list(rows)), strict=True)
    ]
    return LayerMap(series, levels, tuple(row for row in made if any(row.cells)))


def _cell(layers: Sequence[LayerLeft | None]) -> MapCell | None:
    there = [one for one in layers if one is not None]
    shares = [one.share for one in there if one.share is not None]
    if not shares:
        return None
    sizes = [one.full for one in there if one.full]
    weights = sizes if len(sizes) == len(shares) else [1.0] * len(shares)
    share = sum(share * weight for share, weight in zip(shares, weights, strict=True)) / sum(weights)
    dead = [one.dead for one in there if one.dead is not None]
    return MapCell(share, fmean(dead) if dead else None, (min(shares), max(shares)))


def short_names(names: Sequence[str]) -> list[str]:
    """Without the modules that all layers inside modules share; the number of a block keeps its module.

    >>> short_names(["transformer.h.0.attn", "transformer.h.1.mlp", "head"]), short_names(["hidden.0", "hidden.1"])
    (['h.0.attn', 'h.1.mlp', 'head'], ['hidden.0', 'hidden.1'])
    """
    inside = [name.split(".") for name in names if "." in name]
    shared = commonprefix([parts[:-1] for parts in inside]) if len(inside) > 1 else []
    if any(parts[len(shared)].isdigit() for parts in inside):
        shared = shared[:-1]
    lead = "".join(f"{part}." for part in shared)
    return [name.removeprefix(lead) for name in names]
