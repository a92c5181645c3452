"""A rule in a training: what it changes in the steps, and what it does at its positions."""

from dataclasses import replace
from math import inf

from workloads.data.splits import DataSet
from workloads.network.rule_context import GRADIENT, EachStep, Intervention, RuleContext
from workloads.network.rule_state import RuleState
from workloads.network.state import State
from workloads.script.rules import Rule


def intervention(
    rule: Rule, start: int, stop: int, position: int | None, state: State, seed: int, data: DataSet
) -> Intervention:
    """What a rule changes in the steps from `start` to `stop`. It acts next at `position`; None: never again."""
    state.rule = _memory(rule, state)
    return Intervention(
        rule.each_step(RuleContext(start, state, state.rule, data, seed)) or EachStep(),
        position - rule.gradients if position is not None and rule.gradients else inf,
        stop - 1 if rule.replaces and stop == position else None,
    )


def apply(rule: Rule, position: int, state: State, seed: int, data: DataSet) -> None:
    """Let a rule act at `position`, one of its positions, and store what it remembers.

    Gradients that were summed for it are dropped."""
    memory = rule.act(RuleContext(position, state, _memory(rule, state), data, seed))
    state.rule = replace(memory, tensors={name: tensor for name, tensor in memory.tensors.items()
                                          if not name.startswith(f"{GRADIENT}/")})  # fmt: skip


def _memory(rule: Rule, state: State) -> RuleState:
    """What this rule remembers; empty where the memory belongs to another rule."""
    return state.rule if state.rule.name == rule.name else RuleState(rule.name)
