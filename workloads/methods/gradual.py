"""Remove weights little by little while the network trains."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from workloads.bibliography import ZHU_2017
from workloads.methods.method import Method
from workloads.pruning.criteria import Magnitude
from workloads.references import Reference
from workloads.rules.gradual import GradualRule
from workloads.script.amounts import Allocation, DenseLayers, check_dense_layers
from workloads.script.criteria import AnyCriterion
from workloads.script.phases import Measure, Script, Train
from workloads.script.rules import check_updates, moment
from workloads.script.schedules import Cubic, Schedule
from workloads.settings import Sparsity

Moment = Annotated[float, Field(ge=0, lt=1, description="a fraction of the training's steps")]


class Gradual(Method):
    """Prune the smallest weights at every update of a schedule, train on to the end (Zhu & Gupta 2017)."""

    references: ClassVar[tuple[Reference, ...]] = (ZHU_2017,)

    name: Literal["gradual"] = "gradual"
    sparsity: Sparsity
    schedule: Schedule = Cubic()
    begin: Moment = 0.0  # the first weights go `every` steps later
    end: Moment = 0.75  # the last weights go here
    every: PositiveInt = 100  # steps from update to update; the last comes sooner where they don't divide
    masks: Literal["hard", "soft"] = "hard"  # soft: removed weights keep their values aside, and may come back
    criterion: AnyCriterion = Magnitude()
    allocation: Allocation = "global"
    dense_layers: DenseLayers = ()  # kept whole; not with a global allocation

    @model_validator(mode="after")
    def _global_has_no_dense_layers(self) -> Self:
        check_dense_layers(self.dense_layers, self.allocation)
        return self

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method. Raises ValueError where no step lies between begin and end."""
        del epoch  # all lengths are in steps
        begin, end = (moment(share, steps) for share in (self.begin, self.end))
        if begin >= end:
            raise ValueError(
                f"gradual begins at step {begin} and ends at step {end} of {steps}; "
                "make end larger than begin, or the training longer"
            )
        check_updates((end - begin) // self.every, self.every)
        rule = GradualRule(
            criterion=self.criterion, to=self.sparsity, allocation=self.allocation, dense_layers=self.dense_layers,
            schedule=self.schedule, masks=self.masks, begin=begin, end=end, every=self.every,
        )  # fmt: skip
        return (
            Train(start=0, stop=begin),
            Train(start=begin, stop=steps, rule=rule if self.sparsity > 0 else None),
            Measure(sparsity=self.sparsity),
        )

    @property
    def zeros(self) -> Literal["hard", "soft"]:
        """See Method."""
        return self.masks

    def twin(self) -> Self:
        """See Method."""
        return self.model_copy(update={"sparsity": 0.0})
