"""Tables for LaTeX: booktabs rules, words left, numbers right."""

from dashboards.draw.section import Table

NEEDS = "% needs \\usepackage{booktabs}"
SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": "$<$", ">": "$>$", "|": "$|$", '"': r"\textquotedbl{}",
    "−": "$-$", "–": "--", "—": "---", "±": r"$\pm$", "×": r"$\times$", "≤": r"$\leq$", "≥": r"$\geq$",
    "≈": r"$\approx$", "→": r"$\rightarrow$", "…": r"\dots{}", "\u00a0": "~", "\u202f": r"\,",
}  # fmt: skip


def booktabs(table: Table) -> str:
    """A tabular; its title stands above it as a comment."""
    alignment = "".join("l" if column in table.words else "r" for column in table.columns)
    lines = (
        f"% {' '.join(table.title.split())}",
        f"\\begin{{tabular}}{{{alignment}}}",
        r"\toprule",
        _row(table.columns),
        r"\midrule",
        *map(_row, table.rows),
        r"\bottomrule",
        r"\end{tabular}",
    )
    return "".join(f"{line}\n" for line in lines)


def escaped(text: str) -> str:
    r"""The text as LaTeX prints it.

    >>> print(escaped("static_random, −1.5 %"))
    static\_random, $-$1.5 \%
    """
    return "".join(SPECIAL.get(letter, letter) for letter in text)


def _row(cells: tuple[str, ...]) -> str:
    first, *others = map(escaped, cells)
    first = f"{{}}{first}" if first.startswith(("[", "*")) else first  # after \\\\ they would be its arguments
    return f"{' & '.join((first, *others))} \\\\"
