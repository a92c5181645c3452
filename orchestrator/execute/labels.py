"""The words of trials' labels: a text on several trials says only once what they share."""

import re
from collections.abc import Container, Iterable, Mapping

WORD = re.compile(r"(?:\[[^\]]*\]|[^\s\[])+")


def words(label: str) -> list[str]:
    """The words of a trial's label; a list in brackets is one.

    >>> words("mlp hidden=[64, 32] dense")
    ['mlp', 'hidden=[64, 32]', 'dense']
    """
    return WORD.findall(label)


def shared(labels: Iterable[str]) -> list[str]:
    """The words that all labels have, in the order of the first."""
    first, *others = (words(label) for label in labels)
    return [word for word in first if all(word in other for other in others)]


def unshared(labels: Mapping[str, str]) -> dict[str, str]:
    """Each label, by key, without the words that all of them have; whole where nothing else remains.

    >>> unshared({"a": "digits dense seed=0", "b": "digits dense seed=1"})
    {'a': 'seed=0', 'b': 'seed=1'}
    """
    everywhere = shared(labels.values()) if labels else []
    return {key: without(label, everywhere) or label for key, label in labels.items()}


def without(label: str, dropped: Container[str]) -> str:
    """The label but for some words."""
    return " ".join(word for word in words(label) if word not in dropped)
