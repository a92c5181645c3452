"""The phase that prunes layers block by block, from the inputs that each receives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import fmean
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from workloads.data.splits import DataSet
from workloads.errors import TrialError
from workloads.network.layer_inputs import layer_inputs
from workloads.network.rule_state import RuleState
from workloads.network.state import State
from workloads.pruning.allocation import Budget, budget_of
from workloads.pruning.ranking import scores
from workloads.pruning.row_groups import RowGroups
from workloads.pruning.select import keep_highest_of_groups, select
from workloads.pruning.solving.least_squares import least_squares
from workloads.pruning.solving.problem import LayerProblem, problems
from workloads.pruning.solving.sparsegpt import sparsegpt
from workloads.randomness import generator
from workloads.script.removals import SolveLayers
from workloads.script.solvers import CriterionSolver, SparseGptSolver, WandaSolver

if TYPE_CHECKING:
    from workloads.trial import Trial

WIDEST_BLOCK = 128  # columns, as in Frantar & Alistarh (2023)
Solution = tuple[Tensor, Tensor]  # weights and mask, (out, features) each


def solve_layers(phase: SolveLayers, state: State, trial: Trial, data: DataSet) -> State:
    """Prune the layers of each block, and go on with the inputs that the next block then gets.

    Records the relative error of each layer's outputs on the sample. Raises TrialError where a layer has no solution.
    """
    if not phase.changes:
        return state
    budget = budget_of(state.layers, phase.to, phase.pattern, phase.allocation)
    solve = SOLVERS[phase.solver.name](phase.solver, budget, state, trial, data)
    layers, errors = {layer.name: layer for layer in state.layers}, {}
    for block in layer_inputs(state, data.train, phase.examples, trial.seed):
        for name, problem in problems(block, layers, state.masks).items():
            try:
                weight, mask = solve(problem)
                if phase.reconstruct:
                    weight = least_squares(problem.weight, problem.moments, mask)
            except ValueError as error:
                raise TrialError(f"{name}: {error}") from error
            errors[name] = problem.error(weight)
            state.put_weight(name, problem.layer.from_rows(weight))
            state.put_masks(state.masks | {name: problem.layer.from_rows(mask)})
    by_layer = {f"solve/layer_error/{name}": error for name, error in errors.items()}
    state.rule = RuleState(phase.name, summary={"solve/layer_error": fmean(errors.values()), **by_layer})
    return state


def _by_criterion(
    solver: CriterionSolver, budget: Budget, state: State, trial: Trial, data: DataSet
) -> Callable[[LayerProblem], Solution]:
    """The masks of a criterion, all chosen before any layer changes."""
    weight_scores = scores(solver.criterion, state.weights, state, data.train, trial.seed)
    masks = select(weight_scores, budget, state.masks, trial.seed)

    def solve(problem: LayerProblem) -> Solution:
        mask = problem.layer.rows(masks[problem.layer.name])
        return problem.weight * mask, mask

    return solve


def _wanda(
    solver: WandaSolver, budget: Mapping[str, RowGroups], state: State, trial: Trial, data: DataSet
) -> Callable[[LayerProblem], Solution]:
    """Score |w| ‖x‖, compared within each row or group (Sun et al. 2024, equation 1)."""
    del solver, state, data
    ties = generator(trial.seed, "ties")

    def solve(problem: LayerProblem) -> Solution:
        score = (problem.weight.abs() * problem.norms).masked_fill(~problem.candidates, -torch.inf)
        mask = keep_highest_of_groups(score, budget[problem.layer.name], ties) & problem.candidates
        return problem.weight * mask, mask

    return solve


def _sparsegpt(
    solver: SparseGptSolver, budget: Mapping[str, int] | Mapping[str, RowGroups], state: State, trial: Trial,
    data: DataSet,
) -> Callable[[LayerProblem], Solution]:  # fmt: skip
    del state, data
    ties = generator(trial.seed, "ties")

    def solve(problem: LayerProblem) -> Solution:
        block = solver.block or max(1, min(WIDEST_BLOCK, problem.weight.shape[1] // 8))
        return sparsegpt(problem, budget[problem.layer.name], block, solver.damping, ties)

    return solve


SOLVERS: dict[str, Callable[[Any, Any, State, Trial, DataSet], Callable[[LayerProblem], Solution]]] = {
    "criterion": _by_criterion,
    "wanda": _wanda,
    "sparsegpt": _sparsegpt,
}
