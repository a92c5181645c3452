"""Set weights to zero many times while the network trains, on a schedule that fits the length of the training."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from workloads.bibliography import ZHU_2017
from workloads.methods.method import Method
from workloads.pruning.criteria import Magnitude
from workloads.references import Reference
from workloads.rules.adaptive import AdaptiveRule, Applications
from workloads.script.amounts import Allocation
from workloads.script.criteria import AnyCriterion
from workloads.script.phases import Measure, Script, Train
from workloads.script.removals import Prune
from workloads.script.rules import moment
from workloads.script.schedules import Cubic, Linear
from workloads.settings import Sparsity, tagged

HELD = {
    ("persistent", "held"): "at_once", ("zero_once", "held"): "at_last", ("zero_once", "free"): "never",
    ("ranked", "held"): "unzeroed",
}  # fmt: skip


class Adaptive(Method):
    """Train, set the smallest weights to zero at even intervals, train to the end.

    The schedule is that of Zhu & Gupta (2017). The question is whether small weights are dead for good. `persistent`
    holds zeros from their application on. `zero_once` sets weights to zero and then lets them train, and the run
    measures how many return. `ranked` is the control: it chooses weights and leaves them alone, so it trains the dense
    network and measures how many of the smallest weights stay among the smallest. The metrics are `weight_revival/*`
    and `weight_death/permanent`, see `rules.adaptive`.
    """

    references: ClassVar[tuple[Reference, ...]] = (ZHU_2017,)

    name: Literal["adaptive"] = "adaptive"
    sparsity: Sparsity
    """The fraction of weights removed."""
    warmup_ratio: Annotated[float, Field(ge=0, lt=1)] = 0.15
    """The length of the dense warm-up, a fraction of the training's steps."""
    final_prune_ratio: Annotated[float, Field(gt=0, le=1)] = 0.85
    """The moment of the last application, a fraction of the training's steps. The rest of the training recovers
    accuracy."""
    applications: Applications = 10
    """The number of times that weights are set to zero, evenly spaced between the two moments."""
    schedule: Annotated[Cubic | Linear, Field(discriminator="name"), BeforeValidator(tagged)] = Cubic()
    """The rise of sparsity from the first application to the last. The cubic schedule removes most weights early, while
    the network can still recover (Zhu & Gupta 2017)."""
    masks: Literal["persistent", "zero_once", "ranked"] = "persistent"
    """What happens to chosen weights. Persistent holds them at zero, zero_once sets them to zero and lets them train
    on, ranked leaves them as they are."""
    finalization: Literal["held", "free"] = "held"
    """Whether the zeros of the last application are held. Free does not hold them, and gives two runs: `final` as
    trained, and `rezeroed`, pruned to the sparsity once more without further training."""
    criterion: AnyCriterion = Magnitude()
    """The score that decides which weights remain."""
    allocation: Allocation = "global"
    """How the remaining weights are shared out among the layers. Global ranks all layers together; uniform leaves the
    same fraction in each; erk leaves more in small layers."""

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.warmup_ratio >= self.final_prune_ratio:
            raise ValueError(
                f"warmup_ratio {self.warmup_ratio:g} is not less than final_prune_ratio "
                f"{self.final_prune_ratio:g}, and weights are removed between the two; use e.g. 0.15 and 0.85"
            )
        if (self.masks, self.finalization) not in HELD:
            reason = "hold their zeros at once" if self.masks == "persistent" else "set nothing to zero"
            raise ValueError(
                f"finalization: free needs masks: zero_once, since {self.masks} masks {reason}; "
                "leave it out, or change masks"
            )
        return self

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method. Raises ValueError where there are fewer steps than applications."""
        del epoch  # all lengths are fractions of the steps
        begin, end = (moment(share, steps) for share in (self.warmup_ratio, self.final_prune_ratio))
        if end - begin < self.applications:
            raise ValueError(
                f"adaptive has {self.applications} applications and {end - begin} steps for them, from {begin} to "
                f"{end} of {steps}; give fewer applications, or make the training longer"
            )
        free = self.finalization == "free"
        pruning = {"criterion": self.criterion, "to": self.sparsity, "allocation": self.allocation}
        rule = AdaptiveRule(
            schedule=self.schedule, held=HELD[self.masks, self.finalization], begin=begin, end=end,
            applications=self.applications, **pruning,
        )  # fmt: skip
        return (
            Train(start=0, stop=begin),
            Train(start=begin, stop=steps, rule=rule if self.sparsity > 0 else None),
            Measure(sparsity=None if self.sparsity > 0 and (free or self.masks == "ranked") else self.sparsity),
            *((Prune(**pruning), Measure(label="rezeroed", sparsity=self.sparsity)) if free else ()),
        )

    @property
    def zeros(self) -> Literal["hard", "free"]:
        """See Method."""
        return "hard" if self.masks == "persistent" else "free"

    def twin(self) -> Self:
        """See Method."""
        return self.model_copy(update={"sparsity": 0.0})
