"""How far masks still move from one moment of training to the next: what an early-bird ticket waits for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

Masks = Mapping[str, Tensor]  # layer name -> bool, in the weight's shape


def distance(one: Masks, other: Masks) -> float:
    """The fraction of all entries in which two masks of a network differ: the Hamming distance, normalised."""
    differing = sum(int((mask ^ other[name]).sum()) for name, mask in one.items())
    return differing / sum(mask.numel() for mask in one.values())


@dataclass
class Search:
    """The search for a ticket, update by update."""

    recent: list[dict[str, Tensor]] = field(default_factory=list)  # masks that pruning would have given, oldest first
    farthest: float | None = None  # distance from the newest to the one that differs most; None: nothing to tell
    drawn_at: int | None = None  # the step at which the ticket was drawn

    def see(self, masks: dict[str, Tensor], window: int) -> None:
        """Take in the newest masks and forget all but the last `window`; with fewer there is no distance yet."""
        self.recent = [*self.recent, masks][-window:]
        *older, newest = self.recent
        self.farthest = max(distance(newest, each) for each in older) if len(self.recent) == window else None

    def settled(self, tolerance: float) -> bool:
        """Whether the newest masks are no farther than `tolerance` from all the others of a full window."""
        return self.farthest is not None and self.farthest <= tolerance

    def end(self, drawn_at: int | None) -> None:
        """Masks have been taken, at the step `drawn_at` or, for want of a ticket, without any: forget the others."""
        self.recent, self.drawn_at = [], drawn_at
