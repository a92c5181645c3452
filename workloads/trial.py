"""One trial: what it is made of, its key, and what comes out of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import NonNegativeInt

from workloads.catalog import METHODS, WORKLOADS
from workloads.methods.dense import Dense
from workloads.methods.method import Method
from workloads.script.learning_rate import learning_rate
from workloads.script.paths import changing
from workloads.script.phases import Script, Train, criteria
from workloads.settings import Settings, digest, flattened
from workloads.tasks.workload import Workload

if TYPE_CHECKING:
    from workloads.network.state import State

SCHEMA = 1  # of a trial's settings; enters every key
LEAST = 0.01  # of the peak: a learning rate below trains nothing


class Trial(Settings):
    """One workload, one method, one seed."""

    workload: Annotated[Workload, WORKLOADS]
    """The network, its data and its training."""
    method: Annotated[Method, METHODS]
    """The method of pruning."""
    seed: NonNegativeInt
    """The number that all randomness of the trial derives from."""

    def settings(self) -> dict[str, Any]:
        """All that the figures depend on, but for code and machine. A field is left out exactly when it is None."""
        own = self.model_dump(mode="json", exclude_none=True)
        return {"schema": SCHEMA, "data": self.workload.declared(self.workload.data).identity, **own}

    def before_phases(self) -> dict[str, Any]:
        """The settings without the method: trials that agree in them have the same network before the first phase."""
        return {name: value for name, value in self.settings().items() if name != "method"}

    @property
    def key(self) -> str:
        """12 hex digits that name the trial wherever it is spoken of."""
        return digest(self.settings(), 12)

    @property
    def label(self) -> str:
        """The trial in a few words but for its seed: what it does not leave at its default."""
        return f"{_unlike_default(self.workload)} {_unlike_default(self.method)}"

    @property
    def title(self) -> str:
        """The trial in a few words."""
        return f"{self.label} seed={self.seed}"

    @property
    def name(self) -> str:
        """The trial in a few words, what is tried first: for where there is room for the beginning only."""
        return f"{_unlike_default(self.method)} seed={self.seed} on {_unlike_default(self.workload)}"

    @property
    def phases(self) -> Script:
        """The method's script for this workload's length of training.

        Raises ValueError where the two don't go together."""
        script = self.method.phases(self.workload.steps, self.workload.steps_per_epoch)
        if any(isinstance(phase, Train) and phase.lr == "last" for phase in script):
            self._check_last_learning_rate()
        wanted = next((one.name for one in criteria(script) if one.needs_chain), None)
        if wanted is not None and not self.workload.is_chain:
            raise ValueError(
                f"criterion {wanted} needs layers one after another, each feeding the next alone, and "
                f"those of {self.workload.name} are not; use magnitude, gradient or saliency"
            )
        return script

    def _check_last_learning_rate(self) -> None:
        training, steps = self.workload.training, self.workload.steps
        last, peak = learning_rate(training, steps, steps - 1), training.optimizer.lr
        if last < LEAST * peak:
            raise ValueError(
                f"lr: last would be {last:.2g}, less than {LEAST:.0%} of the peak {peak:g}; "
                "use lr: rewind, a number, or an lr_schedule with a floor"
            )

    def canonical(self) -> "Trial":
        """The trial itself, or `dense` where the method's phases come down to the same."""
        dense = self.model_copy(update={"method": Dense()})
        return dense if changing(self.phases) == changing(dense.phases) else self

    def twin(self) -> "Trial":
        """The same trial at sparsity 0, canonical."""
        return self.model_copy(update={"method": self.method.twin()}).canonical()


def _unlike_default(settings: Workload | Method) -> str:
    """The name, and what differs from the defaults, under dotted names."""
    usual = {name: field.default for name, field in type(settings).model_fields.items() if not field.is_required()}
    usual = dict(flattened(type(settings).model_construct(**usual).model_dump(mode="json", warnings=False)))
    given = flattened(settings.model_dump(mode="json", exclude_none=True))
    words = [f"{name}={value}" for name, value in given if name not in usual or usual[name] != value]
    return " ".join([settings.name, *words])


@dataclass(frozen=True)
class Record:
    """One figure of one run."""

    label: str  # of the run: the label of the Measure that will close it
    step: int  # optimizer steps on this network's path
    name: str  # a metric of `dashboards.schema`
    value: float


@dataclass(frozen=True)
class ScriptPlace:
    """How far a trial has come: up to a phase and, in a Train, up to a position, before any look there."""

    phase: int  # index in the trial's script
    position: int | None = None  # in a Train; None: its beginning


@dataclass(frozen=True)
class Checkpoint:
    """A moment from which the trial could go on later."""

    place: ScriptPlace
    state: "State"


@dataclass(frozen=True)
class Measured:
    """The end of a run."""

    label: str
    network: str  # key of the measured stage: equal keys, equal networks
    masks: str  # digest of the masks
    init: str  # digest of the weights that training began or began anew with, masks left aside
    state: "State"
