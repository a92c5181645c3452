"""The stand-in text, which needs no download: the topics of Python's `help()`."""

import platform
from functools import cache

from workloads.data.declared import DeclaredText

IDENTITY = "pydoc-topics-{}@1"  # the text differs between versions of Python


@cache
def text() -> str:
    """All topics in alphabetical order."""
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics))


@cache
def declared() -> DeclaredText:
    """The text's name, version and sizes."""
    return DeclaredText(IDENTITY.format(platform.python_version()), len(text()), len(set(text())))
