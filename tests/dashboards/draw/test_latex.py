from dashboards.draw.latex import escaped, latex
from dashboards.draw.section import Table


def test_numbers_stand_right_and_words_left():
    table = Table("T", ("Method", "Loss [pp]", "n"), (("a_1", "−0.50 pp", "5"), ("b", "–", "0")), frozenset({"Method"}))
    assert latex(table) == (
        "\\begin{tabular}{lrr}\n\\toprule\nMethod & Loss {[}pp] & n \\\\\n\\midrule\n"
        "a\\_1 & $-$0.50 pp & 5 \\\\\nb & -- & 0 \\\\\n\\bottomrule\n\\end{tabular}\n"
    )


def test_every_special_character_is_printed():
    assert escaped("50 % & $x_1$ #2 {a}") == r"50 \% \& \$x\_1\$ \#2 \{a\}"
    assert escaped("~^\\<>|") == (
        r"\textasciitilde{}\textasciicircum{}\textbackslash{}\textless{}\textgreater{}\textbar{}"
    )
    assert escaped("[*]±≤≥×…") == r"{[}{*}]$\pm$$\leq$$\geq$$\times$\dots{}"


def test_a_line_that_begins_with_a_bracket_or_star_does_not_continue_the_command_before_it():
    table = Table("T", ("A",), (("[c]",), ("*",)), frozenset({"A"}))
    assert "{[}c] \\\\\n{*} \\\\\n" in latex(table)
