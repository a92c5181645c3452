"""Masks as the store holds them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dashboards.read.masks import masks_at
from dashboards.read.merged import merged
from orchestrator.store.networks import save
from tests.dashboards.made_up import level, write_masks
from tests.dashboards.made_up_ladder import Ladder, Rung
from workloads.network.state import State
from workloads.tasks.digits import DigitsMlp

FIRST = np.array([[1, 0, 0, 1, 1], [0, 0, 1, 0, 1]], bool)  # ten weights: the last byte is not full


def test_what_the_orchestrator_writes_is_read(tmp_path):
    workload = DigitsMlp(hidden=(4,))
    state = State.new(workload, 0, torch.device("cpu"))
    masks = {name: torch.rand(weight.shape) > 0.5 for name, weight in state.weights.items()}
    state.put_masks(masks)
    path = tmp_path / "a place" / "r00.safetensors"
    path.parent.mkdir()
    save(path, state)
    for address in (str(path), path.as_uri()):  # with the space, as MLflow stores it
        found = masks_at(address)
        assert list(found) == ["hidden.0", "output"]
        for name, mask in masks.items():
            assert (found[name].places() == mask.numpy()).all()
            assert (found[name].kept, found[name].size) == (int(mask.sum()), mask.numel())


def test_weights_that_both_keep_are_counted(tmp_path):
    write_masks(tmp_path / "a.safetensors", {"a": FIRST, "b": ~FIRST, "c": FIRST | [True, False, True, False, False]})
    found = masks_at(str(tmp_path / "a.safetensors"))
    assert [found["a"].common(found[other]) for other in "abc"] == [5, 0, 5]
    assert [one.kept for one in found.values()] == [5, 5, 7]


@pytest.mark.parametrize("broken", [b"", b"\x08\0\0\0\0\0\0\0not json", None])
def test_where_there_is_no_file_or_a_broken_one_there_are_no_masks(tmp_path, broken):
    path = tmp_path / "final.safetensors"
    if broken is not None:
        path.write_bytes(broken)
    assert masks_at(path.as_uri()) == {}


def test_no_network_is_fetched_from_a_server():
    assert masks_at("mlflow-artifacts:/0/1/artifacts/final.safetensors") == {}


def test_only_the_main_arm_of_a_ladder_is_read(stored):
    rungs = (Rung(0, 0.0), Rung(1, 0.5, masks={"a": FIRST}), Rung(1, 0.5, arm="shuffled", draw=1, masks={"a": ~FIRST}))
    ladder = Ladder({"name": "lottery_ticket", "levels": [0.5]}, 0, rungs)
    results = stored([ladder, *level({"name": "dense"}, [0.9])])
    assert list(results.masks) == [f"{ladder.key}/r01"]
    assert (results.masks[f"{ladder.key}/r01"]["a"].places() == FIRST).all()


def test_several_sweeps_keep_the_masks_of_their_own_networks(sweep):
    def static(network, mask):
        (run,) = level({"name": "static_random", "sparsity": 0.5}, [0.8])
        return [replace(run, network=network, masks={"a": mask})]

    a, b = sweep("a", static("x", FIRST)), sweep("b", static("y", ~FIRST))
    (run,) = a.masks
    both = merged([a, b])
    assert list(both.masks) == [run]
    assert (both.masks[run]["a"].places() == FIRST).all()
