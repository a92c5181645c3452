"""The errors that are not bugs.

SparsityError
├── UsageError            the request is not possible; nothing was started (exit code 2)
│   ├── SpecError         the YAML file or an override is wrong; all mistakes at once
│   ├── DataError         a data set is missing, damaged or too small
│   ├── ResourceError     no node has the resources that a trial asks for
│   └── FolderError       the results folder is not usable
└── TrialError            one trial fails; the others go on
    ├── Diverged          the loss is no longer finite
    ├── OutOfMemory       the trial needs more memory than the machine has, even when it runs alone
    ├── JournalError      the trial's journal is damaged
    └── RevivedWeights    weights that the masks removed are no longer zero
"""


class SparsityError(Exception):
    """The root. Its text is for the user and needs no traceback."""


class UsageError(SparsityError):
    """The request is not possible; nothing was started."""


class SpecError(UsageError):
    """The sweep's spec or an override is wrong. The text lists all mistakes, one per line."""


class DataError(UsageError):
    """A data set is missing, damaged or too small. The text says what was tried and what to do."""


class ResourceError(UsageError):
    """No node has the resources that a trial asks for."""


class FolderError(UsageError):
    """The results folder is not usable."""


class TrialError(SparsityError):
    """One trial fails; the others go on."""


class Diverged(TrialError):
    """The loss is no longer finite."""


class OutOfMemory(TrialError):
    """The trial needs more memory than the machine has, even when it runs alone."""


class JournalError(TrialError):
    """The trial's journal is damaged."""


class RevivedWeights(TrialError):
    """Weights that the masks removed are no longer zero."""
