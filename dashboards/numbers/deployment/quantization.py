"""Pruning and quantization: each alone, and both, against the dense network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dashboards.numbers.cells.cell import Cell
from dashboards.numbers.cells.outcomes import Outcomes, possible_change, possible_values
from dashboards.numbers.deployment.networks import DeployedNetwork
from dashboards.statistics.estimates import Estimate

INT8 = "int8"


@dataclass(frozen=True)
class Quantization:
    """A pruned network whose weights were quantized. Differences are paired by seed; None where one side is missing.

    They are over seeds only: McNemar's exact test would pair the examples of one seed, and needs the outcomes of the
    converted network by example, which are not recorded.
    """

    cell: Cell
    dense: Estimate | None
    pruned: Estimate | None
    quantized: Estimate | None  # the dense network, not pruned
    both: Estimate | None
    pruned_change: Estimate | None  # minus dense, as are the next two
    quantized_change: Estimate | None
    both_change: Estimate | None
    beyond: Estimate | None  # both_change minus the sum of the other two


def quantizations(networks: Iterable[DeployedNetwork], confidence: float) -> tuple[Quantization, ...]:
    """Every pruned network with an outcome in int8."""
    networks = tuple(networks)
    in_int8 = {id(network.cell): network.conversions[INT8].outcomes for network in networks
               if INT8 in network.conversions}  # fmt: skip
    return tuple(
        _quantization(network, in_int8[id(network.cell)], in_int8.get(id(network.twins), Outcomes({})), confidence)
        for network in networks
        if not network.cell.unpruned and INT8 in network.conversions and network.conversions[INT8].value
    )  # fmt: skip


def _quantization(network: DeployedNetwork, both: Outcomes, quantized: Outcomes, confidence: float) -> Quantization:
    cell, seeds = network.cell, both.by_seed
    dense, pruned, quantized = (
        Outcomes({seed: values[seed] for seed in seeds if seed in values})
        for values in (network.twins.by_seed if network.twins else {}, cell.by_seed, quantized.by_seed)
    )
    possible, change = possible_values(cell.outcome), possible_change(cell.outcome)
    return Quantization(
        cell,
        dense=dense.estimate(confidence, possible),
        pruned=pruned.estimate(confidence, possible),
        quantized=quantized.estimate(confidence, possible),
        both=both.estimate(confidence, possible),
        pruned_change=pruned.minus(dense).estimate(confidence, change),
        quantized_change=quantized.minus(dense).estimate(confidence, change),
        both_change=both.minus(dense).estimate(confidence, change),
        beyond=both.minus(pruned).minus(quantized.minus(dense)).estimate(confidence, possible_change(cell.outcome, 2)),
    )
