"""Data sets that trials read as they are published: a few files with known checksums."""

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

SILENCE = 30  # seconds without a byte after which a server counts as not answering


@dataclass(frozen=True)
class Published:
    """One file."""

    name: str
    place: str  # the address of the folder that it is published in
    algorithm: str  # of its checksum
    checksum: str  # hex digits

    def is_whole(self, content: bytes | None) -> bool:
        """Whether the content is the file's."""
        return content is not None and hashlib.new(self.algorithm, content).hexdigest() == self.checksum


GPT2 = "https://openaipublic.blob.core.windows.net/gpt-2/encodings/main"
FOLDERS: dict[str, tuple[str, tuple[Published, ...]]] = {  # by identity: the folder in caches and mirrors, its files
    TINY_SHAKESPEARE.identity: ("tinyshakespeare", (
        Published("input.txt", "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare",
                  "md5", "6fb458f1232090904fb40fe944165e91"),
    )),
    GPT2_BPE.identity: ("gpt2-bpe", (  # the sums that tiktoken checks
        Published("encoder.json", GPT2, "sha256", "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783"),
        Published("vocab.bpe", GPT2, "sha256", "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5"),
    )),
}  # fmt: skip


def folder(declared: Declared, sources: Sources) -> Path:
    """Where the cache has the files."""
    return sources.cache / FOLDERS[declared.identity][0]


def read(declared: Declared, sources: Sources) -> dict[str, bytes]:
    """The files by name; what the cache lacks or has damaged is fetched first, by one process at a time.

    Raises DataError where one cannot be had.
    """
    _, files = FOLDERS[declared.identity]
    kept = folder(declared, sources)
    there = {file.name: _content(kept / file.name) for file in files}
    whole = {file.name: content for file in files if (content := there[file.name]) and file.is_whole(content)}
    if len(whole) == len(files):
        return whole
    try:
        kept.mkdir(parents=True, exist_ok=True)
        with FileLock(kept / ".lock"):
            return {file.name: _had(file, declared, sources) for file in files}
    except OSError as error:
        raise DataError(
            f"cannot keep {declared.name} in {sources.cache}: {error.strerror or error}; "
            "name another folder with --data-dir or SPARSITY_DATA"
        ) from None


def problems(declared: Declared, sources: Sources) -> Iterator[str]:
    """What is wrong with the files in the cache, a sentence each."""
    for file in FOLDERS[declared.identity][1]:
        path = folder(declared, sources) / file.name
        content = _content(path)
        if not file.is_whole(content):
            wrong = "is not there" if content is None else f"is damaged: its {file.algorithm} is not {file.checksum}"
            yield f"{path} {wrong}; `sparsity data fetch {declared.name}` gets it anew"


def _had(file: Published, declared: Declared, sources: Sources) -> bytes:
    """The file's content, from the cache, else from the mirror, else from where it is published; then it is kept."""
    name, _ = FOLDERS[declared.identity]
    path, tried = sources.cache / name / file.name, []
    if (kept := _content(path)) and file.is_whole(kept):
        return kept
    for place in ([f"{sources.mirror}/{name}"] if sources.mirror else []) + [file.place]:
        try:
            with urlopen(f"{place}/{file.name}", timeout=SILENCE) as answer:
                content = answer.read()
        except (OSError, ValueError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            tried.append(f"{place}/{file.name}: {reason}")
            continue
        if file.is_whole(content):
            with replacing(path) as unfinished:
                unfinished.write_bytes(content)
            return content
        tried.append(f"{place}/{file.name}: damaged, its {file.algorithm} is another")
    raise DataError(
        f"{declared.name} could not be fetched. Tried:\n" + "\n".join(f"  {line}" for line in tried) + "\n"
        f"Put {file.name} ({file.algorithm} {file.checksum}) into {path.parent},\n"
        f"or name a mirror in SPARSITY_DATA_MIRROR (https:// or file://) that has it under {name}/, "
        "or use --offline with tokenizer: characters for embedded stand-in data"
    )


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
