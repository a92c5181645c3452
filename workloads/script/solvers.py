"""How layers are pruned from their inputs: settings; `pruning.solving` carries them out."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from workloads.bibliography import FRANTAR_2023, SUN_2024
from workloads.references import Reference
from workloads.script.criteria import AnyCriterion
from workloads.settings import Settings


class CriterionSolver(Settings):
    """The masks of a criterion, computed on the network before any layer changes."""

    name: Literal["criterion"] = "criterion"
    criterion: AnyCriterion
    """The score that decides which weights remain."""


class WandaSolver(Settings):
    """In each row, the weights with the largest |w| times the norm of their input (Sun et al. 2024)."""

    references: ClassVar[tuple[Reference, ...]] = (SUN_2024,)

    name: Literal["wanda"] = "wanda"


class SparseGptSolver(Settings):
    """Column by column, what a removed weight added is taken over by the later ones (Frantar & Alistarh 2023)."""

    references: ClassVar[tuple[Reference, ...]] = (FRANTAR_2023,)

    name: Literal["sparsegpt"] = "sparsegpt"
    block: PositiveInt | None = None
    """The number of columns that choose their mask together. None means an eighth of the layer's, at most 128."""
    damping: NonNegativeFloat = 0.01
    """What is added to each input's second moment, as a fraction of their mean."""


AnySolver = Annotated[CriterionSolver | WandaSolver | SparseGptSolver, Field(discriminator="name")]
