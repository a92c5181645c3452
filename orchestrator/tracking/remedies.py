"""What a user can do about an MLflow store that fails."""

DAMAGED = "The store is damaged: move its file away, and sync builds it anew from the trials' folders"
UNWRITABLE = "Let this user write to the store's file and folder, or name another store with --tracking-uri"
FULL = "Free some space, or name another store with --tracking-uri"
REMEDIES = {  # what SQLite and MLflow say -> what to do
    "schema": "The store is of another MLflow version: if of an older one, `mlflow db upgrade {uri}` (after a copy); "
    "if of a newer one, install that, or name another store with --tracking-uri",
    "not a database": DAMAGED,
    "malformed": DAMAGED,
    "readonly": UNWRITABLE,
    "unable to open": UNWRITABLE,
    "locked": "Another program is writing to the store: let it end",
    "disk I/O": FULL,
    "is full": FULL,
}


def known(reason: str) -> bool:
    """Whether there is something particular to do about `reason`."""
    return any(said in reason for said in REMEDIES)


def remedy(reason: str, uri: str) -> str:
    """What to do about a store that answers with `reason`."""
    found = (told for said, told in REMEDIES.items() if said in reason)
    return next(found, "See to the store, or name another with --tracking-uri").format(uri=uri)
