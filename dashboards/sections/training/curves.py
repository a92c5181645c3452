"""How training went: loss and accuracy on both splits."""

from dashboards.draw import multiples
from dashboards.draw.multiples import CurvePanel, Curves
from dashboards.draw.section import Section

PANELS = (
    CurvePanel("train/loss", "training loss"),
    CurvePanel("val/loss", "validation loss"),
    CurvePanel("train/accuracy", "training accuracy [%]", scale=100),
    CurvePanel("val/accuracy", "validation accuracy [%]", scale=100),
)
RUNGS = " A rung of a ladder begins where the training of the one before it ends, or rewinds to."


def _caption(curves: Curves) -> str:
    return (
        f"Means over seeds ({multiples.seeds(curves)}, no interval drawn) against optimizer steps, one row a method, "
        "one colour a sparsity; dashed grey is the dense twin. Training figures are means since the last look; "
        "validation figures are over the whole validation set. Panels of one column share their axis."
        f"{RUNGS if curves.ladders else ''}{multiples.left_out(curves)}"
    )


SECTION = Section(
    name="curves",
    title="Training and validation curves",
    question="Does sparsity slow learning, or bound it?",
    summarize=lambda results: multiples.mean_curves(results, PANELS),
    draw=multiples.draw,
    caption=_caption,
    tables=lambda curves: (multiples.table(curves, "Mean curves"),),
)
