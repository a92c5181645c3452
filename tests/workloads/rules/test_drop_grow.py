"""Dropping and growing by hand, and against other rules."""

import math
from fractions import Fraction

import pytest
import torch
from scipy import stats

from tests.workloads.rows import WORKLOAD_ROWS, make
from workloads.data.splits import DataSet, Split
from workloads.network.groups import grouped
from workloads.network.rule_context import GRADIENT, RuleContext
from workloads.network.rule_state import RuleState
from workloads.network.state import State
from workloads.pruning.allocation import total
from workloads.pruning.criteria import Magnitude
from workloads.pruning.select import select
from workloads.randomness import generator
from workloads.rules.drop_grow import DropGrowRule

CPU = torch.device("cpu")
NOTHING = Split(torch.zeros(1, 8), torch.zeros(1, dtype=torch.int64))
NO_DATA = DataSet(NOTHING, None, None, "")  # magnitudes need none
# A layer of eight weights, five of them kept. A tenth of nothing is a weight that is removed.
WEIGHTS = [0.5, -0.1, 0.2, 0.0, 0.0, -0.4, 0.0, 0.3]
KEPT = [1, 1, 1, 0, 0, 1, 0, 1]
GRADIENTS = [0.0, 0.9, 0.1, -0.8, 0.2, 0.0, 0.3, 0.0]


def rule(**fields) -> DropGrowRule:
    given = {"criterion": Magnitude(), "to": 0.375, "allocation": "uniform", "fraction": 0.4, "fall": "none",
             "dropped": "magnitude", "grown": "gradient", "instead": True, "every": 10, "end": 100}  # fmt: skip
    return DropGrowRule(**given | fields)


@pytest.fixture
def layer(monkeypatch):
    """A network whose prunable weights are those eight, with momentum on all of them."""
    trial = make({"name": "digits_mlp", "hidden": [8]}, {"name": "dense"}, optimizer={"name": "adam"})
    state = State.new(trial.workload, 0, CPU)
    state.model.hidden[0] = torch.nn.Linear(8, 1)
    monkeypatch.setattr(State, "weights", property(lambda self: {"hidden.0": self.weight("hidden.0")}))
    weight = state.weight("hidden.0")
    weight.data = torch.tensor([WEIGHTS])
    state.optimizer = torch.optim.Adam([weight])
    weight.grad = torch.ones_like(weight)
    state.optimizer.step()
    weight.data = torch.tensor([WEIGHTS])
    state.masks = {"hidden.0": torch.tensor([KEPT], dtype=torch.bool)}
    state.put_masks(state.masks)
    return state


def acted(state: State, one: DropGrowRule, position: int = 10, gradients=GRADIENTS, memory=None) -> RuleState:
    memory = memory or RuleState(one.name)
    memory = RuleState(one.name, memory.tensors | grouped(GRADIENT, {"hidden.0": torch.tensor([gradients])}))
    return one.act(RuleContext(position, state, memory, NO_DATA, 0))


def kept(state: State) -> list[int]:
    return state.masks["hidden.0"].int().flatten().tolist()


def values(state: State) -> list[float]:
    return [round(value, 4) for value in state.weight("hidden.0").detach().flatten().tolist()]


def momentum(state: State) -> list[bool]:
    return (state.optimizer.state[state.weight("hidden.0")]["exp_avg"] != 0).flatten().tolist()


def test_a_dropped_weight_may_grow_again_with_its_value(layer):
    """0.4 of five weights is two: -0.1 and 0.2 go. Among what is then removed the gradients 0.9 (of -0.1, just dropped)
    and 0.8 are largest. google-research/rigl, discussion 5: the weight that comes back keeps its value."""
    found = acted(layer, rule())
    assert kept(layer) == [1, 1, 0, 1, 0, 1, 0, 1]
    assert values(layer) == [0.5, -0.1, 0.0, 0.0, 0.0, -0.4, 0.0, 0.3]
    assert momentum(layer) == [True, True, False, False, False, True, False, True]
    assert found.figures == ((0, {"masks/churn": 0.2, "masks/exploration": 0.75}),)


def test_a_weight_that_grows_at_random_starts_at_zero_wherever_it_is(layer):
    """All five places that are free after the drop are needed by five draws; the two that were dropped are among them
    in some, and then count from 0 as well."""
    seen = set()
    for position in range(10, 90, 10):
        layer.masks = {"hidden.0": torch.tensor([KEPT], dtype=torch.bool)}
        layer.weight("hidden.0").data = torch.tensor([WEIGHTS])
        acted(layer, rule(grown="random"), position)
        assert sum(kept(layer)) == 5 and [kept(layer)[at] for at in (0, 5, 7)] == [1, 1, 1]
        assert values(layer) == [0.5, 0, 0, 0, 0, -0.4, 0, 0.3]
        seen |= {at for at in (1, 2) if kept(layer)[at]}
    assert seen == {1, 2}


