"""One workload from the command line."""

from __future__ import annotations

from pydantic import ValidationError

from orchestrator.spec import complaints, fields
from orchestrator.spec.expand import Draft
from orchestrator.spec.located import Mark, nested
from orchestrator.spec.source import parse
from workloads.tasks.workload import Workload
from workloads.trial import Trial


def workload(text: str, option: str = "--workload") -> Workload:
    """The workload that `text` names: a name, or a YAML mapping as in a spec. Raises SpecError with all mistakes.

    >>> workload("{name: digits_mlp, hidden: [8, 6]}").hidden
    (8, 6)
    """
    mark = Mark(option)
    given = nested(("workload",), parse(text, option, lambda _: mark), mark)
    draft = Draft((), {}).over(given)
    try:
        return Trial.model_validate(
            fields.booleans_as_text(Trial, {**draft.plain, "method": {"name": "dense"}, "seed": 0})
        ).workload
    except ValidationError as error:
        raise complaints.error(complaints.of(error, Trial, draft.mark)) from None
