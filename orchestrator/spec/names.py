"""Names of sweeps."""

import re

RESERVED = ("artifacts", "index.html")  # of the results folder itself


def legal_name(name: str) -> str:
    """`name`, if a sweep and its folder may have it. Raises ValueError if not."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name):
        raise ValueError(
            "is not legal; it is 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins with a letter or a "
            "digit, e.g. name: static-levels"
        )
    if name in RESERVED or name.startswith("mlflow.db"):
        raise ValueError("is reserved in the results folder; choose another")
    return name


def is_legal(name: str) -> bool:
    """Whether a sweep can have the name.

    >>> is_legal("static-levels"), is_legal("static-levels (copy)"), is_legal("index.html")
    (True, False, False)
    """
    try:
        return bool(legal_name(name))
    except ValueError:
        return False
