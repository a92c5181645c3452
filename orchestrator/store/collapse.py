"""Layer collapse: masks over first weights that let nothing through, in words."""

from contextlib import suppress
from itertools import takewhile

from orchestrator.store.folders import TrialFolder
from orchestrator.store.journal import entries
from workloads.errors import JournalError
from workloads.trial import Record

ADVICE = "lower the sparsity, or choose another allocation"


def notice(record: Record) -> str | None:
    """What a record says of collapsed masks; None if it says nothing of them.

    >>> notice(Record("final", 0, "start/empty_layers", 1))
    '1 layer has no weight when training begins; lower the sparsity, or choose another allocation'
    """
    if record.name == "start/empty_layers" and record.value:
        layers = "1 layer has" if record.value == 1 else f"{record.value:.0f} layers have"
        return f"{layers} no weight when training begins; {ADVICE}"
    if record.name == "start/effective_sparsity" and record.value == 1:
        return f"no weight lies on a path from inputs to outputs when training begins; {ADVICE}"
    return None


def of_trial(folder: TrialFolder) -> str | None:
    """The first notice in a trial's journal before its first training step; None if there is none."""
    with suppress(OSError, JournalError):
        for entry in takewhile(lambda entry: entry.record.step == 0, entries(folder)):
            if (words := notice(entry.record)) is not None:
                return words
    return None
