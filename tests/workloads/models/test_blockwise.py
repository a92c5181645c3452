"""Blocks, held against the network as a whole."""

import pytest
import torch

from tests.workloads.rows import WORKLOAD_ROWS, make, named
from tests.workloads.smaller import UNIT_ROWS, scrambled
from workloads.models.blockwise import blocks


@pytest.mark.parametrize("training", [False, True], ids=["eval", "train"])
@pytest.mark.parametrize("row", [*WORKLOAD_ROWS, *UNIT_ROWS], ids=named)
def test_blocks_one_after_another_are_the_network(row, training, images_of):
    """To the last bit; in train mode they draw the same dropout."""
    trial = make(row, {"name": "dense"})
    model = scrambled(trial.workload).float().train(training)
    shown = flowing = images_of(trial).train.take(torch.arange(0, 600, 100)).inputs
    with torch.no_grad(), torch.random.fork_rng([]):
        torch.manual_seed(0)
        for block in blocks(model):
            flowing = block.compute(flowing)
        torch.manual_seed(0)
        assert torch.equal(flowing, model(shown))
    assert [name for block in blocks(model) for name in block.layers] == [layer.name for layer in trial.workload.layers]
