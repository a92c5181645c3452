"""Set weights to zero time and again while the network trains, in a schedule that fits the length of training."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from workloads.bibliography import ZHU_2017
from workloads.methods.method import Method
from workloads.pruning.criteria import Magnitude
from workloads.references import Reference
from workloads.rules.adaptive import AdaptiveRule, Applications
from workloads.script.amounts import Allocation
from workloads.script.criteria import AnyCriterion
from workloads.script.phases import Measure, Prune, Script, Train
from workloads.script.rules import moment
from workloads.script.schedules import Cubic, Linear
from workloads.settings import Sparsity, tagged

HELD = {
    ("persistent", "held"): "at_once", ("zero_once", "held"): "at_last", ("zero_once", "free"): "never",
    ("ranked", "held"): "unzeroed",
}  # fmt: skip


class Adaptive(Method):
    """Warm up, set the smallest weights to zero in equal stretches, finish (schedule: Zhu & Gupta 2017).

    `persistent` zeros are held from their own application on. `zero_once` sets weights to zero and lets them go: what
    they do then tells whether they are dead for good. `ranked` is the control for that: the same weights are chosen at
    every application and left as they are, so it trains the dense network and tells how many of the smallest weights
    stay among the smallest by themselves. What is measured: `weight_revival/*` and `weight_death/permanent`, see
    `rules.adaptive`.
    """

    references: ClassVar[tuple[Reference, ...]] = (ZHU_2017,)

    name: Literal["adaptive"] = "adaptive"
    sparsity: Sparsity
    warmup_ratio: Annotated[float, Field(ge=0, lt=1)] = 0.15  # of the steps, before the first stretch
    final_prune_ratio: Annotated[float, Field(gt=0, le=1)] = 0.85  # of the steps, at the end of the last one
    applications: Applications = 10
    schedule: Annotated[Cubic | Linear, Field(discriminator="name"), BeforeValidator(tagged)] = Cubic()
    masks: Literal["persistent", "zero_once", "ranked"] = "persistent"
    # held: those zeroed last stay zero from then on; free: they never do, and there are two runs, `final` as it stands
    # and `rezeroed`, set to the sparsity once more without further training
    finalization: Literal["held", "free"] = "held"
    criterion: AnyCriterion = Magnitude()
    allocation: Allocation = "global"

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.warmup_ratio >= self.final_prune_ratio:
            raise ValueError(
                f"warmup_ratio {self.warmup_ratio:g} is not less than final_prune_ratio "
                f"{self.final_prune_ratio:g}, and weights go in between; e.g. 0.15 and 0.85"
            )
        if (self.masks, self.finalization) not in HELD:
            reason = "hold their zeros from the beginning" if self.masks == "persistent" else "set nothing to zero"
            raise ValueError(
                f"finalization: free needs masks: zero_once, since {self.masks} masks {reason}; "
                "leave it out, or change masks"
            )
        return self

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method. Raises ValueError where there are fewer steps to apply it in than applications."""
        del epoch  # all lengths are shares of the steps
        begin, end = (moment(share, steps) for share in (self.warmup_ratio, self.final_prune_ratio))
        if end - begin < self.applications:
            raise ValueError(
                f"adaptive has {self.applications} applications and {end - begin} steps for them, from {begin} to "
                f"{end} of {steps}; give fewer applications, or make the training longer"
            )
        free, loose = self.finalization == "free", self.finalization == "free" or self.masks == "ranked"
        how = {"criterion": self.criterion, "to": self.sparsity, "allocation": self.allocation}
        rule = AdaptiveRule(
            schedule=self.schedule, held=HELD[self.masks, self.finalization], begin=begin, end=end,
            applications=self.applications, **how,
        )  # fmt: skip
        return (
            Train(start=0, stop=begin),
            Train(start=begin, stop=steps, rule=rule if self.sparsity > 0 else None),
            Measure(sparsity=None if loose and self.sparsity > 0 else self.sparsity),
            *((Prune(**how), Measure(label="rezeroed", sparsity=self.sparsity)) if free else ()),
        )

    @property
    def zeros(self) -> Literal["hard", "free"]:
        """See Method."""
        return "hard" if self.masks == "persistent" else "free"

    def twin(self) -> Self:
        """See Method."""
        return self.model_copy(update={"sparsity": 0.0})
