"""Laws of removal: where masks are hard, what is removed stays removed, and the last count is the one asked for."""

from itertools import pairwise, product

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.workloads.rows import FIRST_ROWS, METHOD_ROWS, WORKLOAD_ROWS, make, named
from workloads.network.state import State
from workloads.pruning.allocation import budget_at, budget_on_the_way, counts, counts_after, total, total_after
from workloads.pruning.select import select
from workloads.run import run_trial
from workloads.script.removals import Prune
from workloads.script.schedules import Cubic, fraction
from workloads.trial import Trial

LAYERS = make(WORKLOAD_ROWS[0], {"name": "dense"}).workload.layers  # 4,096, 2,048 and 320 weights
DEALT_ANEW = {"shuffled", "random"}  # controls whose places move, by intention
PAIRS = [
    (workload, method)
    for workload, method in (*product(WORKLOAD_ROWS[:1], METHOD_ROWS), *product(WORKLOAD_ROWS[3:4], FIRST_ROWS))
    if make(workload, method).method.zeros == "hard" and not DEALT_ANEW & set(method.get("controls", ()))
]


@pytest.mark.parametrize(("workload", "method"), PAIRS, ids=[f"{named(one)}-{named(two)}" for one, two in PAIRS])
def test_hard_masks_nest(workload, method, images_of, monkeypatch):
    """Whatever puts masks in place, a phase or a rule, takes them from those that were there."""
    put = State.put_masks

    def watched(state: State, masks: dict[str, torch.Tensor]) -> None:
        assert not any((masks[name] & ~before).any() for name, before in state.masks.items())
        put(state, masks)

    monkeypatch.setattr(State, "put_masks", watched)
    trial = make(workload, method)
    list(run_trial(trial, images_of(trial)))


def planned(trial: Trial) -> list[dict[str, int] | int]:
    """What the removals of a ladder keep, one after another, as arithmetic alone tells."""
    layers, kept = trial.workload.layers, {layer.name: layer.size for layer in trial.workload.layers}
    found = []
    for phase in trial.phases:
        if isinstance(phase, Prune):
            if phase.to is not None:
                now = budget_at(layers, phase.to, phase.allocation)
            elif phase.allocation == "global":
                now = total_after(sum(kept.values()), phase.rate, 1, total(layers, phase.limit))
            else:
                now = counts_after(kept, phase.rate, phase.output_rate, 1, counts(layers, phase.limit, "uniform"))
            found.append(now)
            kept = {"all": now} if isinstance(now, int) else now
    return found


@given(
    rounds=st.integers(1, 100), sparsity=st.floats(0.001, 0.99).map(lambda each: round(each, 4)),
    allocation=st.sampled_from(["global", "uniform"]), ticket=st.booleans(),
)  # fmt: skip
def test_every_ladder_goes_down_and_lands_exactly(rounds, sparsity, allocation, ticket):
    name = "lottery_ticket" if ticket else "iterative"
    method = {"name": name, "rounds": rounds, "sparsity": sparsity, "allocation": allocation}
    kept = [{"all": one} if isinstance(one, int) else one for one in planned(make(WORKLOAD_ROWS[0], method))]
    assert all(after[layer] <= before[layer] for before, after in pairwise(kept) for layer in after)
    wanted = {"all": total(LAYERS, sparsity)} if allocation == "global" else counts(LAYERS, sparsity, "uniform")
    assert kept[-1] == wanted


def test_ladders_whose_rounding_went_too_far(images_of):
    """Of 320 weights 12 rounds to 10 % take 3 each: 33 by the eleventh, and 32 are to go. Of 6,464 weights 100 rounds
    to 1.25 % take 1 each: 99 by the last but one, and 81 are to go."""
    uniform = make(WORKLOAD_ROWS[0], {"name": "iterative", "rounds": 12, "sparsity": 0.1, "allocation": "uniform",
                                      "fine_tune": {"steps": 0}})  # fmt: skip
    *_, before, last = planned(uniform)
    assert (before["output"], last["output"]) == (288, 288)
    *_, state = [event.state for event in run_trial(uniform, images_of(uniform)) if hasattr(event, "masks")]
    assert state.kept_counts == last == {"hidden.0": 3686, "hidden.1": 1843, "output": 288}
    overall = make(WORKLOAD_ROWS[0], {"name": "iterative", "rounds": 100, "sparsity": 0.0125,
                                      "fine_tune": {"steps": 0}})  # fmt: skip
    assert planned(overall)[78:] == [6385, 6384, *[6383] * 20]
    *_, state = [event.state for event in run_trial(overall, images_of(overall)) if hasattr(event, "masks")]
    assert sum(state.kept_counts.values()) == 6383


def test_a_control_at_once_goes_no_further_than_its_ladder():
    assert counts_after({"a": 320}, 0.0087417, times=11) == {"a": 287}
    assert counts_after({"a": 320}, 0.0087417, times=11, least={"a": 288}) == {"a": 288}
    assert total_after(320, 0.0087417, times=11, least=288) == 288


def test_a_layer_keeps_no_weight_more_on_its_way_to_more_sparsity():
    """The shares of Erdos-Renyi are rounded layer by layer, so some layer would gain a weight from update to update."""
    updates, last = 1000, 0.9
    sparsities = [last * fraction(Cubic(), number / updates, last) for number in range(1, updates + 1)]
    free = [counts(LAYERS, each, "erk") for each in sparsities]
    assert any(after[name] > before[name] for before, after in pairwise(free) for name in after)
    left, held = {layer.name: layer.size for layer in LAYERS}, []
    for each in sparsities:
        left = budget_on_the_way(LAYERS, each, last, "erk", (), left)
        held.append(left)
    assert all(after[name] <= before[name] for before, after in pairwise(held) for name in after)
    assert held[-1] == counts(LAYERS, last, "erk")
    assert budget_on_the_way(LAYERS, 0.5, 0.9, "global", (), {"all": 6_464}) == total(LAYERS, 0.5)
    assert budget_on_the_way(LAYERS, 0.5, 0.9, "global", (), {"all": 1_000}) == 1_000


@pytest.mark.parametrize(
    ("kept", "told"),
    [(3, "3 weights of all layers: only 2"), ({"a": 2, "b": 1}, "2 weights of a: only 1")],
)
def test_more_than_there_is_cannot_be_kept(kept, told):
    scores = {"a": torch.tensor([0.1, 0.2]), "b": torch.tensor([0.3, 0.4])}
    masks = {"a": torch.tensor([True, False]), "b": torch.tensor([True, False])}
    with pytest.raises(ValueError, match=f"cannot choose {told}"):
        select(scores, kept, masks, seed=0)
