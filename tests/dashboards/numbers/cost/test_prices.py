"""Outcomes against cost: a front and a break-even that are known by hand."""

from dataclasses import replace

import pytest

from dashboards.numbers.cells.cells import cells
from dashboards.numbers.cost.costs import costs
from dashboards.numbers.cost.prices import beaten, candidates, front
from tests.dashboards.made_up_costs import DENSE, cell, four, sized, static


def test_the_front_is_chosen_on_validation_and_has_the_dense_network(stored):
    competing = candidates((cost.cell, cost.operations) for cost in costs(stored(four())))
    members = front(competing)
    assert [(one.cell.sparsity, one.price) for one in members] == [(0.95, 5e4), (0.5, 5e5), (0.0, 1e6)]
    assert [by and by.cell.sparsity for by in (beaten(one, competing) for one in members)] == [None, None, 0.5]


def test_of_several_dense_networks_the_best_on_validation_is_on_the_front(stored):
    other = {"name": "fashion_mnist_mlp", "hidden": [20]}
    slow = [replace(run, workload=other) for run in cell(DENSE, 0.9, 0.89, 2e6)]
    of_sweep = cells(stored([*slow, *cell(DENSE, 0.9, 0.9, 1e6), *cell(static(0.9), 0.9, 0.91, 1e5)]))
    members = front(candidates((one, 1e6 if one.validation > 0.89 else 2e6) for one in of_sweep))
    assert [one.score for one in members if one.cell.unpruned] == [pytest.approx(0.9)]


def test_what_is_equal_in_both_is_in_both_times(stored):
    runs = cell(DENSE, 0.9, 0.9, 1e6) + cell(static(0.5), 0.9, 0.9, 1e6) + cell(static(0.9), 0.9, 0.89, 1e6)
    of_sweep = cells(stored(runs))
    assert [one.cell.sparsity for one in front(candidates((one, 1.0) for one in of_sweep))] == [0, 0.5]


def test_cells_without_validation_take_no_part(stored):
    of_sweep = cells(stored(cell(DENSE, 0.9, flops=1e6) + cell(static(0.5), 0.9, flops=1e5)))
    assert candidates((one, 1.0) for one in of_sweep) == ()


def test_bytes_are_those_of_the_smaller_format(stored):
    """8 x entries + 804 = 4,400 at 449.5 entries, 44.95 % of the weights."""
    runs = sized(DENSE, 0.9, 1000, False) + sized(static(0.5), 0.89, 500, True) + sized(static(0.9), 0.8, 100, True)
    dense, half, tenth = costs(stored(runs))
    assert [one.bytes for one in (dense, half, tenth)] == [4400, 4400, 1604]
    assert (dense.break_even, half.break_even) == (None, pytest.approx(0.4495))
    assert [one.simulated for one in (dense, half, tenth)] == [False, True, True]


def test_without_costs_there_are_none(stored):
    assert costs(stored(cell(DENSE, 0.9, steps=None) + cell(static(0.9), 0.8, steps=None))) == ()


@pytest.mark.parametrize(("device", "shown"), [("cuda", 2**21), ("cpu", None)])
def test_peak_memory_of_processes_that_serve_several_trials_is_left_out(stored, device, shown):
    """Fault 10: one network took 15 and 185 MiB. On a GPU each trial has a process of its own."""
    runs = cell(DENSE, 0.9, cost__peak_memory_bytes=2**21)
    (cost,) = costs(stored([replace(run, provenance={"numerics": {"device": device}}) for run in runs]))
    assert cost.gpu_memory == shown
