"""What a user can do about an MLflow store that fails."""

DAMAGED = "The store is damaged: move its file away, and run `sparsity sync SPEC`, which builds it again"
UNWRITABLE = "Give this user write access to the store's file and folder, or name another store with --tracking-uri"
FULL = "Free some space, or name another store with --tracking-uri"
REMEDIES = {  # what SQLite and MLflow say -> what to do
    "schema": "The store is of another MLflow version: if it is older, copy it and run `mlflow db upgrade {uri}`; "
    "if it is newer, install that version, or name another store with --tracking-uri",
    "not a database": DAMAGED,
    "malformed": DAMAGED,
    "readonly": UNWRITABLE,
    "unable to open": UNWRITABLE,
    "locked": "Another program is writing to the store: wait until it ends",
    "disk I/O": FULL,
    "is full": FULL,
}


def has_remedy(reason: str) -> bool:
    """Whether REMEDIES has an entry for `reason`."""
    return any(text in reason for text in REMEDIES)


def remedy(reason: str, uri: str) -> str:
    """What to do about a store that fails with `reason`."""
    matches = (advice for text, advice in REMEDIES.items() if text in reason)
    return next(matches, "Check the store, or name another with --tracking-uri").format(uri=uri)
