"""Tables for LaTeX, and text that LaTeX prints as it stands."""

from __future__ import annotations

from collections.abc import Iterable

from dashboards.draw.section import Table

SPECIAL = {
    **{character: f"\\{character}" for character in "{}$&#_%"},
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", "[": "{[}", "*": "{*}", "−": "$-$", "–": "--", "±": r"$\pm$",
    "≤": r"$\leq$", "≥": r"$\geq$", "×": r"$\times$", "…": r"\dots{}", "\N{NO-BREAK SPACE}": "~",
}  # fmt: skip


def latex(table: Table) -> str:
    """The table in booktabs' style: numbers stand right, words left."""
    sides = "".join("l" if column in table.words else "r" for column in table.columns)
    head, *body = (_row(line) for line in (table.columns, *table.rows))
    rows = "".join(body)
    return f"\\begin{{tabular}}{{{sides}}}\n\\toprule\n{head}\\midrule\n{rows}\\bottomrule\n\\end{{tabular}}\n"


def escaped(text: str) -> str:
    r"""The text with LaTeX's special characters written so that they are printed.

    >>> escaped("95 % of w_1")
    '95 \\% of w\\_1'
    """
    return "".join(SPECIAL.get(character, character) for character in text)


def _row(fields: Iterable[str]) -> str:
    return " & ".join(map(escaped, fields)) + " \\\\\n"
