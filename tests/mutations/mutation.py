"""A mutation: a slip of one token that would change figures and break nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import StringIO
from os.path import commonprefix
from pathlib import Path
from tokenize import NAME, generate_tokens


@dataclass(frozen=True)
class Mutation:
    """One token of one file, replaced, inserted or removed."""

    name: str  # what goes wrong, in words with hyphens
    path: str  # of the file, from the repository's root
    text: str  # occurs once in the file
    replacement: str
    tests: tuple[str, ...]  # pytest node ids, of which one at least must fail

    def applied(self, root: Path) -> str:
        """The file with the slip in it. Raises ValueError unless the text occurs in it exactly once."""
        source = (root / self.path).read_text(encoding="utf-8")
        if (found := source.count(self.text)) != 1:
            raise ValueError(
                f"{self.name}: {self.text!r} occurs {found} times in {self.path}, not once; "
                "copy the place anew, with as much around it as makes it the only one"
            )
        return source.replace(self.text, self.replacement)


def mutations(path: str, *rows: tuple[str, ...]) -> tuple[Mutation, ...]:
    """The mutations of one file, each as (name, text, replacement, test, test, ...)."""
    return tuple(Mutation(name, path, text, replacement, tuple(tests)) for name, text, replacement, *tests in rows)


def changed(before: str, after: str) -> tuple[int, int]:
    """How many tokens of one source stand where how many of the other do; a name with its dots is one.

    >>> changed("a = b - c", "a = b + c"), changed("a = not b", "a = b"), changed("a = b.c", "a = 0")
    ((1, 1), (1, 0), (1, 1))
    """
    one, other = _tokens(before), _tokens(after)
    begin = len(commonprefix([one, other]))
    end = len(commonprefix([one[begin:][::-1], other[begin:][::-1]]))
    return len(one) - begin - end, len(other) - begin - end


@cache
def _tokens(source: str) -> tuple[tuple[int, str], ...]:
    found: list[tuple[int, str]] = []
    for token in generate_tokens(StringIO(source).readline):
        kind, text = found[-1] if found else (token.type, "")
        if kind == NAME and text and (token.string == "." or text.endswith(".")):
            found[-1] = kind, text + token.string
        else:
            found.append((token.type, token.string))
    return tuple(found)
