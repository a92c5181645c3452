"""What all workloads that classify images share."""

from __future__ import annotations

from abc import ABC
from typing import TYPE_CHECKING

from workloads.workload import Workload

if TYPE_CHECKING:
    from workloads.data.images import Images
    from workloads.data.sources import Sources


class Classifier(Workload, ABC):
    """A classifier of images, measured by accuracy."""

    @property
    def chance(self) -> float:
        """See Workload."""
        return 1 / self.declared(self.data).classes

    def load(self, sources: Sources) -> Images:
        """See Workload."""
        from workloads.data.images import load

        return load(self.declared(self.data), sources, self.validation_size)
