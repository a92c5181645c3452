"""A trial: its settings, its key, and the events that it yields."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import NonNegativeInt

from workloads.catalog import METHODS, WORKLOADS
from workloads.methods.dense import Dense
from workloads.methods.method import Method
from workloads.script.criteria import Criterion
from workloads.script.learning_rate import learning_rate
from workloads.script.paths import changing
from workloads.script.phases import Script, Train, criteria
from workloads.settings import Settings, digest, flattened
from workloads.tasks.workload import Workload

if TYPE_CHECKING:
    from workloads.network.state import State

KEY_DIGITS = 12  # of a trial's key
SCHEMA = 1  # version of a trial's settings; part of every key
MIN_RATE = 0.01  # of the peak: a lower learning rate hardly trains


class Trial(Settings):
    """One workload, one method, one seed."""

    workload: Annotated[Workload, WORKLOADS]
    """The network, its data and its training."""
    method: Annotated[Method, METHODS]
    """The method of pruning."""
    seed: NonNegativeInt
    """The number that all randomness of the trial derives from."""

    def settings(self) -> dict[str, Any]:
        """Everything that figures depend on, except code and machine. A field is left out exactly when it is None."""
        fields = self.model_dump(mode="json", exclude_none=True)
        return {"schema": SCHEMA, "data": self.workload.declared(self.workload.data).identity, **fields}

    def before_phases(self) -> dict[str, Any]:
        """The settings without the method. They determine the network before the first phase."""
        return {name: value for name, value in self.settings().items() if name != "method"}

    @property
    def key(self) -> str:
        """12 hex digits that identify the trial everywhere."""
        return digest(self.settings(), KEY_DIGITS)

    @property
    def label(self) -> str:
        """A short description without the seed: workload and method, with the settings that differ from defaults."""
        return f"{_non_defaults(self.workload)} {_non_defaults(self.method)}"

    @property
    def title(self) -> str:
        """A short description with the seed."""
        return f"{self.label} seed={self.seed}"

    @property
    def name(self) -> str:
        """A short description with the method first, for places that show only the beginning."""
        return f"{_non_defaults(self.method)} seed={self.seed} on {_non_defaults(self.workload)}"

    @property
    def phases(self) -> Script:
        """The method's script for the length of this workload's training.

        Raises ValueError if method and workload do not fit together."""
        script = self.method.phases(self.workload.steps, self.workload.steps_per_epoch)
        if any(isinstance(phase, Train) and phase.lr == "last" for phase in script):
            self._check_last_learning_rate()
        for criterion in criteria(script):
            self._check_network(criterion)
        return script

    def _check_network(self, criterion: Criterion) -> None:
        if criterion.needs_chain and not self.workload.is_chain:
            raise ValueError(
                f"criterion {criterion.name} needs layers that form a chain, each feeding only the next, and "
                f"those of {self.workload.name} do not; use magnitude, gradient or saliency"
            )
        if criterion.needs_homogeneity and not self.workload.is_homogeneous:
            raise ValueError(
                f"criterion {criterion.name} needs a network whose outputs grow in proportion to the weights of each "
                f"layer, and {self.workload.name} is none, since norms, softmax and GELU break the proportion; "
                "use snip or grasp"
            )

    def _check_last_learning_rate(self) -> None:
        training, steps = self.workload.training, self.workload.steps
        last, peak = learning_rate(training, steps, steps - 1), training.optimizer.lr
        if last < MIN_RATE * peak:
            raise ValueError(
                f"lr: last would be {last:.2g}, less than {MIN_RATE:.0%} of the peak {peak:g}; "
                "use lr: rewind, a number, or an lr_schedule with a floor"
            )

    def canonical(self) -> "Trial":
        """The trial itself, or the trial of `dense` if the method's phases have the same effect."""
        dense = self.model_copy(update={"method": Dense()})
        return dense if changing(self.phases) == changing(dense.phases) else self

    def twin(self) -> "Trial":
        """The same trial at sparsity 0, canonical."""
        return self.model_copy(update={"method": self.method.twin()}).canonical()


def _non_defaults(settings: Workload | Method) -> str:
    """The name, and the settings that differ from the defaults, under dotted names."""
    defaults = {name: field.default for name, field in type(settings).model_fields.items() if not field.is_required()}
    defaults = dict(flattened(type(settings).model_construct(**defaults).model_dump(mode="json", warnings=False)))
    values = flattened(settings.model_dump(mode="json", exclude_none=True))
    words = [f"{name}={value}" for name, value in values if name not in defaults or defaults[name] != value]
    return " ".join([settings.name, *words])


@dataclass(frozen=True)
class Record:
    """One figure of one run."""

    label: str  # of the run: the label of the Measure at its end
    step: int  # optimizer steps on this network's path
    name: str  # a metric of `dashboards.schema`
    value: float


@dataclass(frozen=True)
class ScriptPlace:
    """A place in a trial's script: the end of a phase or, in a Train, a position. Looks there are still to come."""

    phase: int  # index in the trial's script
    position: int | None = None  # in a Train; None: another phase


@dataclass(frozen=True)
class Checkpoint:
    """A state from which the trial can resume."""

    place: ScriptPlace
    state: "State"


@dataclass(frozen=True)
class Measured:
    """The end of a run."""

    label: str
    network: str  # key of the measured network: equal keys mean equal networks
    masks: str  # digest of the masks
    init: str  # digest of the unmasked weights at the latest start of training
    state: "State"
