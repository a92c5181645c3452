"""How much of training left the zeros out, by hand."""

import pytest

from dashboards.numbers.cells.cells import cells
from dashboards.numbers.cost.zeros import zeros_left_out
from tests.dashboards.made_up_costs import DENSE, cell, static

HALF_EMPTY = {"layer_weights__hidden": 3000, "layer_sparsity__hidden": 0.5, "layer_weights__output": 1000,
              "layer_sparsity__output": 0.5}  # fmt: skip


def _share(stored, runs):
    results = stored(runs)
    return [zeros_left_out(results.runs, one) for one in cells(results)]


def test_layers_count_by_their_zeros(stored):
    """1,500 zeros left out at every step, 500 at every other one."""
    runs = cell(static(0.5), 0.9, **HALF_EMPTY, sparse_steps__hidden=1.0, sparse_steps__output=0.5)
    assert _share(stored, runs) == [pytest.approx((1500 + 250) / 2000)]


def test_a_layer_without_zeros_does_not_count(stored):
    whole = HALF_EMPTY | {"layer_sparsity__output": 0.0}
    assert _share(stored, cell(static(0.4), 0.9, **whole, sparse_steps__hidden=1.0, sparse_steps__output=0.0)) == [1.0]


def test_older_runs_multiplied_all_zeros(stored):
    assert _share(stored, cell(static(0.5), 0.9, **HALF_EMPTY)) == [0.0]


def test_a_network_without_zeros_leaves_none_out(stored):
    """Small dense networks may be computed from compressed rows too."""
    full = {"layer_weights__output": 1000, "layer_sparsity__output": 0.0, "sparse_steps__output": 1.0}
    small = {"name": "small_dense", "sparsity": 0.5}
    assert _share(stored, cell(DENSE, 0.9, **full) + cell(small, 0.9, **full)) == [None, None]
