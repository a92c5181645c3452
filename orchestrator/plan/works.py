"""What a sweep's trials rest on: published works, and data sets with their sizes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dashboards.plan_file import DataEntry, ReferenceEntry
from workloads.data.declared import Declared, DeclaredImages, DeclaredText
from workloads.references import Reference
from workloads.settings import Settings
from workloads.trial import Trial


def references(trials: Iterable[Trial]) -> tuple[ReferenceEntry, ...]:
    """The works that settings come from, by the name of the setting, each pair once."""
    found = dict.fromkeys(pair for trial in trials for pair in _named(trial))
    return tuple(ReferenceEntry(name=name, key=work.key, short=work.short, bibtex=work.bibtex) for name, work in found)


def _named(settings: Settings) -> Iterator[tuple[str, Reference]]:
    """The works of these settings and of the groups in them, under the name of the group."""
    fields = {name: getattr(settings, name) for name in type(settings).model_fields}
    yield from ((fields["name"], work) for work in settings.references)
    for value in fields.values():
        if isinstance(value, Settings):
            yield from _named(value)


def data(trials: Iterable[Trial]) -> tuple[DataEntry, ...]:
    """The data sets that trials learn from, each once."""
    return tuple(_sized(one) for one in dict.fromkeys(trial.workload.declared(trial.workload.data) for trial in trials))


def _sized(declared: Declared) -> DataEntry:
    if isinstance(declared, DeclaredImages):
        return DataEntry(identity=declared.identity, train=declared.train, test=declared.test)
    if isinstance(declared, DeclaredText):
        return DataEntry(identity=declared.identity, characters=declared.characters)
    return DataEntry(identity=declared.identity)
