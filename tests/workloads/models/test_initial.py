"""Layers whose weights are still to be drawn."""

import pytest
import torch
from torch import nn
from torch.nn.utils import skip_init

from workloads.models.initial import uninitialised

LAYERS = {"linear": (nn.Linear, (3, 2), {}), "conv": (nn.Conv2d, (2, 4, 3), {"padding": 1})}


@pytest.mark.parametrize("kind, sizes, options", LAYERS.values(), ids=LAYERS)
def test_they_are_those_of_torchs_skip_init_and_take_no_random_number(kind, sizes, options):
    before = torch.get_rng_state()
    ours = uninitialised(kind, *sizes, **options)
    assert torch.equal(torch.get_rng_state(), before)
    theirs = skip_init(kind, *sizes, **options)
    assert str(ours) == str(theirs)
    for (name, parameter), (other_name, other) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        assert (name, parameter.shape, parameter.dtype) == (other_name, other.shape, other.dtype)
        assert parameter.device.type == "cpu" and parameter.requires_grad and parameter.is_contiguous()
