"""The text that stands in for one that must be fetched: what Python's own `help()` says of the language."""

import platform
from functools import cache

from workloads.data.declared import DeclaredText

IDENTITY = "pydoc-topics-{}@1"  # the text is another with every version of Python


@cache
def text() -> str:
    """All topics in alphabetical order."""
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics))


@cache
def declared() -> DeclaredText:
    """The text by name and version."""
    return DeclaredText(IDENTITY.format(platform.python_version()), len(text()), len(set(text())))
