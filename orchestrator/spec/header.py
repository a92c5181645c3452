"""The settings of a sweep as a whole: everything but those of its trials."""

import math
from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PositiveFloat, PositiveInt

from orchestrator.spec.budget import Budget
from orchestrator.spec.complaints import excerpt
from orchestrator.spec.names import legal_name
from workloads.bibliography import MICIKEVICIUS_2018
from workloads.references import Cites
from workloads.script.training import Kernels, Precision
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
    """The number of failed trials after which no more trials start."""


def _on_failure(value: Any) -> Any:
    """`continue`, `stop`, or `{stop_after: N}`."""
    count = value.get("stop_after") if isinstance(value, dict) and len(value) == 1 else None
    if value in ("continue", "stop") or isinstance(count, int) and not isinstance(count, bool) and count > 0:
        return value
    allowed = "continue, stop, or {stop_after: N} with N from 1"
    raise ValueError(f"on_failure {excerpt(value)} is not allowed; it is {allowed}")


class Resources(Settings):
    """The resources of one trial."""

    cpus: PositiveInt = 1
    """The number of CPU cores that one trial takes."""
    gpus: Annotated[Literal["auto"] | float, BeforeValidator(_gpus)] = "auto"
    """The number of GPUs that one trial takes: a fraction of one, or whole GPUs. Auto means the workload's share if
    there is a GPU, else none."""
    precision: Annotated[Precision, Cites((MICIKEVICIUS_2018,), "bfloat16")] = "float32"
    """The number format of training steps. bfloat16 is faster on GPUs and less exact; evaluations always take float32.
    """
    kernels: Kernels = "auto"
    """How layers are computed in training on a CPU. Masked multiplies the zeros; sparse leaves them out; auto is sparse
    where that takes less time. GPUs, bfloat16 and convolutions are always masked."""

    def share_of_gpu(self, workload: Workload, gpus_at_hand: bool) -> float:
        """The number of GPUs that a trial takes. With `auto`: the workload's share if there are GPUs, else none."""
        return (workload.gpu_share if gpus_at_hand else 0.0) if self.gpus == "auto" else float(self.gpus)


class Policies(Settings):
    """What happens when things go wrong."""

    on_failure: Annotated[Literal["continue", "stop"] | StopAfter, BeforeValidator(_on_failure)] = "continue"
    """Whether the sweep continues after a failed trial, stops, or stops after a number of them."""
    checkpoint_every: PositiveFloat = 60.0
    """The time from one checkpoint of a trial to the next, in seconds. A crash loses no more than that."""

    @property
    def most_failures(self) -> float:
        """The number of failures after which no more trials start; infinite if failures stop nothing."""
        if isinstance(self.on_failure, StopAfter):
            return self.on_failure.stop_after
        return 1 if self.on_failure == "stop" else math.inf


class Margin(Settings):
    """The largest loss against the twin that counts as harmless, for each outcome."""

    accuracy: Annotated[float, Field(gt=0, lt=1)] = 0.01
    """The largest harmless loss of accuracy, a fraction of all examples."""
    bits_per_character: PositiveFloat = 0.02
    """The largest harmless rise of a language model's loss, in bits per character."""


class Report(Settings):
    """How the report judges."""

    margin: Margin = Margin()
    """The largest loss against the twin that counts as harmless, for each outcome, e.g. {accuracy: 0.01}."""
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    """The confidence level of intervals and verdicts."""
    tune: tuple[str, ...] | None = None
    """The dotted names of settings that validation chooses for each method and sparsity, e.g.
    [workload.training.optimizer.lr]. The default chooses nothing: the report compares methods at equal settings."""


class Deploy(Settings):
    """How finished networks are measured in other formats."""

    seeds: PositiveInt = 1
    """The number of seeds whose networks are measured, the lowest first."""
    threads: PositiveInt = 1
    """The number of threads that a network computes with."""
    calls: Annotated[int, Field(ge=2)] = 300
    """The number of timed calls of each network at each batch size."""


class Header(Settings):
    """The sweep as a whole."""

    version: Literal[1] = Field(default=1, alias="schema")
    """The version of the spec's format."""
    name: Annotated[str, AfterValidator(_legal_name)]
    """The name of the sweep and of its folder. The default is the file's name without its ending."""
    question: str | None = None
    """The question that the sweep answers; the report shows it."""
    notes: str | None = None
    """The author's own words on the report, in one or more paragraphs."""
    baseline: Literal["twin", "none"] = "twin"
    """Whether each trial is compared with its twin, the same trial at sparsity 0. None plans no twins."""
    budget: Budget | None = None
    """The length of every method's whole path, in epochs or steps, for methods that are compared at equal training.
    None means that each trains as long as its own settings say."""
    seeds: Annotated[tuple[int, ...], BeforeValidator(_seeds)] = (0,)
    """The seeds of every trial: a count, or a list of whole numbers from 0. Five or more allow a verdict."""
    resources: Resources = Resources()
    """What one trial takes: CPU cores, GPUs, and the number format of its training."""
    policies: Policies = Policies()
    """What happens when a trial fails, and how often checkpoints are written."""
    report: Report = Report()
    """How the report judges: the margin of harmless losses, and the confidence of intervals."""
    deploy: Deploy | None = None
    """How finished networks are measured in other formats after the last trial, e.g. {seeds: 1}. None leaves that to
    `sparsity deploy`."""
