"""Everything that can go wrong and is not a bug.

SparsityError
├── UsageError            the request cannot be carried out; nothing was started (exit code 2)
│   ├── SpecError         the YAML file or an override; all mistakes at once
│   ├── DataError         a data set is missing, damaged or too small
│   ├── ResourceError     no node can give what a trial asks for
│   └── FolderError       the results folder cannot be used
└── TrialError            one trial cannot go on; the others do
    ├── Diverged          the loss is no longer finite
    ├── OutOfMemory       there is less memory than the trial needs, with nothing else of its sweep beside it too
    ├── JournalError      what the trial wrote down is damaged
    └── RevivedWeights    weights that the masks removed are no longer zero
"""


class SparsityError(Exception):
    """The root: its text is for the user, and needs no traceback."""


class UsageError(SparsityError):
    """The request cannot be carried out; nothing was started."""


class SpecError(UsageError):
    """The sweep's spec or an override is wrong; the text holds every mistake, one a line."""


class DataError(UsageError):
    """A data set is missing, damaged or too small; the text says what was tried and what to do."""


class ResourceError(UsageError):
    """No node can give what a trial asks for."""


class FolderError(UsageError):
    """The results folder cannot be used."""


class TrialError(SparsityError):
    """One trial cannot go on; the others do."""


class Diverged(TrialError):
    """The loss is no longer finite."""


class OutOfMemory(TrialError):
    """There is less memory than the trial needs, with nothing else of its sweep beside it too."""


class JournalError(TrialError):
    """What the trial wrote down is damaged."""


class RevivedWeights(TrialError):
    """Weights that the masks removed are no longer zero."""
