"""One trial from its first weight to its last figure. Read this first.

A method is a script of phases; a trial goes through them with one State. Nothing here knows a clock but
durations, a tracker or a path: the caller stamps, journals and stops. A test of a method is
`list(run_trial(trial, images))`.
"""

from collections.abc import Generator, Iterator

import torch

from workloads.data.images import Images, Split
from workloads.measure.flops import forward_flops
from workloads.measure.look import look, schedule
from workloads.measure.sparsity import nonzero
from workloads.measure.summary import best, final
from workloads.pruning.allocation import counts, total
from workloads.pruning.criteria import scores
from workloads.pruning.phases import Narrow, Phase, Prune, Train
from workloads.pruning.select import keep_highest
from workloads.randomness import generator
from workloads.training.loop import train
from workloads.training.stages import key, root
from workloads.training.state import State
from workloads.trial import Measured, Record, Trial


def run_trial(trial: Trial, images: Images) -> Iterator[Record | Measured]:
    """Everything the trial finds out, in the order in which it does. Raises TrialError.

    `images` lie on the device that the trial shall use.
    """
    state = State.new(trial.workload, trial.seed, images.test.targets.device)
    origin = root(trial, state.device)
    passed: tuple[Phase, ...] = ()
    for label, phases in runs(trial.phases):
        state = yield from go_through(phases, label, state, trial, images)
        passed += phases
        yield from (Record(label, state.step, name, value) for name, value in summary(state, trial).items())
        yield Measured(label, key(origin, passed), state)
        state.looks, state.seconds = [], 0.0


def runs(phases: tuple[Phase, ...]) -> Iterator[tuple[str, tuple[Phase, ...]]]:
    """The script cut after each Measure: a label and the phases that lead to it."""
    pending: tuple[Phase, ...] = ()
    for phase in phases:
        if phase.name == "measure":
            yield phase.label, pending
            pending = ()
        else:
            pending += (phase,)


def go_through(
    phases: tuple[Phase, ...], label: str, state: State, trial: Trial, images: Images
) -> Generator[Record, None, State]:
    """Take `state` through the phases of one run, with a record of every figure at every look; the state after."""
    workload, seed = trial.workload, trial.seed
    steps = sum(phase.stop - phase.start for phase in phases if phase.name == "train")
    looks = schedule(state.step, steps, workload.measure)
    probe = gradient_probe(images.train, workload.measure.probe, seed)
    for phase in phases:
        if phase.name != "train":
            state = CHANGES[phase.name](phase, state, trial)
            continue
        for start, stop in stretches(phase, state.step, looks):
            trained = train(state, images.train, workload.training, workload.steps, seed, start, stop)
            if state.step in looks:
                structure, last = looks[state.step], state.step == max(looks)
                seen = look(state, trained, images, probe, workload.prunable, structure, last)
                state.looks.append(seen)
                yield from (Record(label, seen.step, name, value) for name, value in seen.figures.items())
    return state


def stretches(phase: Train, step: int, looks: dict[int, bool]) -> Iterator[tuple[int, int]]:
    """The positions of a Train that begins after the path's step `step`, cut at the looks."""
    offset = phase.start - step
    cuts = sorted({phase.stop, *(after + offset for after in looks if phase.start < after + offset < phase.stop)})
    return zip([phase.start, *cuts], cuts)


def prune(phase: Prune, state: State, trial: Trial) -> State:
    """Take weights away for good: as many as the allocation says, those with the lowest scores."""
    kept = counts(state.layers, phase.to, phase.allocation, phase.dense_layers)
    ties = generator(trial.seed, "mask", 1)
    scored = scores(phase.criterion, state.weights, trial.seed)
    state.put_masks({name: keep_highest(score, kept[name], ties) for name, score in scored.items()})
    return state


def narrow(phase: Narrow, state: State, trial: Trial) -> State:
    """A new network in place of the old one, with narrower hidden layers."""
    smaller = trial.workload.narrowed(total(trial.workload.layers, phase.to)) if phase.changes else trial.workload
    return State.new(smaller, trial.seed, state.device)


CHANGES = {"prune": prune, "narrow": narrow}


def gradient_probe(split: Split, size: int, seed: int) -> Split:
    """A fixed random choice of training examples."""
    chosen = torch.randperm(len(split.targets), generator=generator(seed, "probe"))[:size].to(split.targets.device)
    return Split(split.inputs[chosen], split.targets[chosen])


def summary(state: State, trial: Trial) -> dict[str, float]:
    """The figures at the end of a run. Counts refer to the full network, before any narrowing."""
    prunable = trial.workload.prunable
    alive = nonzero(state)
    return {
        **final(state.looks),
        **best(state.looks),
        "final/sparsity": 1 - alive / prunable,
        "final/nonzero_parameters": alive,
        "final/prunable_parameters": prunable,
        "final/total_parameters": sum(parameter.numel() for parameter in state.model.parameters()),
        **{f"layer_weights/{layer.name}": layer.size for layer in state.layers},
        "cost/train_seconds": state.seconds,
        "cost/path_train_seconds": state.path_seconds,
        "cost/seconds_per_epoch": state.path_seconds / state.step * trial.workload.steps_per_epoch,
        "cost/steps_total": state.step,
        "cost/steps_since_last_mask": state.step - state.mask_step,
        "cost/training_flops": state.flops,
        "cost/flops_per_example": forward_flops(state.layers, state.kept),
    }
