"""What rounds of a lottery ticket, and its controls, begin with beside weights and masks."""

from __future__ import annotations

from dashboards import schema
from dashboards.read.series import Series
from dashboards.words.formats import count

RESTART, REWIND_TO = "method.restart", "method.rewind_to"
KEEPS_STATE = "lr_rewind"  # a control that goes on with the optimizer that it has
FROM_STEP_0 = ("reinit", "random")  # controls with new weights, which no step has trained


def beside(series: Series) -> list[str]:
    """Sentences on what else differs from a ticket that is rewound; none where nothing does."""
    settings = dict(series.settings)
    rewound_to = settings.get(REWIND_TO, 0)
    if series.arm == KEEPS_STATE:
        return ["It also keeps the optimizer's state, which is empty where the ticket begins."]
    if series.arm in FROM_STEP_0 and rewound_to:
        return [f"It trains for {count(rewound_to)} steps more: from step 0, where the ticket begins at step "
                f"{count(rewound_to)}."]  # fmt: skip
    if series.arm == schema.MAIN and settings.get(RESTART) == "none":
        return [f"{series.label} keeps the optimizer's state from round to round, which rewinding would empty."]
    return []
