"""What every exported file says about itself, so that it loads alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from workloads.catalog import WORKLOADS
from workloads.deploy.names import FormatName
from workloads.errors import UsageError
from workloads.tasks.workload import Workload

VERSION = "1"
FORMAT, FORMAT_VERSION = "sparsity.format", "sparsity.version"
WORKLOAD, LEFT_OUT, DIGEST = "sparsity.workload", "sparsity.left_out", "sparsity.sha256"


@dataclass(frozen=True)
class Facts:
    """The metadata of an exported file."""

    format: FormatName
    workload: Workload  # of the network in the file: the smaller one if it was shrunk
    left_out: tuple[str, ...]  # in words
    digest: str = ""  # of the tensors; empty where the file's own format has none

    @property
    def metadata(self) -> dict[str, str]:
        """The facts as texts by name."""
        return {
            FORMAT: self.format,
            FORMAT_VERSION: VERSION,
            WORKLOAD: json.dumps(self.workload.model_dump(mode="json", exclude_none=True)),
            LEFT_OUT: json.dumps(self.left_out),
            DIGEST: self.digest,
        }

    @classmethod
    def read(cls, metadata: Mapping[str, str], source: object) -> Facts:
        """The facts that a file `source` gives. Raises UsageError if they are no facts of this version."""
        if FORMAT not in metadata:
            raise UsageError(f"{source} is not an exported network: its metadata have no {FORMAT}; `sparsity export` "
                             "makes one of it")  # fmt: skip
        if (version := metadata.get(FORMAT_VERSION)) != VERSION:
            raise UsageError(f"{source} is of version {version} of the exported formats, and this program reads "
                             f"version {VERSION}; update the program, or export the network again")  # fmt: skip
        if (name := metadata[FORMAT]) not in list(FormatName):
            raise UsageError(f"{source} is in the format {name!r}; known are {', '.join(FormatName)}")
        try:
            workload = WORKLOADS.read(json.loads(metadata[WORKLOAD]))
            left_out = tuple(json.loads(metadata[LEFT_OUT]))
        except (KeyError, TypeError, ValueError, ValidationError) as error:
            raise UsageError(f"{source} does not describe its network in settings that this version knows: "
                             f"{' '.join(str(error).split())}") from error  # fmt: skip
        return cls(FormatName(name), workload, left_out, metadata.get(DIGEST, ""))
