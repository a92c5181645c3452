"""Remove weights step by step while the network trains."""

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

Moment = Annotated[float, Field(ge=0, lt=1)]


class Gradual(Method):
    """Remove the smallest weights step by step during training.

    The method of Zhu & Gupta (2017): sparsity rises along a schedule, with an update every `every` steps.
    """

    references: ClassVar[tuple[Reference, ...]] = (ZHU_2017,)

    name: Literal["gradual"] = "gradual"
    sparsity: Sparsity
    """The fraction of weights removed."""
    schedule: Schedule = Cubic()
    """The rise of sparsity from 0 at `begin` to its target at `end`. The cubic schedule removes most weights early,
    while the network can still recover (Zhu & Gupta 2017)."""
    begin: Moment = 0.0
    """The moment from which updates are counted, a fraction of the training's steps. The first update comes `every`
    steps later."""
    end: Moment = 0.75
    """The moment of the last update, a fraction of the training's steps. The rest of the training recovers accuracy."""
    every: PositiveInt = 100
    """The number of optimizer steps from one update to the next; the last interval may be shorter. Zhu & Gupta (2017)
    see no effect between 100 and 1,000."""
    masks: Literal["hard", "soft"] = "hard"
    """Whether removed weights are gone (hard), or keep their values, compete at each update and may return (soft)."""
    criterion: AnyCriterion = Magnitude()
    """The score that decides which weights remain."""
    allocation: Allocation = "global"
    """How the remaining weights are shared out among the layers. Global ranks all layers together; uniform leaves the
    same fraction in each; erk leaves more in small layers."""
    dense_layers: DenseLayers = ()
    """The list of layers that keep all weights; the other layers give up more. Not with allocation: global."""

    @model_validator(mode="after")
    def _global_has_no_dense_layers(self) -> Self:
        check_dense_layers(self.dense_layers, self.allocation)
        return self

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method. Raises ValueError where no step lies between `begin` and `end`."""
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
