"""How a series is drawn: by what it is, not by where it is mentioned, so that it looks alike in every report."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from dashboards import schema

COLOURS = ("#4477AA", "#EE6677", "#228833", "#AA3377", "#CCAA33", "#33AACC")  # after Tol's bright, colour-blind safe
MARKERS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star")
DASHES = ("solid", "dash", "dot", "dashdot")
DENSE_COLOUR = "#888888"
DENSE_DASHES = ("dash", "longdash", "dashdot", "longdashdot", "solid")

Identity = frozenset[tuple[str, Any]]  # of a series: dotted names and values


@dataclass(frozen=True)
class Appearance:
    """Colour as #rrggbb, marker and dash as Plotly names them."""

    colour: str
    marker: str
    dash: str


def looks(identities: Iterable[Identity]) -> dict[Identity, Appearance]:
    """The look of each series of a page; the order in which they are given plays no part.

    What a series prefers follows from its method and the method's settings. Where two prefer the same colour or
    marker, one of them, always the same, keeps it, and the other takes what it prefers next and is used least. No
    two look alike while there are looks left.
    """
    ranked = sorted(identities, key=lambda one: (_digest(_method(one)), _digest(sorted(one))))
    dense = [one for one in ranked if dict(one)[schema.METHOD] == "dense"]
    drawn = {one: _dense(place) for place, one in enumerate(dense)}
    used = Counter[str]()
    for one in ranked:
        if one in drawn:
            continue
        colours, markers, dashes = (_preferred(_method(one), options) for options in (COLOURS, MARKERS, DASHES))
        colours.sort(key=used.__getitem__)  # stable: of those used as often, the preferred stays first
        markers.sort(key=used.__getitem__)
        wanted = [Appearance(*words) for words in product(colours, markers, dashes)]
        taken = set(drawn.values())
        look = next((look for look in wanted if look not in taken), wanted[0])
        drawn[one] = look
        used.update((look.colour, look.marker))
    return drawn


def _dense(place: int) -> Appearance:
    """Grey levels: the first is the usual one, others differ in dash."""
    return Appearance(DENSE_COLOUR, MARKERS[place % len(MARKERS)], DENSE_DASHES[place % len(DENSE_DASHES)])


def _method(one: Identity) -> list[tuple[str, Any]]:
    return sorted(setting for setting in one if setting[0].startswith("method."))


def _preferred(method: Sequence[tuple[str, Any]], options: Sequence[str]) -> list[str]:
    """The options, best first. Each is ranked by itself, so that an option added later moves few series."""
    return sorted(options, key=lambda option: _digest([method, option]))


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
