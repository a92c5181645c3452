"""The outcome of a trained network on each example, so that reports can compare networks example by example."""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save as as_bytes

from dashboards import schema
from workloads.atomic import replacing
from workloads.data.splits import DataSet
from workloads.network.state import State
from workloads.training.evaluation import correct, nats

OUTCOMES = ("accuracy", "bits_per_character")  # with a value for each example


def save(path: Path, state: State, data: DataSet) -> None:
    """Write the outcome on each example of the test split, or of validation if there is no test split, atomically.

    For images: whether each is correct. For text: the loss of each window, in nats.
    Writes nothing if the data have neither split, or if the workload has another outcome.
    """
    if not data.held_out or state.workload.outcome.metric not in OUTCOMES:
        return
    name, split = list(data.held_out.items())[-1]  # test comes after validation
    facts = {schema.SPLIT: name, schema.EXAMPLES_SCORED: str(split.count)}
    if split.characters is None:
        tensors = {schema.CORRECT: torch.from_numpy(np.packbits(correct(state.model, split).cpu().numpy()))}
    else:
        tensors, facts[schema.CHARACTERS] = {schema.NATS: nats(state.model, split).cpu()}, str(split.characters)
    with replacing(path) as unfinished:
        unfinished.write_bytes(as_bytes(tensors, metadata=facts))
