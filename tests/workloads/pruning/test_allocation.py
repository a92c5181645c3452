"""Counts against published densities and hand-made answers."""

import pytest

from workloads.models.layer import Layer
from workloads.models.widths import mlp_layers, narrowed
from workloads.pruning.allocation import counts, total
from workloads.tasks.mnist import MnistLenet


def _size(inputs, outputs):
    return lambda hidden: sum(layer.size for layer in mlp_layers(inputs, hidden, outputs))


LENET_300_100 = mlp_layers(784, (300, 100), 10)
LENET_5 = MnistLenet(architecture="lenet_5").layers

# Densities by the formula of Evci et al. 2020, worked out apart from this code.
ERK = [
    (LENET_300_100, 0.5, [0.4341, 1, 1]),
    (LENET_300_100, 0.8, [0.16224, 0.46936, 1]),
    (LENET_300_100, 0.9, [0.07957, 0.23019, 1]),
    (LENET_300_100, 0.95, [0.03848, 0.11133, 0.91851]),
    (LENET_300_100, 0.98, [0.01539, 0.04453, 0.3674]),
    (LENET_300_100, 0.99, [0.0077, 0.02227, 0.1837]),
    (LENET_5, 0.9, [1, 0.0871, 0.0884, 1]),
    (LENET_5, 0.95, [0.7261, 0.0375, 0.0381, 1]),
    (LENET_5, 0.99, [0.1389, 0.0072, 0.0073, 0.2286]),
]


@pytest.mark.parametrize("layers, sparsity, densities", ERK)
def test_erk_densities(layers, sparsity, densities):
    kept = counts(layers, sparsity, "erk")
    for layer, density in zip(layers, densities):
        assert kept[layer.name] / layer.size == pytest.approx(density, abs=max(6e-5, 1.01 / layer.size))
    assert sum(kept.values()) == total(layers, sparsity)


@pytest.mark.parametrize("sparsity", [0.0, 0.1, 0.37, 0.5, 0.75, 0.9, 0.99, 0.999, 0.999999])
@pytest.mark.parametrize("layers", [LENET_300_100, LENET_5], ids=["lenet_300_100", "lenet_5"])
def test_erk_totals_are_exact(layers, sparsity):
    kept = counts(layers, sparsity, "erk")
    assert sum(kept.values()) == total(layers, sparsity)
    assert all(0 <= kept[layer.name] <= layer.size for layer in layers)


def test_uniform_by_hand():
    assert counts(LENET_300_100, 0.98, "uniform") == {"hidden.0": 4704, "hidden.1": 600, "output": 20}
    assert counts(LENET_300_100, 0.99, "uniform") == {"hidden.0": 2352, "hidden.1": 300, "output": 10}


def test_halves_round_to_even():
    layers = (Layer("a", (5, 1)), Layer("b", (7, 1)))
    assert counts(layers, 0.5, "uniform") == {"a": 3, "b": 3}  # 2.5 -> 2 removed, 3.5 -> 4 removed
    assert total(layers, 0.125) == 10  # 1.5 -> 2 removed


def test_decimals_are_exact():
    # In binary 0.7 x 10 is 7.000000000000001 in one order and 6.999999999999999 in another.
    assert counts((Layer("a", (15, 1)),), 0.7, "uniform") == {"a": 5}  # 10.5 -> 10 removed
    assert counts((Layer("a", (5, 1)),), 0.3, "uniform") == {"a": 3}  # 1.5 -> 2 removed; in binary 0.3 is less


def test_dense_layers_are_whole_and_the_others_pay():
    kept = counts(LENET_300_100, 0.98, "uniform", ("last",))
    assert kept == {"hidden.0": 3835, "hidden.1": 489, "output": 1000}  # (5324 - 1000) / 265200 of each
    kept = counts(LENET_300_100, 0.05, "erk", ("last", "first"))
    assert kept == {"hidden.0": 235_200, "hidden.1": 16_690, "output": 1000}  # 252,890 stay, 236,200 of them whole


def test_dense_layers_beyond_the_budget_are_refused():
    with pytest.raises(ValueError, match=r"keep 1000 weights, more than the 266 of 266200 that sparsity 0.999 leaves"):
        counts(LENET_300_100, 0.999, "uniform", ("last",))


def test_all_layers_dense_is_refused_unless_nothing_goes():
    layers = LENET_300_100[:2]
    assert counts(layers, 0.0, "erk", ("first", "last")) == {layer.name: layer.size for layer in layers}
    with pytest.raises(ValueError):
        counts(layers, 0.1, "erk", ("first", "last"))


@pytest.mark.parametrize("weights", [239_580, 133_100, 53_240, 26_620, 13_310, 5_324, 2_662, 795])
def test_narrowed_fits_to_a_unit_and_keeps_the_proportions(weights):
    """Trying all pairs of widths is the oracle: of those that miss by half a unit at most, the nearest to 3 : 1."""

    def off(first: int, last: int) -> int:
        return abs(784 * first + first * last + 10 * last - weights)

    first, last = narrowed((300, 100), _size(784, 10), weights)
    fitting = [(a, b) for a in range(1, 301) for b in range(1, 101) if off(a, b) <= (a + 10) / 2]
    assert (first, last) in fitting
    assert abs(last - first / 3) <= min(abs(b - a / 3) for a, b in fitting) + 1 / 3  # a factor is known to a rounding


def test_narrowed_by_hand():
    assert narrowed((6,), _size(4, 2), 18) == (3,)  # 4 x 3 + 3 x 2
    assert narrowed((300, 100), _size(784, 10), 266_200) == (300, 100)
    assert narrowed((300, 100), _size(784, 10), 53_240) == (66, 20)  # 53,264, and not (67, 9) with 53,221
    with pytest.raises(ValueError, match="fewer than the 795"):
        narrowed((300, 100), _size(784, 10), 794)
    with pytest.raises(ValueError):
        narrowed((), _size(64, 10), 100)
