"""Specs as they are while someone edits them: the examples in sweeps/, with things out of place."""

import re
from pathlib import Path

from hypothesis import strategies as st

from orchestrator.spec import fields
from orchestrator.spec.reading import KEYS
from workloads.trial import Trial

EXAMPLES = [path.read_text() for path in sorted((Path(__file__).parents[2] / "sweeps").glob("*.yaml"))]
SETTINGS = sorted(set(fields.dotted(Trial)) - {"seed"})  # as `grid` names them
WORD = re.compile(r"[^\s,:\[\]{}#]+")
NUMBERS = [
    "0", "-1", "1", "2", "0.5", "1.0", "1.5", "-0.0", "1e-3", "1e-17", "1e-320", "0.999999999999999", "1e3", "1e9",
    "1e308", "1e999", ".inf", "-.inf", ".nan", "010", "0x10", "1000", "1000000000", "9223372036854775807",
    "-9223372036854775808", "9223372036854775808", "1" * 5_000,
]  # fmt: skip
SCALARS = ["true", "false", "null", "~", "''", "'0.5'", '"3"', "yes", "2020-01-01", "dense", "auto", "é", "\u202e"]
GROUPS = [
    "[]", "{}", "[1]", "[0.5, 0.9]", "[[1], [2]]", "[null, true]", "{name: dense}", "{name: [dense]}", "{a: {b: c}}",
    "{1: 2}", "{? [a] : b}", "[" * 100 + "]" * 100, "{a: " * 100 + "}" * 100,
]  # fmt: skip
PECULIAR = [
    "&a", "*a", "&a [*a]", "&a {<<: *a}", "<<", "!!python/object/apply:os.system [ls]", "!!binary aGk=", "!x y", "---",
    "...", "%YAML 1.1", "|", ">-", "- ", "? ", ": ", "@", "`", "'", '"', '"\\x"', "[", "}", "#",
    "\t", "\r", "\r\n", "\0", "\x07", "\x7f", "\x85", "\u2028", "\ufeff", "\ud7ff", "\U0001f9e0", "x" * 10_000,
]  # fmt: skip
MODELS = {group: fields.alternatives(fields.allowed_in(Trial.model_fields[group])) for group in ("workload", "method")}
NAMES = [fields.tag(model) for models in MODELS.values() for model in models]
VALUES = st.sampled_from(NUMBERS) | st.sampled_from([*SCALARS, *GROUPS, *PECULIAR, *NAMES])


@st.composite
def edited_specs(draw: st.DrawFn) -> str:
    """An example with one to six edits."""
    text = draw(st.sampled_from(EXAMPLES))
    for edit in draw(st.lists(st.sampled_from(EDITS), min_size=1, max_size=6)):
        text = edit(draw, text)
    return text


def _retype(draw: st.DrawFn, text: str) -> str:
    """Another value, or key, in the place of a word."""
    words = list(WORD.finditer(text))
    chosen = draw(st.sampled_from(words)) if words else None
    return text[: chosen.start()] + draw(VALUES) + text[chosen.end() :] if chosen else text


def _set(draw: st.DrawFn, text: str) -> str:
    """A setting that exists, with some values."""
    table, key = draw(st.sampled_from(["grid", "zip"])), draw(st.sampled_from(SETTINGS))
    return f"{text}{table}: {{{key}: [{draw(VALUES)}, {draw(VALUES)}]}}\n"


def _vary(draw: st.DrawFn, text: str) -> str:
    """Another workload or method, with numbers for a few of its settings."""
    group = draw(st.sampled_from(["workload", "method"]))
    model = draw(st.sampled_from(MODELS[group]))
    keys = draw(st.lists(st.sampled_from(fields.keys(model)[1:] or ("name",)), min_size=1, max_size=3, unique=True))
    settings = "".join(f", {key}: {draw(st.sampled_from(NUMBERS) | VALUES)}" for key in keys)
    return f"{text}variants: [{{{group}: {{name: {fields.tag(model)}{settings}}}}}]\n"


def _head(draw: st.DrawFn, text: str) -> str:
    """One of the sweep's own keys, with some value."""
    return f"{text}{draw(st.sampled_from(KEYS))}: {draw(VALUES)}\n"


def _insert(draw: st.DrawFn, text: str) -> str:
    """Something between two characters."""
    place = draw(st.integers(0, len(text)))
    return text[:place] + draw(VALUES | st.text(max_size=3)) + text[place:]


def _delete(draw: st.DrawFn, text: str) -> str:
    """A few characters less."""
    place = draw(st.integers(0, len(text)))
    return text[:place] + text[place + draw(st.integers(1, 20)) :]


def _swap_words(draw: st.DrawFn, text: str) -> str:
    """Two words, each in the place of the other."""
    words = list(WORD.finditer(text))
    if len(words) < 2:
        return text
    first, second = sorted(draw(st.lists(st.sampled_from(range(len(words))), min_size=2, max_size=2, unique=True)))
    a, b = words[first], words[second]
    return text[: a.start()] + b[0] + text[a.end() : b.start()] + a[0] + text[b.end() :]


def _lines(draw: st.DrawFn, text: str) -> str:
    """A line left out, twice, elsewhere, or indented otherwise."""
    lines = text.splitlines(keepends=True) or [""]
    place, there = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    what = draw(st.sampled_from(["delete", "repeat", "move", "indent", "outdent", "tab"]))
    line = lines.pop(place)
    if what == "repeat":
        lines[place:place] = [line, line]
    elif what == "move":
        lines.insert(there, line)
    elif what != "delete":
        lines.insert(place, {"indent": f"  {line}", "outdent": line[1:], "tab": f"\t{line}"}[what])
    return "".join(lines)


EDITS = (_retype, _retype, _set, _vary, _vary, _head, _insert, _delete, _swap_words, _lines)
