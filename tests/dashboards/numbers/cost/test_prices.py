"""Accuracy against cost: a front and a break-even that are known by hand."""

from dataclasses import replace

import pytest

from dashboards.numbers.cells.cells import cells
from dashboards.numbers.cost.prices import beaten, candidates, front, prices
from dashboards.sections.cost.prices import SECTION
from tests.dashboards.made_up import level

DENSE = {"name": "dense"}


def _static(sparsity):
    return {"name": "static_random", "sparsity": sparsity}


def _cell(method, test, validation=None, flops=None, steps=400, seeds=2, **more):
    metrics = {"final/test_accuracy": test, "cost/steps_total": steps}
    metrics |= {"final/val_accuracy": validation} if validation is not None else {}
    metrics |= {"cost/training_flops": flops} if flops is not None else {}
    metrics |= {name.replace("__", "/"): value for name, value in more.items()}
    return level(method, [0] * seeds, lambda seed: {"metrics": metrics})


def _four():
    """On validation 50 % beats the dense network at half the price, and 95 % beats 90 %; on test neither does."""
    return [*_cell(DENSE, 0.91, 0.900, 1e6), *_cell(_static(0.5), 0.89, 0.901, 5e5),
            *_cell(_static(0.9), 0.88, 0.80, 1e5), *_cell(_static(0.95), 0.87, 0.81, 5e4)]  # fmt: skip


def test_the_front_is_chosen_on_validation_and_has_the_dense_network(stored):
    found = prices(stored(_four()))
    competing = candidates((one.cell, one.operations) for one in found)
    members = front(competing)
    assert [(one.cell.sparsity, one.price) for one in members] == [(0.95, 5e4), (0.5, 5e5), (0.0, 1e6)]
    assert [by and by.cell.sparsity for by in (beaten(one, competing) for one in members)] == [None, None, 0.5]


def test_of_several_dense_networks_the_best_on_validation_is_on_the_front(stored):
    other = {"name": "fashion_mnist_mlp", "hidden": [20]}
    slow = [replace(run, workload=other) for run in _cell(DENSE, 0.9, 0.89, 2e6)]
    found = cells(stored([*slow, *_cell(DENSE, 0.9, 0.9, 1e6), *_cell(_static(0.9), 0.9, 0.91, 1e5)]))
    members = front(candidates((cell, 1e6 if cell.validation > 0.89 else 2e6) for cell in found))
    assert [one.score for one in members if one.cell.unpruned] == [pytest.approx(0.9)]


def test_what_is_equal_in_both_is_in_both_times(stored):
    runs = _cell(DENSE, 0.9, 0.9, 1e6) + _cell(_static(0.5), 0.9, 0.9, 1e6) + _cell(_static(0.9), 0.9, 0.89, 1e6)
    found = cells(stored(runs))
    assert [one.cell.sparsity for one in front(candidates((cell, 1.0) for cell in found))] == [0, 0.5]


def test_cells_without_validation_take_no_part(stored):
    numbers = SECTION.summarize(stored(_cell(DENSE, 0.9, flops=1e6) + _cell(_static(0.5), 0.9, flops=1e5)))
    assert SECTION.text(numbers) == ("Without a validation set nothing is chosen by training operations.",)
    assert [row[-1] for row in SECTION.tables(numbers)[0].rows] == ["–", "–"]


def test_the_front_in_words(stored):
    runs = _four() + _cell(_static(0.8), 0.885, 0.893, 2e5, steps=600)
    said = SECTION.text(SECTION.summarize(stored(runs)))
    assert said == (
        "By training operations, no cell is both as cheap as and better on validation than one of these: static_random "
        "at 95 %, 80 % and 50 %.",
        "dense stands on the front as what all are measured from, though static_random at 50 % is as cheap and as good "
        "on validation.",
        "The cheapest of them within 1 pp of the best validation accuracy is static_random at 80 %, with 88.50 % test "
        "accuracy for 200k operations, at 1.5 times the training; the best is static_random at 50 %, with 89.00 % test "
        "accuracy for 500k operations.",
    )


def _sized(method, test, nonzero, simulated):
    """A layer of 100 x 10 with 100 biases: dense 4,400 bytes; compressed 8 for each entry, 404 and 400."""
    return _cell(method, test, test, final__nonzero_parameters=nonzero, final__prunable_parameters=1000,
                 layer_weights__output=1000, layer_sparsity__output=1 - nonzero / 1000 if simulated else 0.0,
                 cost__dense_bytes=4400, cost__csr_bytes=8 * nonzero + 804)  # fmt: skip


def test_bytes_are_those_of_the_smaller_format(stored):
    """8 x entries + 804 = 4,400 at 449.5 entries, 44.95 % of the weights."""
    runs = (
        _sized(DENSE, 0.9, 1000, False) + _sized(_static(0.5), 0.89, 500, True) + _sized(_static(0.9), 0.8, 100, True)
    )
    numbers = SECTION.summarize(stored(runs))
    dense, half, tenth = numbers.prices
    assert [(one.bytes, one.compressed) for one in (dense, half, tenth)] == [
        (4400, False), (4400, False), (1604, True)]  # fmt: skip
    assert (dense.break_even, half.break_even) == (None, pytest.approx(0.4495))
    assert "where less than 45.0 % of its weights are left" in SECTION.text(numbers)[-2]
    (panel,) = numbers.panels
    assert [(one.cell.sparsity, one.price) for one in panel.front] == [(0.9, 1604), (0, 4400)]
    lines = {line.name: line for line in SECTION.draw(numbers).data}
    symbols = list(lines["static_random"].marker.symbol)
    assert [one.endswith("-open") for one in symbols] == [True, False]


def test_simulated_sparsity_is_said(stored):
    said = SECTION.text(
        SECTION.summarize(stored(_sized(DENSE, 0.9, 1000, False) + _sized(_static(0.9), 0.8, 100, True)))
    )
    assert said[-1].startswith("Sparsity is simulated")
    small = _sized({"name": "small_dense", "sparsity": 0.9}, 0.8, 100, False)
    said = SECTION.text(SECTION.summarize(stored(_sized(DENSE, 0.9, 1000, False) + small)))
    assert not [text for text in said if "simulated" in text]


def test_without_prices_there_is_nothing_to_say(stored):
    assert SECTION.summarize(stored(_cell(DENSE, 0.9) + _cell(_static(0.9), 0.8))) is None
    assert SECTION.summarize(stored(_cell(DENSE, 0.9, 0.9, 1e6))) is None
