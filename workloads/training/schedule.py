"""The learning rate as a function of the position in a training."""

import math

from workloads.training.settings import LrSchedule, Training


def learning_rate(training: Training, steps: int, position: int) -> float:
    """The learning rate of the step at `position` (from 0) in a training of `steps` steps."""
    schedule, peak = training.lr_schedule, training.optimizer.lr
    if position < schedule.warmup:
        return peak * (position + 1) / schedule.warmup
    return peak * FACTORS[schedule.name](schedule, steps, position)


def _step(schedule: LrSchedule, steps: int, position: int) -> float:
    return schedule.factor ** sum(position >= at * steps for at in schedule.at)


def _cosine(schedule: LrSchedule, steps: int, position: int) -> float:
    progress = (position - schedule.warmup) / (steps - schedule.warmup)
    return schedule.floor + (1 - schedule.floor) * (1 + math.cos(math.pi * progress)) / 2


FACTORS = {"constant": lambda schedule, steps, position: 1.0, "step": _step, "cosine": _cosine}
