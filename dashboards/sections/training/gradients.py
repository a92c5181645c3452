"""Gradients over training, per weight, at the weights that are kept and at those that are gone."""

from dashboards.draw import multiples
from dashboards.draw.multiples import CurvePanel, Curves
from dashboards.draw.section import Section

PANELS = (
    CurvePanel("gradient_rms/overall", "at kept weights", log=True),
    CurvePanel("zero_grad_rms/overall", "at weights that are zero", log=True),
)


def _caption(curves: Curves) -> str:
    return (
        f"Gradient per weight (root mean square) on a fixed probe of training examples, mean over seeds "
        f"({multiples.seeds(curves)}, no interval drawn), log scale. Right: the dense gradient at weights that are "
        "exactly zero, which no step follows; a network without zeros has no such curve, nor have runs of older "
        "versions."
        f"{multiples.left_out(curves)}"
    )


SECTION = Section(
    name="gradients",
    title="Gradients per weight",
    question="Does the gradient still flow when few weights are left?",
    summarize=lambda results: multiples.mean_curves(results, PANELS),
    draw=multiples.draw,
    caption=_caption,
    tables=lambda curves: (multiples.table(curves, "Mean gradients per weight"),),
)
