"""How a rule takes part in training: its intervention in the steps, and its action at its positions."""

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
    """The rule's intervention in the steps from `start` to `stop`. `position` is where it acts next; None: nowhere."""
    state.rule = _memory(rule, state)
    return Intervention(
        each_step=rule.each_step(RuleContext(start, state, state.rule, data, seed)) or EachStep(),
        gradients_from=position - rule.gradients if position is not None and rule.gradients else inf,
        replaced_step=stop - 1 if rule.replaces and stop == position else None,
    )


def apply(rule: Rule, position: int, state: State, seed: int, data: DataSet) -> None:
    """Let the rule act at `position` and store its new state, without the sums of gradients."""
    memory = rule.act(RuleContext(position, state, _memory(rule, state), data, seed))
    tensors = {name: tensor for name, tensor in memory.tensors.items() if not name.startswith(f"{GRADIENT}/")}
    state.rule = replace(memory, tensors=tensors)


def _memory(rule: Rule, state: State) -> RuleState:
    """The rule's own state: empty if another rule acted last."""
    return state.rule if state.rule.name == rule.name else RuleState(rule.name)
