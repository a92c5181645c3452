"""What a trained network did example by example: the grounds on which networks are compared beyond one test set."""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save as as_bytes

from dashboards import schema
from workloads.atomic import replacing
from workloads.data.splits import DataSet
from workloads.network.state import State
from workloads.training.evaluation import correct, nats

KNOWN = ("accuracy", "bits_per_character")  # outcomes that reports know example by example


def save(path: Path, state: State, data: DataSet) -> None:
    """Write, atomically, what the network does on the test split, or on validation where there is no test split.

    Under the names of the schema: of images whether each was right, of a text the loss of each window.
    Nothing is written where data have neither split, or where another outcome counts.
    """
    if not data.held_out or state.workload.outcome.metric not in KNOWN:
        return
    name, split = list(data.held_out.items())[-1]  # test stands after validation
    facts = {schema.SPLIT: name, schema.EXAMPLES_SCORED: str(split.count)}
    if split.characters is None:
        told = {schema.CORRECT: torch.from_numpy(np.packbits(correct(state.model, split).cpu().numpy()))}
    else:
        told, facts[schema.CHARACTERS] = {schema.NATS: nats(state.model, split).cpu()}, str(split.characters)
    with replacing(path) as unfinished:
        unfinished.write_bytes(as_bytes(told, metadata=facts))
