"""The weights of a file, from which a trial begins."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from workloads.settings import Settings

DIGITS = 16  # of the file's SHA-256


class Start(Settings):
    """A file of weights, known by its content: the same bytes in another place give the same trial."""

    file: Path | None = Field(default=None, exclude=True)
    """The path of the file, which is no part of the trial: safetensors, or a state dict that torch.save wrote."""
    digest: str = Field(pattern=f"^[0-9a-f]{{{DIGITS}}}$")
    """The first 16 hex digits of the SHA-256 of the file. None means those that the file has."""

    @model_validator(mode="before")
    @classmethod
    def _with_digest(cls, given: Any) -> Any:
        """Fill in the digest of the file, and compare it with one that is given."""
        if not isinstance(given, dict) or given.get("file") is None:
            return given
        path = Path(given["file"]).expanduser().absolute()
        try:
            stat = path.stat()
            digest = content_digest(path, stat.st_mtime_ns, stat.st_size)
        except OSError as error:
            raise ValueError(f"cannot read the weights {path}: {error.strerror}") from error
        if given.get("digest") not in (None, digest):
            raise ValueError(f"the weights {path} have the digest {digest}, not {given['digest']}; correct one of them")
        return {"file": path, "digest": digest}


@lru_cache(maxsize=64)
def content_digest(path: Path, modified: int, size: int) -> str:
    """The digest of a file, read once for each time of change (ns) and size (bytes)."""
    del modified, size
    with open(path, "rb") as file:
        return hashlib.file_digest(file, hashlib.sha256).hexdigest()[:DIGITS]


def _as_file(value: Any) -> Any:
    return {"file": value} if isinstance(value, str) else value


AnyStart = Annotated[Start, BeforeValidator(_as_file)]
