"""Data sets that trials read in their published form: a few files with known checksums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

from filelock import FileLock

from workloads.atomic import replacing
from workloads.data.declared import GPT2_BPE, TINY_SHAKESPEARE, Declared
from workloads.errors import DataError

if TYPE_CHECKING:
    from workloads.data.sources import Sources

TIMEOUT = 30  # seconds to wait for the next byte from a server


@dataclass(frozen=True)
class PublishedFile:
    """A file to download."""

    name: str
    url: str  # of the folder that holds the file
    algorithm: str  # of the checksum
    checksum: str  # hex digits

    def is_intact(self, content: bytes | None) -> bool:
        """Whether the content has the file's checksum."""
        return content is not None and hashlib.new(self.algorithm, content).hexdigest() == self.checksum


GPT2 = "https://openaipublic.blob.core.windows.net/gpt-2/encodings/main"
FOLDERS: dict[str, tuple[str, tuple[PublishedFile, ...]]] = {  # identity -> folder in caches and mirrors, its files
    TINY_SHAKESPEARE.identity: ("tinyshakespeare", (
        PublishedFile("input.txt", "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare",
                      "md5", "6fb458f1232090904fb40fe944165e91"),
    )),
    GPT2_BPE.identity: ("gpt2-bpe", (  # the checksums that tiktoken uses
        PublishedFile("encoder.json", GPT2,
                      "sha256", "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783"),
        PublishedFile("vocab.bpe", GPT2,
                      "sha256", "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5"),
    )),
}  # fmt: skip


def folder(declared: Declared, sources: Sources) -> Path:
    """The folder of the files in the cache."""
    return sources.cache / FOLDERS[declared.identity][0]


def read(declared: Declared, sources: Sources) -> dict[str, bytes]:
    """The contents of the files by name. Missing or damaged files are downloaded first, by one process at a time.

    Raises DataError if a file is not available.
    """
    _, files = FOLDERS[declared.identity]
    cached = folder(declared, sources)
    contents = {file.name: content for file in files if (content := _content(cached / file.name))}
    if all(file.is_intact(contents.get(file.name)) for file in files):
        return contents
    try:
        cached.mkdir(parents=True, exist_ok=True)
        with FileLock(cached / ".lock"):
            return {file.name: _obtain(file, declared, sources) for file in files}
    except OSError as error:
        raise DataError(
            f"cannot write {declared.name} to {sources.cache}: {error.strerror or error}; "
            "name another folder with --data-dir or SPARSITY_DATA"
        ) from None


def problems(declared: Declared, sources: Sources) -> Iterator[str]:
    """The faults of the files in the cache, one sentence each."""
    for file in FOLDERS[declared.identity][1]:
        path = folder(declared, sources) / file.name
        content = _content(path)
        if not file.is_intact(content):
            fault = "is not there" if content is None else f"is damaged: its {file.algorithm} is not {file.checksum}"
            yield f"{path} {fault}; `sparsity data fetch {declared.name}` downloads it again"


def _obtain(file: PublishedFile, declared: Declared, sources: Sources) -> bytes:
    """The file's content, from the cache, else from the mirror, else from its publisher; a download is cached."""
    name, _ = FOLDERS[declared.identity]
    path, attempts = sources.cache / name / file.name, []
    if (content := _content(path)) and file.is_intact(content):
        return content
    for url in ([f"{sources.mirror}/{name}"] if sources.mirror else []) + [file.url]:
        try:
            with urlopen(f"{url}/{file.name}", timeout=TIMEOUT) as response:
                content = response.read()
        except (OSError, ValueError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            attempts.append(f"{url}/{file.name}: {reason}")
            continue
        if file.is_intact(content):
            with replacing(path) as unfinished:
                unfinished.write_bytes(content)
            return content
        attempts.append(f"{url}/{file.name}: damaged, its {file.algorithm} differs")
    raise DataError(
        f"{declared.name} could not be fetched. Tried:\n" + "\n".join(f"  {line}" for line in attempts) + "\n"
        f"Put {file.name} ({file.algorithm} {file.checksum}) into {path.parent},\n"
        f"or name a mirror in SPARSITY_DATA_MIRROR (https:// or file://) that has it under {name}/, "
        "or use --offline with tokenizer: characters for embedded stand-in data"
    )


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
