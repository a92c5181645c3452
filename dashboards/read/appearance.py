"""Colours, markers and dashes of series: a method looks the same in every report."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from dashboards import palette, schema

BLUE, ORANGE, GREEN, PURPLE, BROWN, PINK = COLOURS = tuple(colour.light for colour in palette.METHODS)
MARKERS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "triangle-down", "star", "hexagon", "pentagon",
           "hourglass", "bowtie")  # fmt: skip
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
ARM = "method.arm"  # the arm of a control; treated like a setting
DENSE_DASHES = ("solid", "longdash", "dashdot", "longdashdot", "dash")

Identity = frozenset[tuple[str, Any]]  # the settings of a series: dotted names and values


@dataclass(frozen=True)
class Appearance:
    """Colour as #RRGGBB, marker and dash as Plotly names them."""

    colour: str
    marker: str
    dash: str


TABLE: tuple[tuple[Mapping[str, Any], Appearance], ...] = (  # the first matching row decides
    ({"name": "lottery_ticket", "arm": "reinit"}, Appearance(BLUE, "circle", "solid")),
    ({"name": "lottery_ticket", "arm": "shuffled"}, Appearance(ORANGE, "square", "dash")),
    ({"name": "lottery_ticket", "arm": "random"}, Appearance(GREEN, "diamond", "dot")),
    ({"name": "lottery_ticket", "arm": "one_shot"}, Appearance(PURPLE, "triangle-up", "dashdot")),
    ({"name": "lottery_ticket", "arm": "lr_rewind"}, Appearance(BROWN, "x", "longdash")),
    ({"name": "lottery_ticket"}, Appearance(PINK, "cross", "solid")),
    ({"name": "gradual"}, Appearance(BLUE, "circle", "solid")),
    ({"name": "one_shot", "reconstruct": True}, Appearance(ORANGE, "square", "longdash")),
    ({"name": "one_shot"}, Appearance(ORANGE, "square", "dash")),
    ({"name": "static_random", "init_scale": "fan_in"}, Appearance(BROWN, "star", "longdash")),
    ({"name": "static_random", "dense_layers": ("last",)}, Appearance(ORANGE, "hexagon", "longdashdot")),
    ({"name": "static_random", "allocation": "erk"}, Appearance(GREEN, "diamond", "dot")),
    ({"name": "static_random"}, Appearance(BLUE, "triangle-down", "dash")),
    ({"name": "small_dense"}, Appearance(PURPLE, "triangle-up", "dashdot")),
    ({"name": "snip"}, Appearance(GREEN, "star", "solid")),
    ({"name": "grasp"}, Appearance(PINK, "hexagon", "dash")),
    ({"name": "synflow"}, Appearance(BROWN, "pentagon", "dot")),
    ({"name": "set"}, Appearance(GREEN, "x", "longdash")),
    ({"name": "rigl"}, Appearance(ORANGE, "diamond", "solid")),
    ({"name": "mest"}, Appearance(PURPLE, "cross", "solid")),
    ({"name": "granet"}, Appearance(BROWN, "hourglass", "solid")),
    ({"name": "ac_dc"}, Appearance(PINK, "bowtie", "solid")),
    ({"name": "structured"}, Appearance(GREEN, "square", "solid")),
    ({"name": "iterative"}, Appearance(BROWN, "x", "longdash")),
    ({"name": "wanda", "reconstruct": True}, Appearance(BLUE, "diamond", "longdash")),
    ({"name": "wanda"}, Appearance(BLUE, "diamond", "solid")),
    ({"name": "sparsegpt", "reconstruct": True}, Appearance(GREEN, "triangle-up", "longdash")),
    ({"name": "sparsegpt"}, Appearance(GREEN, "triangle-up", "solid")),
    ({"name": "structured"}, Appearance(BROWN, "hexagon", "solid")),
    ({"name": "early_bird"}, Appearance(PINK, "pentagon", "dashdot")),
    ({"name": "adaptive", "masks": "ranked"}, Appearance(BROWN, "hourglass", "dot")),
    ({"name": "adaptive", "finalization": "free"}, Appearance(PURPLE, "bowtie", "dashdot")),
    ({"name": "adaptive", "masks": "zero_once"}, Appearance(ORANGE, "star", "dash")),
    ({"name": "adaptive"}, Appearance(BLUE, "hexagon", "solid")),
)


def looks(identities: Iterable[Identity]) -> dict[Identity, Appearance]:
    """The appearance of each series of a page; their order does not matter.

    A method has the appearance of its row in TABLE. On another network it has the same colour and marker with another
    dash. Other settings of that row, its controls and N:M patterns, and a method without a row, take the colour and
    the marker that the page uses least. A hash of the method's settings breaks ties. No two series have the same
    appearance while free ones remain.
    """
    ranked = sorted(
        identities,
        key=lambda series: (
            _row(series),
            ARM in dict(series),
            schema.PATTERN in dict(series),
            _digest(_method(series)),
            _digest(sorted(series)),
        ),
    )
    dense = [series for series in ranked if dict(series)[schema.METHOD] == "dense"]
    appearances = {series: _dense(place) for place, series in enumerate(dense)}
    used = Counter[str]()
    for series in ranked:
        if series in appearances:
            continue
        same = [look for other, look in appearances.items() if _method(other) == _method(series)]
        look = _look(series, same, used, set(appearances.values()))
        appearances[series] = look
        used.update((look.colour, look.marker))
    return appearances


def _look(series: Identity, same: Sequence[Appearance], used: Mapping[str, int], taken: set[Appearance]) -> Appearance:
    """`same`: the appearances of the method on other networks."""
    row = _row(series)
    fixed = [TABLE[row][1]] if row < len(TABLE) and not same else []
    dashed = [replace(look, dash=dash) for look in same[:1] for dash in DASHES]
    return next((look for look in (*fixed, *dashed) if look not in taken), _free(series, used, taken))


def _row(series: Identity) -> int:
    """The series' row in TABLE; the number of rows if there is none."""
    settings = dict(series)
    rows = (place for place, (required, _) in enumerate(TABLE)
            if all(settings.get(f"method.{name}") == value for name, value in required.items()))  # fmt: skip
    return next(rows, len(TABLE))


def _free(series: Identity, used: Mapping[str, int], taken: set[Appearance]) -> Appearance:
    method = _method(series)
    colours, markers, dashes = (_preferred(method, options) for options in (COLOURS, MARKERS, DASHES))
    colours.sort(key=lambda colour: used.get(colour, 0))  # stable: ties stay in the order of preference
    markers.sort(key=lambda marker: used.get(marker, 0))
    options = [Appearance(*words) for words in product(colours, markers, dashes)]
    return next((look for look in options if look not in taken), options[0])


def _dense(place: int) -> Appearance:
    """Grey; dense networks differ by their dashes."""
    return Appearance(palette.DENSE, MARKERS[place % len(MARKERS)], DENSE_DASHES[place % len(DENSE_DASHES)])


def _method(series: Identity) -> list[tuple[str, Any]]:
    return sorted(setting for setting in series if setting[0].startswith("method."))


def _preferred(method: Sequence[tuple[str, Any]], options: Sequence[str]) -> list[str]:
    """The options, best first. Each has a rank of its own, so that a new option changes few series."""
    return sorted(options, key=lambda option: _digest([method, option]))


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
