"""Sizes and trainings of GPT-2 by name."""

from dataclasses import dataclass

from workloads.script.training import AdamW, CosineLr, Training


@dataclass(frozen=True)
class Preset:
    """The sizes of a network and its training, after nanoGPT.

    Only matrices have weight decay, and the learning rate ends at a tenth of its peak."""

    blocks: int
    heads: int
    width: int
    context: int
    dropout: float
    lr: float
    beta: float  # the second of AdamW
    steps: int
    batch_size: int

    @property
    def training(self) -> Training:
        """The training of a network of these sizes."""
        return Training(
            steps=self.steps, batch_size=self.batch_size, lr_schedule=CosineLr(warmup=100, floor=0.1), clip_norm=1.0,
            optimizer=AdamW(lr=self.lr, betas=(0.9, self.beta), weight_decay=0.1, decayed="matrices"),
        )  # fmt: skip


PRESETS = {
    "tiny": Preset(4, 4, 128, 64, 0.0, lr=1e-3, beta=0.99, steps=2_000, batch_size=12),
    "baby": Preset(6, 6, 384, 256, 0.2, lr=1e-3, beta=0.99, steps=5_000, batch_size=64),
    "small": Preset(12, 12, 768, 1024, 0.0, lr=6e-4, beta=0.95, steps=5_000, batch_size=12),
}
