"""Colours of the page and of its figures, for light and dark screens.

Figures have light colours; the page's script replaces them by dark ones. Every ink has a contrast of at least 4.6
(light) or 5.9 (dark) with the page.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Colour:
    """One colour as #RRGGBB, for light and for dark screens."""

    light: str
    dark: str


ROLES = {
    "page": Colour("#FDFDFB", "#121519"),
    "panel": Colour("#F6F6F2", "#191D23"),
    "ink": Colour("#1A1D22", "#E8EAED"),
    "soft": Colour("#59606B", "#A6AEBA"),
    "faint": Colour("#8B919B", "#747C88"),
    "rule": Colour("#E1E1DA", "#2B3138"),
    "grid": Colour("#EAEAE4", "#22272E"),
    "link": Colour("#12408F", "#8CB4F8"),
    "dense": Colour("#6A717C", "#9AA3AF"),
    "safe": Colour("#1B7A4B", "#6CCB9B"),
    "open": Colour("#8A5A00", "#E6B65C"),
    "lost": Colour("#B0352A", "#F28E80"),
}
METHODS = (  # a seventh series takes the first colour with another marker
    Colour("#12408F", "#5B96F5"),
    Colour("#C2501B", "#F5823A"),
    Colour("#1B8259", "#81F0C4"),
    Colour("#8357D6", "#DDBBFF"),
    Colour("#5E4A00", "#E9C46A"),
    Colour("#B8357F", "#D9709C"),
)
SPARSITIES = ("#4A8FD0", "#6C6FC0", "#A6509A", "#C74A5E", "#B86A10")  # from low to high sparsity; for both schemes
PAGE, PANEL, INK, SOFT, FAINT, RULE, GRID, LINK, DENSE, SAFE, OPEN, LOST = (role.light for role in ROLES.values())


def dark_by_light() -> dict[str, str]:
    """The dark colour for each light colour, for the script."""
    return {colour.light: colour.dark for colour in (*ROLES.values(), *METHODS)}


def style() -> str:
    """The colours as CSS variables: roles such as `--ink`, methods as `--m0` to `--m5`."""
    colours = ROLES | {f"m{place}": colour for place, colour in enumerate(METHODS)}
    light, dark = ("".join(f"--{name}:{getattr(colour, scheme)};" for name, colour in colours.items())
                   for scheme in ("light", "dark"))  # fmt: skip
    return f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
