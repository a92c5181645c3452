"""Names of methods and of networks. A series is a method on a network; sections keep one of the two fixed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dashboards import schema
from dashboards.read.series import Series, labels

Settings = frozenset[tuple[str, Any]]  # dotted names and values


def methods(series: Iterable[Series]) -> dict[Settings, str]:
    """The name of each method without the network, in the order of first mention."""
    return _names([line.how for line in series], schema.METHOD)


def ways(series: Iterable[Series]) -> dict[Settings, str]:
    """The name of each method without its sparsity: ladders with different last levels have one name."""
    return _names([line.way for line in series], schema.METHOD)


def networks(series: Iterable[Series]) -> dict[Settings, str]:
    """The name of each network with its data and training, in the order of first mention.

    The workload's name is left out if all networks share it and other settings distinguish them.
    """
    return shortened_names(line.workload for line in series)


def shortened_names(networks: Iterable[Settings]) -> dict[Settings, str]:
    """The name of each of these networks, in the order of first mention; see `networks`."""
    return shortened(_names(list(networks), schema.WORKLOAD))


def shortened(names: dict[Settings, str]) -> dict[Settings, str]:
    """The names without the workload they all start with, if each name has more than that."""
    workloads = {dict(network)[schema.WORKLOAD] for network in names}
    lead = f"{min(workloads)} " if len(workloads) == 1 else ""
    if not all(label.startswith(lead) for label in names.values()):
        return names
    return {network: label.removeprefix(lead) for network, label in names.items()}


def kind(network: Settings) -> str:
    """The workload's name. Networks of one kind differ in shape or training."""
    return dict(network)[schema.WORKLOAD]


def _names(settings: list[Settings], head: str) -> dict[Settings, str]:
    unique = list(dict.fromkeys(settings))
    return dict(zip(unique, labels([dict(group) for group in unique], head), strict=True))