def test_signed_dropping_takes_from_both_sides(layer):
    """Of three positive weights 0.4 is one, the smallest: 0.2. Of two negative weights it is none; 0.5 takes -0.1."""
    assert _dropped(layer, rule(dropped="signed")) == [2]
    assert _dropped(layer, rule(dropped="signed", fraction=0.5)) == [1, 2]
    assert _dropped(layer, rule(fraction=0.5)) == [1, 2]
    assert _dropped(layer, rule(fraction=0.2)) == [1]


def _dropped(state: State, one: DropGrowRule) -> list[int]:
    before = {"hidden.0": torch.tensor([KEPT], dtype=torch.bool)}
    context = RuleContext(
        10, state, RuleState(one.name, grouped(GRADIENT, {"hidden.0": torch.tensor([GRADIENTS])})), NO_DATA, 0
    )
    after = one._after_dropping(before, context)["hidden.0"]
    return (before["hidden.0"] & ~after).flatten().nonzero().flatten().tolist()


def test_a_large_gradient_spares_a_small_weight(layer):
    """|w| + |g| of the five: 0.5, 1.0, 0.3, 0.4, 0.3. At half of the fall the gradients count half."""
    assert _dropped(layer, rule(gradient_weight=1.0)) == [2, 7]
    assert _dropped(layer, rule(gradient_weight=0.05)) == [1, 2]  # 0.145 and 0.205
    assert _dropped(layer, rule(gradient_weight=0.4)) == [2, 7]  # 0.46, 0.24, 0.3
    half = rule(gradient_weight=0.4, fall="cosine", fraction=0.8, end=20)  # at 10 of 20: 0.2, and 0.4 of the weights
    assert _dropped(layer, half) == [1, 2]  # 0.28, 0.22, 0.3


def test_without_a_gradient_weight_the_score_is_magnitude_alone(layer):
    """Memory-economic sparse training at gradient weight 0 drops what SET drops without signs."""
    assert _dropped(layer, rule(grown="random", gradient_weight=0.0)) == _dropped(layer, rule(grown="random"))


def test_fractions_of_the_paper():
    """alpha / 2 (1 + cos(pi t / T_end)) for alpha = 0.3, T_end = 750 (Evci et al. 2020, section 3)."""
    one = rule(fraction=0.3, fall="cosine", end=750)
    found = [float(one.share_at(position)) for position in (0, 100, 200, 300, 375, 500, 750)]
    assert found == pytest.approx([0.3, 0.287032, 0.25037, 0.196353, 0.15, 0.075, 0.0], abs=5e-7)
    assert rule(fraction=0.3).share_at(50) == Fraction(3, 10)


def test_counts_come_from_exact_decimals(layer):
    """0.29 of 100 is 29, and 28.999... in floating point."""
    assert math.floor(rule(fraction=0.29).share_at(10) * 100) == 29


@pytest.mark.parametrize(
    ("fields", "positions"),
    [
        ({"every": 30}, (30, 60, 90)),
        ({"every": 50}, (50,)),  # not at the end: with a cosine nothing would be dropped there
        ({"every": 200}, ()),
        ({"every": 40, "schedule": {"name": "cubic"}, "initial": 0.1}, (40, 80, 100)),
    ],
)
def test_positions(fields, positions):
    assert rule(**fields).positions == positions


def test_the_dense_gradients_that_it_needs():
    one = rule(every=10, end=35, accumulate=3)
    assert [one.dense_gradients(*part) for part in ((0, 40), (0, 8), (8, 9), (9, 19), (30, 40), (27, 28))] == [
        9, 1, 1, 3, 0, 1
    ]  # fmt: skip
    assert rule(grown="random").dense_gradients(0, 100) == 0
    assert rule(grown="random", gradient_weight=0.1).dense_gradients(0, 100) == 9


def test_a_layer_that_keeps_all_its_weights_is_left_alone(layer):
    """At random it would lose its smallest weights' values for nothing."""
    layer.masks = {"hidden.0": torch.ones(1, 8, dtype=torch.bool)}
    layer.weight("hidden.0").data = torch.tensor([[0.5, -0.1, 0.2, 0.6, 0.7, -0.4, 0.8, 0.3]])
    acted(layer, rule(grown="random"))
    assert values(layer) == [0.5, -0.1, 0.2, 0.6, 0.7, -0.4, 0.8, 0.3]


