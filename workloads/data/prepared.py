"""A data set as trials read it: one safetensors file of bytes that vouches for itself."""

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
class Prepared:
    """Images uint8 (n, side, side) and labels uint8 (n,), as their makers published them."""

    train_images: numpy.ndarray
    train_labels: numpy.ndarray
    test_images: numpy.ndarray
    test_labels: numpy.ndarray
    archives: Mapping[str, str] = field(default_factory=dict)  # what they were unpacked from: file name -> MD5

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the bytes of the four arrays, in the order of ARRAYS; 64 hex digits."""
        sha = hashlib.sha256()
        for name in ARRAYS:
            sha.update(numpy.ascontiguousarray(getattr(self, name)).data)
        return sha.hexdigest()


def write(path: Path, prepared: Prepared, identity: str) -> None:
    """Put the file in its place in one move: a reader sees all of it or nothing."""
    facts = {"identity": identity, "digest": prepared.digest, "archives": json.dumps(dict(prepared.archives))}
    with replacing(path) as unfinished:
        unfinished.write_bytes(save({name: getattr(prepared, name) for name in ARRAYS}, facts))


def read(path: Path, identity: str) -> Prepared:
    """The data set `identity` out of the file. Raises DataError where there is none or its digest does not hold."""
    try:
        with safe_open(path, framework="pt") as file:  # torch maps the file where numpy would copy it
            facts = file.metadata()
            archives = json.loads(facts["archives"])
            prepared = Prepared(**{name: file.get_tensor(name).numpy() for name in ARRAYS}, archives=archives)
            holds = (facts["identity"], facts["digest"]) == (identity, prepared.digest)
    except FileNotFoundError:
        raise DataError(f"{path} is not there") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from None
    except (SafetensorError, KeyError, TypeError, ValueError):  # cut short, or never one of ours
        holds = False
    if not holds:
        raise DataError(f"{path} is damaged: it is not {identity} with the SHA-256 it was written with")
    return prepared
