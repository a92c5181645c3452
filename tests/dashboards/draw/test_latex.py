"""Tables for papers."""

from dashboards.draw.latex import booktabs, escaped
from dashboards.draw.section import Table


def test_four_cells_written_out():
    table = Table("By method", ("Method", "Loss [%]"), (("one_shot", "−1.5"), ("[a] & b", "–")), frozenset({"Method"}))
    assert booktabs(table) == (
        "% By method\n"
        "\\begin{tabular}{lr}\n"
        "\\toprule\n"
        "Method & Loss [\\%] \\\\\n"
        "\\midrule\n"
        "one\\_shot & $-$1.5 \\\\\n"
        "{}[a] \\& b & -- \\\\\n"
        "\\bottomrule\n"
        "\\end{tabular}\n"
    )


def test_every_special_letter_is_escaped_once():
    assert escaped(r"\{}_^~") == r"\textbackslash{}\{\}\_\textasciicircum{}\textasciitilde{}"
    assert escaped("<0.001 ± 2 × 3") == r"$<$0.001 $\pm$ 2 $\times$ 3"
