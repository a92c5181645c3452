"""Methods and networks apart: a series is a method on a network, and sections hold the one or the other fixed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dashboards import schema
from dashboards.read.series import Series, labels

Settings = frozenset[tuple[str, Any]]  # dotted names and values


def methods(series: Iterable[Series]) -> dict[Settings, str]:
    """What each method is called, without the network, in the order of first mention."""
    return _called([one.how for one in series], schema.METHOD)


def ways(series: Iterable[Series]) -> dict[Settings, str]:
    """The same, ladders that differ in the sparsity at which they end taken as one."""
    return _called([one.way for one in series], schema.METHOD)


def networks(series: Iterable[Series]) -> dict[Settings, str]:
    """What each network with its data and its training is called, in the order of first mention.

    The workload's name is left out where all have the same and something else tells them apart."""
    return shortened_names(one.workload for one in series)


def shortened_names(networks: Iterable[Settings]) -> dict[Settings, str]:
    """What each of these networks is called, in the order of first mention; see `networks`."""
    return shortened(_called(list(networks), schema.WORKLOAD))


def shortened(called: dict[Settings, str]) -> dict[Settings, str]:
    """The same without the name that all begin with, where more than that is said of each."""
    names = {dict(one)[schema.WORKLOAD] for one in called}
    lead = f"{min(names)} " if len(names) == 1 else ""
    if not all(label.startswith(lead) for label in called.values()):
        return called
    return {one: label.removeprefix(lead) for one, label in called.items()}


def kind(network: Settings) -> str:
    """The workload's name: networks of one kind differ in shape or training."""
    return dict(network)[schema.WORKLOAD]


def _called(found: list[Settings], head: str) -> dict[Settings, str]:
    unique = list(dict.fromkeys(found))
    return dict(zip(unique, labels([dict(one) for one in unique], head), strict=True))
