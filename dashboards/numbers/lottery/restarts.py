"""Differences between tickets, their controls and their rounds beside weights and masks."""

from __future__ import annotations

from dashboards import schema
from dashboards.read.series import Series
from dashboards.words.formats import count

RESTART, REWIND_TO = "method.restart", "method.rewind_to"
KEEPS_STATE = "lr_rewind"  # a control that keeps its optimizer
FROM_STEP_0 = ("reinit", "random")  # controls with new, untrained weights


def other_differences(series: Series) -> list[str]:
    """Sentences on further differences to a rewound ticket; empty without any."""
    settings = dict(series.settings)
    rewound_to = settings.get(REWIND_TO, 0)
    if series.arm == KEEPS_STATE:
        return ["It also keeps the optimizer's state; the ticket starts with an empty one."]
    if series.arm in FROM_STEP_0 and rewound_to:
        return [f"It trains {count(rewound_to)} steps more: it starts at step 0, and the ticket at step "
                f"{count(rewound_to)}."]  # fmt: skip
    if series.arm == schema.MAIN and settings.get(RESTART) == "none":
        return [f"{series.label} keeps the optimizer's state from round to round; rewinding would empty it."]
    return []
