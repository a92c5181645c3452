"""The settings of a sweep as a whole: everything but those of its trials."""

import math
from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PositiveFloat, PositiveInt

from orchestrator.spec.complaints import excerpt
from orchestrator.spec.names import legal_name
from workloads.script.training import Precision
from workloads.settings import Settings
from workloads.tasks.workload import Workload

MOST_SEEDS = 100_000


def _legal_name(name: str) -> str:
    try:
        return legal_name(name)
    except ValueError as error:
        raise ValueError(f"name {excerpt(name)} {error}") from None


def _seeds(value: Any) -> Any:
    """The list of seeds, from a count or a list."""
    form = "seeds are a count from 1, e.g. 5, or a list of whole numbers from 0, e.g. [0, 1, 2]"
    seeds = value if isinstance(value, list | tuple) else [value]
    if any(isinstance(seed, bool) or not isinstance(seed, int) or seed < 0 for seed in seeds) or value in (0, []):
        raise ValueError(f"seeds {excerpt(value)} is not allowed; {form}")
    if (count := value if isinstance(value, int) else len(seeds)) > MOST_SEEDS:
        raise ValueError(f"seeds {count} is more than {MOST_SEEDS:,}")
    if repeated := sorted(seed for seed, times in Counter(seeds).items() if times > 1):
        raise ValueError(f"seeds {repeated} are listed more than once; each seed is one replicate")
    return tuple(range(value)) if isinstance(value, int) else tuple(seeds)


def _gpus(value: Any) -> Any:
    """`auto`, a share of one GPU, or whole GPUs."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if value == "auto" or is_number and 0 <= value < math.inf and (value <= 1 or value == int(value)):
        return value
    raise ValueError(f"gpus {excerpt(value)} is not allowed; it is auto, a fraction from 0 to 1, or a whole number")


class StopAfter(Settings):
    """Start no more trials after a number of failures."""

    stop_after: PositiveInt


def _on_failure(value: Any) -> Any:
    """`continue`, `stop`, or `{stop_after: N}`."""
    count = value.get("stop_after") if isinstance(value, dict) and len(value) == 1 else None
    if value in ("continue", "stop") or isinstance(count, int) and not isinstance(count, bool) and count > 0:
        return value
    allowed = "continue, stop, or {stop_after: N} with N from 1"
    raise ValueError(f"on_failure {excerpt(value)} is not allowed; it is {allowed}")


class Resources(Settings):
    """What one trial asks for."""

    cpus: PositiveInt = 1
    gpus: Annotated[Literal["auto"] | float, BeforeValidator(_gpus)] = "auto"  # auto: the workload's share, if any
    precision: Precision = "float32"

    def share_of_gpu(self, workload: Workload, gpus_at_hand: bool) -> float:
        """The number of GPUs that a trial takes. With `auto`: the workload's share if there are GPUs, else none."""
        return (workload.gpu_share if gpus_at_hand else 0.0) if self.gpus == "auto" else float(self.gpus)


class Policies(Settings):
    """What happens when things go wrong."""

    on_failure: Annotated[Literal["continue", "stop"] | StopAfter, BeforeValidator(_on_failure)] = "continue"
    checkpoint_every: PositiveFloat = 60.0  # seconds

    @property
    def most_failures(self) -> float:
        """The number of failures after which no more trials start; infinite if failures stop nothing."""
        if isinstance(self.on_failure, StopAfter):
            return self.on_failure.stop_after
        return 1 if self.on_failure == "stop" else math.inf


class Margin(Settings):
    """How much worse than the twin still counts as harmless."""

    accuracy: Annotated[float, Field(gt=0, lt=1, description="a fraction of all examples")] = 0.01
    bits_per_character: PositiveFloat = 0.02


class Report(Settings):
    """How the report judges."""

    margin: Annotated[Margin, Field(description="given with what it is measured in, e.g. {accuracy: 0.01}")] = Margin()
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95  # of intervals


class Header(Settings):
    """The sweep as a whole."""

    version: Literal[1] = Field(default=1, alias="schema")
    name: Annotated[str, AfterValidator(_legal_name)]
    question: str | None = None
    baseline: Literal["twin", "none"] = "twin"
    seeds: Annotated[tuple[int, ...], BeforeValidator(_seeds)] = (0,)
    resources: Resources = Resources()
    policies: Policies = Policies()
    report: Report = Report()
