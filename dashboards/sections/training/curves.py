"""How training went: loss and outcome on both splits."""

from __future__ import annotations

from dataclasses import dataclass

from plotly.graph_objects import Figure

from dashboards.draw import multiples
from dashboards.draw.multiples import CurvePanel, Curves
from dashboards.draw.section import Drawing, Section
from dashboards.plan_file import OutcomeEntry
from dashboards.read.results import Results
from dashboards.words import brief
from dashboards.words.formats import capital
from dashboards.words.units import unit

TRAINING = "train/loss"
RUNGS = " A rung of a ladder begins where the training of the one before it ends, or rewinds to."


@dataclass(frozen=True)
class Numbers:
    """Mean curves. Panels of one quantity make a figure: its splits share their axes."""

    curves: Curves
    outcome: OutcomeEntry

    @property
    def losses(self) -> list[CurvePanel]:
        """Of the training and the validation split."""
        return [panel for panel in self.curves.panels if panel.metric.endswith("/loss")]

    @property
    def outcomes(self) -> list[CurvePanel]:
        """The same of what networks are judged by."""
        return [panel for panel in self.curves.panels if not panel.metric.endswith("/loss")]


def panels(outcome: OutcomeEntry) -> tuple[CurvePanel, ...]:
    """Loss and outcome, on the training and the validation split."""
    metric, words = outcome.metric, unit(outcome)
    return (
        CurvePanel(TRAINING, "training loss"),
        CurvePanel("val/loss", "validation loss"),
        CurvePanel(
            f"train/{metric}", f"training {words.noun}{words.bracket}", words.scale, short=f"training{words.bracket}"
        ),
        CurvePanel(
            f"val/{metric}", f"validation {words.noun}{words.bracket}", words.scale, short=f"validation{words.bracket}"
        ),
    )


def _summarize(results: Results) -> Numbers | None:
    curves = multiples.mean_curves(results, panels(results.outcome))
    return Numbers(curves, results.outcome) if curves else None


def _finding(numbers: Numbers) -> str:
    """The least training loss at the sparsest level, beside its dense twin's."""
    ends = numbers.curves.last(TRAINING)
    pruned = [(level, value, label) for (label, level), value in ends.items() if level > 0 and (label, 0.0) in ends]
    if not pruned:
        return ""
    sparsest = max(level for level, *_ in pruned)
    _, least, label = min(one for one in pruned if one[0] == sparsest)
    return (
        f"At {brief.left(sparsest)} of the weights, training loss ends at {least:.2f} ({brief.name(label, 28)}); dense "
        f"ends at {ends[label, 0.0]:.2f}"
    )


def _draw(numbers: Numbers) -> Figure:
    return multiples.draw(numbers.curves, numbers.losses or numbers.outcomes)


def _drawings(numbers: Numbers) -> tuple[Drawing, ...]:
    if not (numbers.losses and numbers.outcomes):
        return ()
    title = capital(unit(numbers.outcome).noun)
    return (Drawing(multiples.draw(numbers.curves, numbers.outcomes), "outcome", title),)


def _caption(numbers: Numbers) -> str:
    curves = numbers.curves
    return (
        f"Means over seeds ({multiples.seeds(curves)}, no interval) against optimizer steps. One row a method, one "
        "colour a share of weights left; dashed grey is the dense twin. All panels of a figure share their axes."
        f"{multiples.left_out(curves)}"
    )


def _computed(numbers: Numbers) -> str:
    return (
        "Training values are means since the last look; validation values are over the whole validation split. Methods "
        f"with equal curves share a row.{RUNGS if numbers.curves.ladders else ''}"
    )


SECTION = Section(
    name="curves",
    title="Training curves",
    question="Does sparsity slow training, or limit what it reaches?",
    summarize=_summarize,
    finding=_finding,
    draw=_draw,
    drawings=_drawings,
    caption=_caption,
    computed=_computed,
    tables=lambda numbers: (multiples.table(numbers.curves, "Mean curves"),),
    folded=True,
)
