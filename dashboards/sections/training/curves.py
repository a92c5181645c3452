"""How training went: loss and outcome on both splits."""

from dashboards.draw import multiples
from dashboards.draw.multiples import CurvePanel, Curves
from dashboards.draw.section import Section
from dashboards.plan_file import OutcomeEntry
from dashboards.words.units import unit

RUNGS = " A rung of a ladder begins where the training of the one before it ends, or rewinds to."


def panels(outcome: OutcomeEntry) -> tuple[CurvePanel, ...]:
    """Loss and outcome, on the training and the validation split."""
    metric, words = outcome.metric, unit(outcome)
    return (
        CurvePanel("train/loss", "training loss"),
        CurvePanel("val/loss", "validation loss"),
        CurvePanel(f"train/{metric}", f"training {words.noun}{words.bracket}", scale=words.scale),
        CurvePanel(f"val/{metric}", f"validation {words.noun}{words.bracket}", scale=words.scale),
    )


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
    summarize=lambda results: multiples.mean_curves(results, panels(results.outcome)),
    draw=multiples.draw,
    caption=_caption,
    tables=lambda curves: (multiples.table(curves, "Mean curves"),),
)
