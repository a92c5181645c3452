"""How a network is trained: optimizer, learning rate, length."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from workloads.bibliography import KINGMA_2015, LOSHCHILOV_2017, LOSHCHILOV_2019
from workloads.references import Reference
from workloads.settings import Settings, tagged

Precision = Literal["float32", "bfloat16"]  # of a training step; bfloat16 under torch's autocast
Momentum = Annotated[float, Field(ge=0, lt=1)]


class Sgd(Settings):
    """Stochastic gradient descent."""

    name: Literal["sgd"] = "sgd"
    lr: PositiveFloat = 0.1
    momentum: Momentum = 0.0
    nesterov: bool = False
    weight_decay: NonNegativeFloat = 0.0

    @model_validator(mode="after")
    def _nesterov_needs_momentum(self) -> Self:
        if self.nesterov and self.momentum == 0:
            raise ValueError("nesterov needs a momentum above 0; add e.g. momentum: 0.9")
        return self


class Adam(Settings):
    """Kingma & Ba 2015; weight decay is added to the gradient."""

    references: ClassVar[tuple[Reference, ...]] = (KINGMA_2015,)

    name: Literal["adam"] = "adam"
    lr: PositiveFloat = 1e-3
    betas: tuple[Momentum, Momentum] = (0.9, 0.999)
    eps: PositiveFloat = 1e-8
    weight_decay: NonNegativeFloat = 0.0


class AdamW(Settings):
    """Loshchilov & Hutter 2019; weight decay is apart from the gradient."""

    references: ClassVar[tuple[Reference, ...]] = (LOSHCHILOV_2019,)

    name: Literal["adamw"] = "adamw"
    lr: PositiveFloat = 1e-3
    betas: tuple[Momentum, Momentum] = (0.9, 0.999)
    eps: PositiveFloat = 1e-8
    weight_decay: NonNegativeFloat = 0.01
    decayed: Literal["matrices"] | None = None  # None: all parameters; matrices: those of 2 or more dimensions


Optimizer = Annotated[Sgd | Adam | AdamW, Field(discriminator="name"), BeforeValidator(tagged)]


class ConstantLr(Settings):
    """The peak learning rate throughout, after `warmup` steps of linear rise."""

    name: Literal["constant"] = "constant"
    warmup: NonNegativeInt = 0


class StepLr(Settings):
    """The learning rate is multiplied by `factor` at each of `at`, fractions of the training steps."""

    name: Literal["step"] = "step"
    warmup: NonNegativeInt = 0
    at: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = (0.5, 0.75)
    factor: Annotated[float, Field(gt=0, lt=1)] = 0.1


class CosineLr(Settings):
    """Half a cosine from the peak down to `floor` times the peak (Loshchilov & Hutter 2017, without restarts)."""

    references: ClassVar[tuple[Reference, ...]] = (LOSHCHILOV_2017,)

    name: Literal["cosine"] = "cosine"
    warmup: NonNegativeInt = 0
    floor: Annotated[float, Field(ge=0, le=1)] = 0.0


LrSchedule = Annotated[ConstantLr | StepLr | CosineLr, Field(discriminator="name"), BeforeValidator(tagged)]


class Training(Settings):
    """One training from the first step to the last; the last partial batch of an epoch is dropped."""

    epochs: PositiveInt | None = None
    steps: PositiveInt | None = None
    batch_size: PositiveInt = 128
    optimizer: Optimizer = Adam()
    lr_schedule: LrSchedule = CosineLr()
    clip_norm: PositiveFloat | None = None  # L2 norm of all gradients together, after masking

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (self.epochs is None) == (self.steps is None):
            raise ValueError("give either epochs or steps")
        return self

    def total_steps(self, steps_per_epoch: int) -> int:
        """Optimizer steps of a whole training."""
        return self.steps if self.steps is not None else (self.epochs or 0) * steps_per_epoch


class MeasureSettings(Settings):
    """When and on how much is measured; measuring more or less changes no weight."""

    evaluate_every: PositiveInt = 200  # steps from look to look
    structure_looks: NonNegativeInt = 10  # looks that also measure structure, evenly spaced
    probe: PositiveInt = 1000  # training examples that gradients are measured on
