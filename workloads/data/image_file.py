"""The file that trials read images from: one safetensors file that holds its own checksum."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from workloads.atomic import replacing
from workloads.errors import DataError

ARRAYS = ("train_images", "train_labels", "test_images", "test_labels")


@dataclass(frozen=True)
class ImageArrays:
    """Images uint8 (n, side, side) and labels uint8 (n,), in published order and values."""

    train_images: numpy.ndarray
    train_labels: numpy.ndarray
    test_images: numpy.ndarray
    test_labels: numpy.ndarray
    archives: Mapping[str, str] = field(default_factory=dict)  # source files: name -> MD5

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes of the four arrays, in the order of ARRAYS; 64 hex digits."""
        sha = hashlib.sha256()
        for name in ARRAYS:
            sha.update(numpy.ascontiguousarray(getattr(self, name)).data)
        return sha.hexdigest()


def write(path: Path, arrays: ImageArrays, identity: str) -> None:
    """Write the file atomically: a reader sees a complete file or none."""
    facts = {"identity": identity, "digest": arrays.digest, "archives": json.dumps(dict(arrays.archives))}
    with replacing(path) as unfinished:
        unfinished.write_bytes(save({name: getattr(arrays, name) for name in ARRAYS}, facts))


def read(path: Path, identity: str) -> ImageArrays:
    """The data set `identity` from the file. Raises DataError if the file is missing or its checksum is wrong."""
    try:
        with safe_open(path, framework="numpy") as file:  # importing torch takes longer than the copy
            facts = file.metadata()
            archives = json.loads(facts["archives"])
            arrays = ImageArrays(**{name: file.get_tensor(name) for name in ARRAYS}, archives=archives)
            is_intact = (facts["identity"], facts["digest"]) == (identity, arrays.digest)
    except FileNotFoundError:
        raise DataError(f"{path} is not there") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from None
    except (SafetensorError, KeyError, TypeError, ValueError):  # truncated, or another kind of file
        is_intact = False
    if not is_intact:
        raise DataError(f"{path} is damaged: it does not hold {identity} with the SHA-256 that it names")
    return arrays
