import re

from dashboards.plan_file import ReferenceEntry
from dashboards.read.merged import merged
from dashboards.report import SECTIONS
from dashboards.sections.provenance.bibtex import bibtex
from tests.dashboards.made_up import level
from tests.dashboards.made_up_results import in_memory

DENSE = level({"name": "dense"}, [0.9, 0.8])
ADAM = ReferenceEntry(name="adam", key="kingma", short="Kingma & Ba (2015)", bibtex="@misc{kingma,\n}").model_dump()


def _section():
    return next(section for section in SECTIONS if section.name == "citation")


def test_every_work_once_and_then_the_sweep():
    facts = {"packages": {"sparsity": "0.1.0"}, "git": {"commit": "0123abc", "dirty": False}}
    results = in_memory(DENSE, "a_b-2", references=[ADAM, ADAM | {"name": "adamw"}], provenance=facts)
    assert bibtex(results) == (
        "@misc{kingma,\n}\n\n"
        "@misc{ab22025,\n  author = {{your name}},\n  title = {{a\\_b-2: a sweep with sparsity}},\n  year = {2025},\n"
        f"  note = {{sparsity 0.1.0, commit 0123abc, spec SHA-256 {'5' * 64}}},\n}}\n"
    )


def test_a_sweep_without_a_finished_run_has_no_year():
    results = in_memory(DENSE)
    nothing = bibtex(in_memory([], references=[]))
    assert "year" not in nothing and nothing.startswith("@misc{madeup,")
    assert "year = {2025}" in bibtex(results)


def test_notes_are_the_authors_words():
    numbers = _section().summarize(in_memory(DENSE, notes="First.\n\nSecond <b>.\n"))
    notes, works = _section().samples(numbers)
    assert (notes.title, notes.words) == ("Notes", "First.\n\nSecond <b>.")
    assert works.title == "BibTeX" and works.words.startswith("@misc{madeup2025")
    assert _section().text(numbers)[0].startswith("The network fashion_mnist_mlp ")


def test_a_plan_of_an_older_version_has_neither_notes_nor_works():
    numbers = _section().summarize(in_memory(DENSE))
    assert numbers.notes is None
    assert [sample.title for sample in _section().samples(numbers)] == ["BibTeX"]


def test_several_sweeps_bring_their_notes_and_works(sweep):
    data = [{"identity": "fashion-mnist@1", "train": 60_000, "test": 10_000}]
    a = sweep("a", DENSE, notes="Of a.", references=[ADAM], data=data)
    b = sweep(
        "b", level({"name": "static_random", "sparsity": 0.5}, [0.9]), notes="Of b.", references=[ADAM], data=data
    )
    both = merged([a, b])
    assert both.plan.notes == "a: Of a.\n\nb: Of b."
    assert len(both.plan.references) == len(both.plan.data) == 1
    assert re.search(r"@misc\{ab2025,.*title = \{\{a \+ b: a sweep", bibtex(both), re.DOTALL)
