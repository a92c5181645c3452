"""Gradient norms over training, at the weights that are kept and at those that are gone."""

from dashboards import multiples
from dashboards.multiples import Curves, Panel
from dashboards.sections.section import Section

PANELS = (
    Panel("gradient_norm/overall", "at kept weights", log=True),
    Panel("zero_grad_norm/overall", "at weights that are zero", log=True),
)


def _caption(curves: Curves) -> str:
    return (
        f"L2 norm of the gradient on a fixed probe of training examples, mean over seeds ({multiples.seeds(curves)}, "
        "no interval drawn), log scale. Right: the dense gradient at weights that are exactly zero, which no step "
        "follows; a network without zeros has no such curve."
        f"{multiples.left_out(curves)}"
    )


SECTION = Section(
    name="gradients",
    title="Gradient norms",
    question="Does the gradient still flow when few weights are left?",
    summarize=lambda results: multiples.mean_curves(results, PANELS),
    draw=multiples.draw,
    caption=_caption,
    tables=lambda curves: (multiples.table(curves, "Mean gradient norms"),),
)
