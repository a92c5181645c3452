"""Ranks of matrices whose singular values are known, and against torch's own singular values."""

import pytest
import torch
from torch import Tensor

from workloads.errors import Diverged
from workloads.measure.ranks import ranks, ranks_by_chance


def of(matrix: Tensor) -> tuple[float, float]:
    """The effective and the stable rank."""
    seen = ranks({"a": matrix})
    assert set(seen) == {"effective_rank/a", "stable_rank/a"}
    return seen["effective_rank/a"], seen["stable_rank/a"]


def drawn(*shape: int, density: float = 1.0, seed: int = 0) -> Tensor:
    stream = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=stream) * (torch.rand(shape, generator=stream) < density)


@pytest.mark.parametrize(
    "matrix, effective, stable",
    [
        (torch.eye(5), 5, 5),
        (torch.diag(torch.tensor([2.0, 1, 1])), 2 * 2**0.5, 1.5),
        (torch.diag(torch.tensor([2.0, 1, 1, 0])), 2 * 2**0.5, 1.5),  # a zero counts for nothing
        (torch.outer(torch.arange(1.0, 4), torch.tensor([1.0, -2, 4, 8])), 1, 1),
        (torch.tensor([[0.0, 0, 3], [0, 0, 0]]), 1, 1),
    ],
)
def test_known_ranks(matrix, effective, stable):
    assert of(matrix) == (pytest.approx(effective, rel=1e-6), pytest.approx(stable, rel=1e-6))
    assert of(matrix.T) == pytest.approx(of(matrix))


def test_a_zero_matrix_has_no_rank():
    assert of(torch.zeros(3, 4)) == (0, 0)


def test_small_singular_values_count():
    """One of 1 and ninety-nine of 1e-4, together 1.0099: the entropy is ln 1.0099 + 0.0099 ln 10^4 / 1.0099."""
    effective, stable = of(torch.diag(torch.tensor([1.0] + 99 * [1e-4])))
    assert effective == pytest.approx(1.0099 * 1e4 ** (0.0099 / 1.0099), rel=1e-6)
    assert stable == pytest.approx(1 + 99e-8, rel=1e-9)


def test_rounding_is_no_rank():
    """A matrix of rank one in single precision, whose other singular values are rounding errors."""
    assert of(drawn(300, 1) @ drawn(1, 784, seed=1)) == (pytest.approx(1, abs=1e-4), pytest.approx(1, abs=1e-6))


@pytest.mark.parametrize("shape", [(300, 784), (100, 30), (20, 8, 5, 5)])
@pytest.mark.parametrize("density", [1.0, 0.1, 0.01])
def test_agrees_with_singular_values(shape, density):
    weight = drawn(*shape, density=density)
    values = torch.linalg.svdvals(weight.double().flatten(1))
    shares = values / values.sum()
    entropy = -sum(share * share.log() for share in shares if share > 1e-12)
    expected = float(entropy.exp()), float((values**2).sum() / values[0] ** 2)
    assert of(weight) == (pytest.approx(expected[0], rel=1e-5), pytest.approx(expected[1], rel=1e-5))


def test_scale_and_rotation_change_nothing():
    matrix = drawn(6, 9).double()
    turned, _ = torch.linalg.qr(drawn(6, 6, seed=1).double())
    assert of(1e-6 * matrix) == pytest.approx(of(matrix), rel=1e-9)
    assert of(turned @ matrix) == pytest.approx(of(matrix), rel=1e-9)


@pytest.mark.parametrize("density", [0.02, 0.2, 1.0])
def test_neither_exceeds_the_rank(density):
    matrix = drawn(30, 40, density=density)
    effective, stable = of(matrix)
    rank = int(torch.linalg.matrix_rank(matrix))
    assert 1 <= stable <= rank + 1e-9
    assert 1 <= effective <= rank + 1e-9


def test_weights_in_training_can_be_measured():
    assert of(torch.nn.Parameter(torch.eye(2))) == pytest.approx((2, 2))


def test_weights_that_are_not_finite_are_named():
    weights = {"a": torch.tensor([[1.0, torch.nan]]), "b": torch.ones(1, 1), "c": torch.tensor([[torch.inf]])}
    with pytest.raises(Diverged, match="weights of a, c are no longer finite"):
        ranks(weights)


def test_chance_keeps_values_in_their_places_and_as_many_as_asked_for():
    """Of a matrix with one entry a row and column a mask leaves as many directions as it keeps of them."""
    found = [ranks_by_chance({"a": torch.ones(30, 30)}, {"a": kept}, torch.Generator().manual_seed(seed))
             for seed, kept in ((0, 90), (0, 90), (1, 90), (0, 900), (0, 0))]  # fmt: skip
    names = {"effective_rank_by_chance/a", "stable_rank_by_chance/a"}
    assert all(one.keys() == names for one in found)
    one, again, other, whole, none = (each["effective_rank_by_chance/a"] for each in found)
    assert one == again != other and (whole, none) == (pytest.approx(1), 0)
    mask = torch.zeros(900)
    mask[torch.randperm(900, generator=torch.Generator().manual_seed(0))[:90]] = 1
    assert one == pytest.approx(of(mask.view(30, 30))[0])


def test_chance_cannot_see_what_training_made_of_places():
    """All weight lies in one row: under a random mask there is still one direction; dealt to other places, many."""
    weight = torch.zeros(40, 40)
    weight[0] = 1
    by_chance = ranks_by_chance({"a": weight}, {"a": 800}, torch.Generator().manual_seed(0))
    assert by_chance["effective_rank_by_chance/a"] == pytest.approx(1)
