"""What a spec says of the sweep as a whole: everything but the settings of its trials."""

import math
from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PositiveFloat, PositiveInt

from orchestrator.spec.complaints import shown
from orchestrator.spec.names import legal_name
from workloads.script.training import Precision
from workloads.settings import Settings
from workloads.tasks.workload import Workload

MOST_SEEDS = 100_000


def _legal_name(name: str) -> str:
    try:
        return legal_name(name)
    except ValueError as error:
        raise ValueError(f"name {shown(name)} {error}") from None


def _seeds(given: Any) -> Any:
    """The seeds themselves, from a count or a list."""
    form = "seeds are a count from 1, e.g. 5, or a list of whole numbers from 0, e.g. [0, 1, 2]"
    seeds = given if isinstance(given, list | tuple) else [given]
    if any(isinstance(seed, bool) or not isinstance(seed, int) or seed < 0 for seed in seeds) or given in (0, []):
        raise ValueError(f"seeds {shown(given)} is not allowed; {form}")
    if (given if isinstance(given, int) else len(seeds)) > MOST_SEEDS:
        raise ValueError(f"seeds {given if isinstance(given, int) else len(seeds)} is more than {MOST_SEEDS:,}")
    if repeated := sorted(seed for seed, times in Counter(seeds).items() if times > 1):
        raise ValueError(f"seeds {repeated} are listed more than once; each seed is one replicate")
    return tuple(range(given)) if isinstance(given, int) else tuple(seeds)


def _gpus(given: Any) -> Any:
    """`auto`, a share of one GPU, or whole GPUs."""
    number = isinstance(given, int | float) and not isinstance(given, bool)
    if given == "auto" or number and 0 <= given < math.inf and (given <= 1 or given == int(given)):
        return given
    raise ValueError(f"gpus {shown(given)} is not allowed; it is auto, a fraction from 0 to 1, or a whole number")


class StopAfter(Settings):
    """Start no more trials after so many failures."""

    stop_after: PositiveInt


def _on_failure(given: Any) -> Any:
    """`continue`, `stop`, or `{stop_after: N}`."""
    count = given.get("stop_after") if isinstance(given, dict) and len(given) == 1 else None
    if given in ("continue", "stop") or isinstance(count, int) and not isinstance(count, bool) and count > 0:
        return given
    allowed = "continue, stop, or {stop_after: N} with N from 1"
    raise ValueError(f"on_failure {shown(given)} is not allowed; it is {allowed}")


class Resources(Settings):
    """What one trial asks for."""

    cpus: PositiveInt = 1
    gpus: Annotated[Literal["auto"] | float, BeforeValidator(_gpus)] = "auto"  # auto: the workload's share, if any
    precision: Precision = "float32"

    def share_of_gpu(self, workload: Workload, gpus_at_hand: bool) -> float:
        """GPUs that a trial asks for: with `auto` the workload's share where there are any, else none."""
        return (workload.gpu_share if gpus_at_hand else 0.0) if self.gpus == "auto" else float(self.gpus)


class Policies(Settings):
    """What happens when things go wrong."""

    on_failure: Annotated[Literal["continue", "stop"] | StopAfter, BeforeValidator(_on_failure)] = "continue"
    checkpoint_every: PositiveFloat = 60.0  # seconds

    @property
    def most_failures(self) -> float:
        """Failures at which no more trials are started; infinite where failures stop nothing."""
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
    notes: str | None = None  # the author's own words on the report, in one or more paragraphs
    baseline: Literal["twin", "none"] = "twin"
    seeds: Annotated[tuple[int, ...], BeforeValidator(_seeds)] = (0,)
    resources: Resources = Resources()
    policies: Policies = Policies()
    report: Report = Report()
