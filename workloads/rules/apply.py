"""What rules do to the masks of a network in training, between two optimizer steps."""

from collections.abc import Callable
from typing import Any

import torch

from workloads.data.splits import DataSet
from workloads.network.search import Search
from workloads.network.state import State
from workloads.network.zeroing import Zeroing
from workloads.pruning.allocation import Kept, kept_at, kept_on_the_way
from workloads.pruning.scores import scores
from workloads.pruning.select import chosen
from workloads.script.rules import AdaptiveRule, EarlyBirdRule, GradualRule, Rule
from workloads.trial import Trial


def apply(rule: Rule | None, position: int, state: State, trial: Trial, data: DataSet) -> None:
    """Carry out what a rule has to do after `position` steps of the training: at most times nothing."""
    if rule is not None and position in rule.positions:
        RULES[rule.name](rule, position, state, trial, data)


def _gradual(rule: GradualRule, position: int, state: State, trial: Trial, data: DataSet) -> None:
    """Remove as many weights as the schedule says. Soft: those removed before keep their values and compete again."""
    held = state.removed or {}
    weights = {name: weight.detach() + held.get(name, 0) for name, weight in state.weights.items()}
    again = rule.masks == "soft"
    among = {name: torch.ones_like(mask) for name, mask in state.masks.items()} if again else state.masks
    scored = scores(rule.criterion, weights, state, data.train, trial.seed)
    masks = chosen(scored, _kept(rule, rule.sparsity_at(position), state, held=not again), among, trial.seed)
    if again:
        state.removed = {name: weight.masked_fill(masks[name], 0) for name, weight in weights.items()}
        for name, weight in weights.items():
            state.weight(name).data.copy_(weight)
    state.put_masks(masks)


def _kept(rule: GradualRule | AdaptiveRule, sparsity: float, state: State, held: bool) -> Kept:
    """Weights to keep at one of the rule's updates, where those `held` at zero from an earlier one are gone."""
    if not held:
        return kept_at(state.layers, sparsity, rule.allocation, rule.dense_layers)
    return kept_on_the_way(state.layers, sparsity, rule.to, rule.allocation, rule.dense_layers, state.kept)


def _early_bird(rule: EarlyBirdRule, position: int, state: State, trial: Trial, data: DataSet) -> None:
    """Work out the masks that pruning would give, and take them where they have settled, or at the end."""
    search = state.search = state.search or Search()
    if search.drawn_at is not None:
        search.farthest = None
        return
    scored = scores(rule.criterion, state.weights, state, data.train, trial.seed)
    kept = kept_at(state.layers, rule.to, rule.allocation, rule.dense_layers)
    masks = chosen(scored, kept, state.masks, trial.seed)
    search.see(masks, rule.window)
    settled = search.settled(rule.tolerance)
    if settled or position == rule.end:
        search.end(state.step if settled else None)
        state.put_masks(masks)


def _adaptive(rule: AdaptiveRule, position: int, state: State, trial: Trial, data: DataSet) -> None:
    """Set as many weights to zero as the schedule says, and find out what has become of those zeroed before."""
    zeroing = state.zeroing = state.zeroing or Zeroing.none_yet(state.weights)
    if position in rule.later:
        zeroing.look(state.weights, rule.later[position])
    if position not in rule.applied:
        return
    scored = scores(rule.criterion, state.weights, state, data.train, trial.seed)
    kept = _kept(rule, rule.target_at(position), state, held=rule.held == "at_once")
    masks = chosen(scored, kept, state.masks, trial.seed)
    if rule.held == "at_once" or rule.held == "at_last" and position == rule.end:
        state.put_masks(masks)
    elif rule.held != "unzeroed":
        state.zero(masks)
    zeroing.apply({name: ~mask for name, mask in masks.items()}, state.step)
    if position == rule.end:
        zeroing.end()


RULES: dict[str, Callable[[Any, int, State, Trial, DataSet], None]] = {
    "gradual": _gradual,
    "early_bird": _early_bird,
    "adaptive": _adaptive,
}
