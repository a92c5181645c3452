"""Methods and workloads as people and programs see them."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from inspect import cleandoc
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from orchestrator.cli.setting_rows import SettingGroup, SettingRow, groups, summary
from orchestrator.spec import fields
from workloads.references import Reference
from workloads.settings import Settings

WIDEST = 100  # columns
COLUMNS = ("setting", "allowed", "default", "meaning")
KEYS, ALLOWED, DEFAULT = 24, 26, 14  # characters of the first columns, at most
LEAST = 12  # characters of the last column
GAP = "  "
REQUIRED = "required"


def overview(models: Sequence[type[Settings]]) -> str:
    """One line for each method or workload: its name, and what it is."""
    size = max(len(fields.tag(model) or "") for model in models)
    return "\n".join(f"{fields.tag(model):{size}}{GAP}{summary(model)}" for model in models)


def details(model: type[Settings]) -> str:
    """All about one method or workload: what it is, where it comes from, and its settings."""
    width = min(WIDEST, shutil.get_terminal_size((WIDEST, 0)).columns)
    return "\n\n".join("\n".join(lines) for lines in _paragraphs(model, width))


def as_json(model: type[Settings]) -> dict[str, Any]:
    """The same for programs, with the JSON schema of the settings."""
    return {
        "summary": summary(model),
        "description": cleandoc(model.__doc__ or ""),
        "references": [_reference(work) for work in model.references],
        "groups": [
            {
                "key": group.key, "name": group.name, "summary": group.summary,
                "references": [_reference(work) for work in group.references],
                "settings": [_setting(row) for row in group.rows],
            }
            for group in groups(model)
        ],
        "schema": model.model_json_schema(),
    }  # fmt: skip


def _setting(row: SettingRow) -> dict[str, Any]:
    return asdict(row) | {"sources": [{"value": value, **_reference(work)} for value, work in row.sources]}


def _reference(work: Reference) -> dict[str, Any]:
    return {"short": work.short, "title": work.title, "bibtex": work.bibtex}


def _paragraphs(model: type[Settings], width: int) -> Iterator[list[str]]:
    first, *rest = cleandoc(model.__doc__ or "").split("\n\n")
    yield wrap(f"{fields.tag(model)}: {first}", width)
    for paragraph in rest:
        yield wrap(paragraph, width)
    sections = list(groups(model))
    if works := list(_works(sections)):
        yield ["Sources", *(line for text in works for line in _entry(text, width))]
    for group in sections:
        title = wrap(f"{group.key}: {group.name} - {group.summary}.", width) if group.key else ["Settings"]
        yield title + (_table(group, width) if group.rows else [])


def _works(sections: Sequence[SettingGroup]) -> Iterator[str]:
    """Each work once, with the settings that come from it unless the whole method or workload does."""
    cites: dict[Reference, list[str]] = {}
    for group in sections:
        for work in group.references:
            cites.setdefault(work, []).extend([f"{group.key}: {group.name}"] if group.key else [""])
        for row in group.rows:
            for value, work in row.sources:
                cites.setdefault(work, []).append(f"{row.key}: {value}" if value else row.key)
    for work, values in cites.items():
        use = f" (for {', '.join(dict.fromkeys(values))})" if all(values) else ""
        yield f"{work.short}: {work.title}, {f'arXiv:{work.eprint}' if work.eprint else work.url}{use}"


def _entry(text: str, width: int) -> list[str]:
    """Addresses stay whole, so that they can be opened."""
    return wrap(text, width, initial_indent=GAP, subsequent_indent=2 * GAP, break_long_words=False,
                break_on_hyphens=False)  # fmt: skip


def _table(group: SettingGroup, width: int) -> list[str]:
    """Aligned columns; the keys of an alternative stand below its own key."""
    rows = [COLUMNS, *(_cells(row, group.key) for row in group.rows)]
    columns = zip(*rows, strict=True)
    most = (KEYS, ALLOWED * width // WIDEST, DEFAULT * width // WIDEST)  # keys stay whole, so that they can be copied
    sizes = [min(size, max(map(len, cells))) for cells, size in zip(columns, most, strict=False)]
    sizes.append(max(LEAST, width - sum(sizes) - len(GAP) * (len(sizes) + 1)))
    return [line for cells in rows for line in _row(cells, sizes)]


def _row(cells: Sequence[str], sizes: Sequence[int]) -> Iterator[str]:
    """A row on as many lines as its longest cell needs."""
    folded = [wrap(cell, size) for cell, size in zip(cells, sizes, strict=True)]
    for parts in zip_longest(*folded, fillvalue=""):
        yield "".join(f"{GAP}{part:{size}}" for part, size in zip(parts, sizes, strict=True)).rstrip()


def _cells(row: SettingRow, key: str | None) -> tuple[str, ...]:
    default = REQUIRED if row.required else _value(row.default)
    return row.key.removeprefix(f"{key}."), row.allowed.replace(", ", ",\u00a0"), default, row.meaning


def _value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value)