def test_growth_draws_from_its_own_stream(layer):
    """The places with the largest numbers of the stream `grow` at each position."""
    for position in (10, 20, 30, 40):
        layer.masks = {"hidden.0": torch.tensor([KEPT], dtype=torch.bool)}
        layer.weight("hidden.0").data = torch.tensor([WEIGHTS])
        acted(layer, rule(grown="random"), position)
        luck = torch.rand(1, 8, generator=generator(0, "grow", position)).flatten().tolist()
        free = sorted((1, 2, 3, 4, 6), key=lambda place: -luck[place])
        assert [place for place in range(8) if kept(layer)[place]] == sorted([0, 5, 7, *free[:2]])


def test_places_drawn_are_uniform(images_of):
    """Counts of how often each of many free places grows, against a chi-square test."""
    trial = make({"name": "digits_mlp", "hidden": [4]}, {"name": "dense"})
    counts = torch.zeros(40)
    for position in range(1, 401):
        state = State.new(trial.workload, 0, CPU)
        masks = {name: torch.ones_like(mask) for name, mask in state.masks.items()}
        masks["output"] = (torch.arange(40) < 20).view(10, 4)
        state.weight("output").data.copy_(torch.arange(1.0, 41.0).view(10, 4))
        state.put_masks(masks)
        rule(grown="random", fraction=0.25, every=1, end=1000).act(
            RuleContext(position, state, RuleState(), images_of(trial), 0)
        )
        counts += state.masks["output"].flatten()
    free = torch.cat([counts[:5], counts[20:]])  # the five smallest were dropped
    assert (counts[5:20] == 400).all() and int(free.sum()) == 400 * 5
    assert stats.chisquare(free.numpy()).pvalue > 0.001


def updated(images_of, **fields) -> State:
    """A network of which half is removed at random, after one update with made-up gradients."""
    trial = make(WORKLOAD_ROWS[0], {"name": "dense"})
    state = State.new(trial.workload, 0, CPU)
    rng = torch.Generator().manual_seed(0)
    luck = {name: torch.rand(mask.shape, generator=rng) for name, mask in state.masks.items()}
    state.put_masks(select(luck, total(state.layers, 0.5), state.masks, 0))
    gradients = {name: torch.randn(mask.shape, generator=rng) for name, mask in state.masks.items()}
    one = rule(**fields)
    one.act(RuleContext(10, state, RuleState(one.name, grouped(GRADIENT, gradients)), images_of(trial), 0))
    return state


def test_a_schedule_that_stands_still_changes_nothing(images_of):
    """GraNet from a sparsity to the same sparsity is RigL."""
    cubic = {"schedule": {"name": "cubic"}, "allocation": "global", "fall": "cosine", "initial": 0.5}
    still, sparser = updated(images_of, to=0.5, **cubic), updated(images_of, to=0.8, **cubic)
    moved = updated(images_of, to=0.5, fall="cosine")
    assert all(torch.equal(mask, moved.masks[name]) for name, mask in still.masks.items())
    assert all(torch.equal(weight, moved.weight(name)) for name, weight in still.weights.items())
    kept = total(sparser.layers, 0.5 + 0.3 * (1 - 0.9**3))  # at 10 of 100 steps
    assert sum(sparser.kept_counts.values()) == kept < sum(moved.kept_counts.values())


def test_growing_changes_the_network_by_the_drop_alone(images_of):
    """New weights are 0, so the outputs are those of the network with the dropped weights at 0."""
    state = updated(images_of, to=0.5, grown="random", fraction=0.3)
    for name, weight in state.weights.items():
        assert int(weight.detach().count_nonzero()) < int(state.masks[name].sum())
        assert not weight.detach()[~state.masks[name]].any()


def test_counts_are_conserved_layer_by_layer(images_of):
    """A growth that picks places that are kept already would lose weights (TimDettmers/sparse_learning, 22)."""
    for fields in ({}, {"grown": "random"}, {"dropped": "signed", "grown": "random"}, {"gradient_weight": 1.0}):
        trial = make(WORKLOAD_ROWS[0], {"name": "dense"})
        state = State.new(trial.workload, 0, CPU)
        rng = torch.Generator().manual_seed(0)
        state.put_masks({name: torch.rand(mask.shape, generator=rng) < 0.3 for name, mask in state.masks.items()})
        before, memory = state.kept_counts, RuleState()
        for position in (10, 20, 30):
            gradients = {name: torch.randn(mask.shape, generator=rng) for name, mask in state.masks.items()}
            one = rule(**fields)
            memory = RuleState(one.name, memory.tensors | grouped(GRADIENT, gradients))
            memory = one.act(RuleContext(position, state, memory, images_of(trial), 0))
            assert state.kept_counts == before
