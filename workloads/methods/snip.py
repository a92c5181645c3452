"""Prune before training by how sensitive the loss is to each weight."""

from typing import Annotated, ClassVar, Literal

from pydantic import PositiveInt

from workloads.bibliography import JORGE_2021, LEE_2019
from workloads.methods.dense import Dense
from workloads.methods.method import Method
from workloads.pruning.snip import SnipCriterion
from workloads.references import Cites, Reference
from workloads.script.mask_at_start import MaskAtStart
from workloads.script.phases import Script
from workloads.script.removals import Prune

RESAMPLED = 1  # the draw of the weights that `resample` trains


class Snip(MaskAtStart, Method):
    """Before training, remove the weights that the loss is least sensitive to; then train.

    The method of Lee et al. (2019). All layers are ranked together. The mask depends on the first weights, so those are
    trained under it, unless `resample` draws new ones. A twin always starts with the first weights: with `resample`, a
    pair shares its batches but not its weights, which widens intervals and shifts none.
    """

    references: ClassVar[tuple[Reference, ...]] = (LEE_2019,)

    name: Literal["snip"] = "snip"
    examples: PositiveInt = 100
    """The number of training examples that weights are scored on; of a text, windows. The default is the batch of Lee
    et al. (2019) on MNIST."""
    iterations: Annotated[PositiveInt | None, Cites((JORGE_2021,))] = None
    """The number of scorings. A pruning after each leaves the same fraction of the remaining weights (de Jorge et al.
    2021). None means one."""
    resample: bool | None = None
    """Whether new weights are drawn after pruning, as in the code of Lee et al. (2019). None means no."""

    def phases(self, steps: int, epoch: int) -> Script:
        """See Method."""
        del epoch  # all lengths are in steps
        criterion = SnipCriterion(examples=self.examples)
        removal = Prune(criterion=criterion, to=self.sparsity, allocation="global", iterations=self.iterations)
        return self.script(removal, steps, RESAMPLED if self.resample else None)

    def twin(self) -> Method:
        """See Method. At sparsity 0 nothing is pruned, and no weights are drawn anew."""
        return Dense()
