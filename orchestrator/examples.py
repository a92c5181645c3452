"""What a trained network did example by example: the grounds on which networks are compared beyond one test set."""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save as as_bytes

from workloads.atomic import replacing
from workloads.data.splits import DataSet
from workloads.training.evaluate import correct, nats
from workloads.training.state import State


def save(path: Path, state: State, data: DataSet) -> None:
    """Write, atomically, what the network does on the test split, or on validation where there is no test split.

    Of images `correct`, a bit each, in their order; of a text `nats`, float32, the loss of each window as a sum. The
    metadata say which `split`, how many `examples` and, of a text, how many `characters` the split's targets spell.
    Nothing is written where data have neither split.
    """
    if not data.measured:
        return
    name, split = list(data.measured.items())[-1]  # test stands after validation
    facts = {"split": name, "examples": str(split.count)}
    if split.characters is None:
        told = {"correct": torch.from_numpy(np.packbits(correct(state.model, split).cpu().numpy()))}
    else:
        told, facts["characters"] = {"nats": nats(state.model, split).cpu()}, str(split.characters)
    with replacing(path) as unfinished:
        unfinished.write_bytes(as_bytes(told, metadata=facts))
