"""How a network is trained and measured: optimizer, learning rate, length, evaluations."""

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

from workloads.bibliography import KINGMA_2015, LOSHCHILOV_2017, LOSHCHILOV_2019, PASCANU_2013
from workloads.references import Cites, Reference
from workloads.settings import Settings, tagged

Precision = Literal["float32", "bfloat16"]  # of a training step; bfloat16 uses torch's autocast
Kernels = Literal["auto", "masked", "sparse"]  # how layers are computed in training; see network.kernels
Momentum = Annotated[float, Field(ge=0, lt=1)]


class Sgd(Settings):
    """Stochastic gradient descent."""

    name: Literal["sgd"] = "sgd"
    lr: PositiveFloat = 0.1
    """The peak learning rate, which the schedule scales."""
    momentum: Momentum = 0.0
    """The fraction of the last update that is added to the next one."""
    nesterov: bool = False
    """Whether the gradient is taken after the momentum step (Nesterov). Needs momentum above 0."""
    weight_decay: NonNegativeFloat = 0.0
    """The factor of the weights that is added to their gradient."""

    @model_validator(mode="after")
    def _nesterov_needs_momentum(self) -> Self:
        if self.nesterov and self.momentum == 0:
            raise ValueError("nesterov needs a momentum above 0; add e.g. momentum: 0.9")
        return self


class Adam(Settings):
    """Adam (Kingma & Ba 2015), with weight decay as a part of the gradient."""

    references: ClassVar[tuple[Reference, ...]] = (KINGMA_2015,)

    name: Literal["adam"] = "adam"
    lr: PositiveFloat = 1e-3
    """The peak learning rate, which the schedule scales. A common value is 0.001 (Kingma & Ba 2015)."""
    betas: tuple[Momentum, Momentum] = (0.9, 0.999)
    """The decay of the running means of the gradient and of its square, per step.
    Kingma & Ba (2015) use 0.9 and 0.999."""
    eps: PositiveFloat = 1e-8
    """The number added to the denominator, against division by zero. Kingma & Ba (2015) use 1e-8."""
    weight_decay: NonNegativeFloat = 0.0
    """The factor of the weights that is added to their gradient."""


class AdamW(Settings):
    """AdamW (Loshchilov & Hutter 2019): Adam with weight decay apart from the gradient."""

    references: ClassVar[tuple[Reference, ...]] = (LOSHCHILOV_2019,)

    name: Literal["adamw"] = "adamw"
    lr: PositiveFloat = 1e-3
    """The peak learning rate, which the schedule scales. A common value is 0.001 (Kingma & Ba 2015)."""
    betas: tuple[Momentum, Momentum] = (0.9, 0.999)
    """The decay of the running means of the gradient and of its square, per step. For
    language models the second is often smaller, 0.95 to 0.99."""
    eps: PositiveFloat = 1e-8
    """The number added to the denominator, against division by zero."""
    weight_decay: NonNegativeFloat = 0.01
    """The fraction of a weight that is taken away at each step, times the learning rate. Torch uses 0.01."""
    decayed: Literal["matrices"] | None = None
    """The parameters with weight decay. None means all; matrices means those with 2 or more dimensions, so neither
    biases nor norms."""


Optimizer = Annotated[Sgd | Adam | AdamW, Field(discriminator="name"), BeforeValidator(tagged)]


class ConstantLr(Settings):
    """The peak learning rate at every step after the warm-up."""

    name: Literal["constant"] = "constant"
    warmup: NonNegativeInt = 0
    """The number of optimizer steps over which the learning rate rises linearly to its peak."""


class StepLr(Settings):
    """The learning rate falls by `factor` at each moment in `at`."""

    name: Literal["step"] = "step"
    warmup: NonNegativeInt = 0
    """The number of optimizer steps over which the learning rate rises linearly to its peak."""
    at: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = (0.5, 0.75)
    """The list of moments at which the learning rate falls, as fractions of the training steps."""
    factor: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """The number that multiplies the learning rate at each moment."""


class CosineLr(Settings):
    """Half a cosine, from the peak down to `floor` times the peak (Loshchilov & Hutter 2017, without restarts)."""

    references: ClassVar[tuple[Reference, ...]] = (LOSHCHILOV_2017,)

    name: Literal["cosine"] = "cosine"
    warmup: NonNegativeInt = 0
    """The number of optimizer steps over which the learning rate rises linearly to its peak."""
    floor: Annotated[float, Field(ge=0, le=1)] = 0.0
    """The learning rate at the end, as a fraction of the peak."""


LrSchedule = Annotated[ConstantLr | StepLr | CosineLr, Field(discriminator="name"), BeforeValidator(tagged)]


class Training(Settings):
    """One training from the first step to the last. The last partial batch of an epoch is dropped."""

    epochs: PositiveInt | None = None
    """The length of a training, in passes over the training split; given instead of `steps`."""
    steps: NonNegativeInt | None = None
    """The length of a training, in optimizer steps; given instead of `epochs`. 0 needs weights to start from."""
    batch_size: PositiveInt = 128
    """The number of training examples in each optimizer step."""
    optimizer: Optimizer = Adam()
    """The optimizer and its settings."""
    lr_schedule: LrSchedule = CosineLr()
    """How the learning rate changes during training."""
    clip_norm: Annotated[PositiveFloat | None, Cites((PASCANU_2013,))] = None
    """The largest L2 norm of all gradients together, after masking. None means no clipping."""

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (self.epochs is None) == (self.steps is None):
            raise ValueError("give either epochs or steps")
        return self

    def total_steps(self, steps_per_epoch: int) -> int:
        """The number of optimizer steps in a whole training."""
        return self.steps if self.steps is not None else (self.epochs or 0) * steps_per_epoch


class MeasureSettings(Settings):
    """When the network is evaluated, and on how many examples. These settings change no weight."""

    evaluate_every: PositiveInt = 200
    """The number of optimizer steps from one evaluation to the next; the last step is always evaluated."""
    structure_looks: NonNegativeInt = 10
    """The number of evaluations, evenly spaced, that also measure structure: ranks of the weight matrices and dead
    units."""
    probe: PositiveInt = 1000
    """The number of training examples that gradients are measured on. The examples stay the same in a trial."""
