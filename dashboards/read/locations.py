"""Where artifacts are on this machine."""

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname


def path_of(address: str) -> Path | None:
    """The path of an artifact on this machine; None if it is elsewhere.

    >>> path_of("file:///srv/a%20b/plan.json")
    PosixPath('/srv/a b/plan.json')
    >>> path_of("s3://bucket/plan.json")
    """
    place = urlsplit(address)
    return Path(url2pathname(place.path)) if place.scheme in ("", "file") else None
