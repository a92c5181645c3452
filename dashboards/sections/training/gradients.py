"""Gradients over training, per weight, at the weights that are left and at those that are gone."""

from __future__ import annotations

from plotly.graph_objects import Figure

from dashboards.draw import multiples
from dashboards.draw.multiples import CurvePanel, Curves
from dashboards.draw.section import Section
from dashboards.words import brief

LEFT = "gradient_rms/overall"
PANELS = (
    CurvePanel(LEFT, "at weights that are left", log=True),
    CurvePanel("zero_grad_rms/overall", "at weights that are zero", log=True),
)


def _finding(curves: Curves) -> str:
    """How gradients end at the sparsest level, beside the dense twins'."""
    ends = curves.last(LEFT)
    ratios = {(label, level): value / ends[label, 0.0] for (label, level), value in ends.items()
              if level > 0 and ends.get((label, 0.0))}  # fmt: skip
    if not ratios:
        return ""
    sparsest = max(level for _, level in ratios)
    last = [ratio for (_, level), ratio in ratios.items() if level == sparsest]
    low, high = brief.factor(min(last)), brief.factor(max(last))
    span = low if low == high else f"{low} to {high}"
    return f"At {brief.left(sparsest)} of the weights, gradients per weight end at {span} times the dense twin's"


def _draw(curves: Curves) -> Figure:
    return multiples.draw(curves, curves.panels)


def _caption(curves: Curves) -> str:
    return (
        f"Gradient per weight (root mean square), mean over seeds ({multiples.seeds(curves)}, no interval), log scale. "
        "One row a method, one colour a share of weights left; dashed grey is the dense twin."
        f"{multiples.left_out(curves)}"
    )


def _computed(curves: Curves) -> str:
    del curves
    return (
        "Gradients are of a fixed probe of training examples. Right: the dense gradient at weights that are exactly "
        "zero, which no step follows. A network without zeros has no such curve, nor have runs of older versions."
    )


SECTION = Section(
    name="gradients",
    title="Gradients",
    question="Do gradients shrink where few weights are left?",
    summarize=lambda results: multiples.mean_curves(results, PANELS),
    finding=_finding,
    draw=_draw,
    caption=_caption,
    computed=_computed,
    tables=lambda curves: (multiples.table(curves, "Mean gradients per weight"),),
    folded=True,
)
