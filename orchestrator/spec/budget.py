"""The budget of a sweep: every method trains equally long, whatever its phases are."""

from collections.abc import Iterator
from typing import Self

from pydantic import PositiveInt, model_validator

from orchestrator.spec.complaints import Complaint
from orchestrator.spec.expand import Draft
from orchestrator.spec.located import Mark
from workloads.itinerary import runs
from workloads.settings import Settings, tagged
from workloads.trial import Trial

LENGTHS = ("epochs", "steps")


class Budget(Settings):
    """The length of a method's whole path, from the first weights to the network that is measured."""

    epochs: PositiveInt | None = None
    """The length of the whole path, in passes over the training split; given instead of `steps`."""
    steps: PositiveInt | None = None
    """The length of the whole path, in optimizer steps; given instead of `epochs`."""

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (self.epochs is None) == (self.steps is None):
            raise ValueError("give either epochs or steps of the budget, e.g. {epochs: 10}")
        return self

    def __str__(self) -> str:
        count, unit = (self.steps, "steps") if self.epochs is None else (self.epochs, "epochs")
        return f"{count:,} {unit if count != 1 else unit[:-1]}"

    def spent_by(self, trial: Trial) -> Trial:
        """The trial with the lengths that spend the budget. Raises ValueError where no lengths do, or phases do not
        fit.

        A training is counted in the budget's own unit where it is a whole number of epochs. So a method with a single
        training has the key of the same trial with `training: {epochs: N}`.
        """
        epoch = trial.workload.steps_per_epoch
        budget = self.steps or (self.epochs or 0) * epoch
        steps, method = trial.method.within(budget, epoch)
        in_epochs = self.epochs is not None and steps % epoch == 0
        length = {"epochs": steps // epoch, "steps": None} if in_epochs else {"epochs": None, "steps": steps}
        training = trial.workload.training.model_copy(update=length)
        workload = trial.workload.model_copy(update={"training": training})
        spent = trial.model_copy(update={"workload": workload, "method": method})
        for run in runs(spent.phases):
            if run.path.steps != budget:
                raise ValueError(
                    f"{method.name} trains for {run.path.steps:,} steps up to {run.label}, and the budget is "
                    f"{budget:,}; leave out the method or the budget"
                )
        return spent

    def contradictions(self, draft: Draft, own: Mark) -> Iterator[Complaint]:
        """Complaints about a length of training that is given beside the budget, whose place is `own`."""
        training = tagged(draft.plain.get("workload")).get("training") or {}
        for name in LENGTHS:
            if training.get(name) is not None:
                text = f"{name} {training[name]} of training and the budget of {self} at {own} give the length twice"
                yield Complaint(draft.mark(("workload", "training", name)), f"{text}; leave one of them out")
