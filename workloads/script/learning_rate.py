"""The learning rate at each position of a training."""

import math

from workloads.script.training import ConstantLr, CosineLr, LrSchedule, StepLr, Training


def learning_rate(training: Training, steps: int, position: int) -> float:
    """The learning rate of the step at `position` (from 0) in a training of `steps` steps."""
    schedule, peak = training.lr_schedule, training.optimizer.lr
    if position < schedule.warmup:
        return peak * (position + 1) / schedule.warmup
    return peak * _factor(schedule, steps, position)


def _factor(schedule: LrSchedule, steps: int, position: int) -> float:
    match schedule:
        case ConstantLr():
            return 1.0
        case StepLr():
            return schedule.factor ** sum(position >= at * steps for at in schedule.at)
        case CosineLr():
            progress = (position - schedule.warmup) / (steps - schedule.warmup)
            return schedule.floor + (1 - schedule.floor) * (1 + math.cos(math.pi * progress)) / 2
