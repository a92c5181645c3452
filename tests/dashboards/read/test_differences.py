"""What the first section of a comparison says."""

import re
from dataclasses import replace

from dashboards.read.merged import merged
from dashboards.read.tasks import by_data
from dashboards.report import html
from dashboards.sections.provenance.differences import SECTION
from tests.dashboards.made_up import MadeUp, level

DENSE = {"name": "dense"}
EXPLORATORY = "A comparison of one sweep's series with another's is exploratory: no sweep planned it."


def _static(sparsity):
    return {"name": "static_random", "sparsity": sparsity}


def _told(*parts):
    """The sentences, and the tables by title as rows by their first cell."""
    numbers = SECTION.summarize(merged(parts))
    tables = {table.title.partition(";")[0]: table for table in SECTION.tables(numbers)}
    assert all(table.columns[1:] == tuple(part.sweep for part in parts) for table in tables.values())
    rows = {title: {row[0]: row[1:] for row in table.rows} for title, table in tables.items()}
    return SECTION.text(numbers), rows


def test_one_sweep_differs_from_nothing(sweep):
    assert SECTION.summarize(sweep("a", level(DENSE, [0.9]))) is None


def test_settings_and_counts_stand_side_by_side(sweep):
    a = sweep("a", level(DENSE, [0.9, 0.9]) + level(_static(0.5), [0.8, 0.8]), question="Why?")
    b = sweep("b", [*level(DENSE, [0.9]), *level(_static(0.9), [0.8]), MadeUp(_static(0.9), 1, state="failed"),
                    MadeUp(_static(0.9), 2, state="lost")], question=None)  # fmt: skip
    text, tables = _told(a, b)
    assert text == (
        "a and b share 2 of 2 series. In these they share 1 trial. Each shared trial counts once.",
        "b is not finished: of its 4 trials, 1 failed and 1 missing.",
        EXPLORATORY,
    )
    assert tables["Settings that differ"] == {"method.sparsity": ("0.5", "0.9"), "seed": ("0, 1", "0, 1, 2")}
    assert tables["The sweeps"] == {
        "Question": ("Why?", "–"), "Trials planned": ("4", "4"), "Trials finished": ("4", "2"),
        "Trials failed": ("0", "1"), "Trials missing": ("0", "1")}  # fmt: skip
    assert tables["Trials finished, by series"] == {
        "dense": ("2 of 2", "1 of 1"),
        "static_random": ("2 of 2", "1 of 3"),
    }
    assert "Margin, code, machine and data that differ" not in tables


def test_series_of_one_sweep_alone_are_marked(sweep):
    text, tables = _told(sweep("a", level(DENSE, [0.9])), sweep("b", level(_static(0.9), [0.8])))
    assert text[0] == "a and b share no series and no trial."
    assert tables["Trials finished, by series"] == {"dense": ("1 of 1", "–"), "static_random": ("–", "1 of 1")}
    text, _ = _told(sweep("c", level(_static(0.5), [0.9])), sweep("d", level(_static(0.9), [0.8])))
    assert text[0] == "c and d share 1 of 1 series, but no trial."


def test_many_values_are_summed_up_and_lists_are_as_in_a_spec(sweep):
    a = sweep("a", level(DENSE, [0.9] * 13))
    b = sweep("b", [MadeUp(DENSE, 0, workload={"name": "fashion_mnist_mlp", "hidden": [20]})])
    settings = _told(a, b)[1]["Settings that differ"]
    assert list(settings) == sorted(settings)
    assert settings == {"seed": ("13 values, from 0 to 12", "0"), "workload.hidden": ("[300, 100]", "[20]")}


def test_judgement_code_and_machine_are_compared(sweep):
    a = sweep("a", level(DENSE, [0.9]), baseline="none")
    machine = {"provenance": {"threads": 2, "precision": "bfloat16"}}
    b = sweep("b", level(DENSE, [0.9, 0.9], lambda seed: machine), spec_sha256="6" * 64,
              provenance={"git": {"commit": "4567def", "dirty": False}, "versions": {"torch": "2.15.0"}},
              report={"margin": {"accuracy": 0.02, "bits_per_character": 0.02}, "confidence": 0.9})  # fmt: skip
    text, tables = _told(a, b)
    assert tables["Margin, code, machine and data that differ"] == {
        "margin of accuracy": ("1 pp", "2 pp"), "confidence": ("95 %", "90 %"), "baseline": ("none", "twin"),
        "spec sha256": ("5" * 64, "6" * 64), "git.commit": ("0123abc", "4567def"),
        "versions.torch": ("2.13.0", "2.15.0"), "threads": ("1", "2"), "precision": ("–", "bfloat16")}  # fmt: skip
    assert text[-2] == (
        "The sweeps have different criteria. This page uses the least margin (1 pp) and the highest confidence (95 %)."
    )


def test_equal_settings_with_other_networks_are_flagged(sweep):
    mine = level(DENSE, [0.9, 0.9, 0.9]) + level(_static(0.9), [0.8])
    theirs = [replace(run, network="another") for run in level(DENSE, [0.8975, 0.9]) + level(_static(0.9), [0.8])]
    unmeasured = MadeUp({"name": "small_dense", "sparsity": 0.5}, 0)
    a, b = [*mine, unmeasured], [*theirs, mine[2], replace(unmeasured, network="another")]
    text, _ = _told(sweep("a", a), sweep("b", b))
    assert text[1] == (
        "Some trials with equal settings gave different networks in different sweeps (see code and machine below): "
        "2 of dense (test accuracy up to 0.25 pp apart); 1 of static_random (same test accuracy); 1 of "
        "small_dense. Each trial counts once, from the first sweep that finished it. Every difference is to the twin "
        "from the same sweep."
    )


def test_twins_of_another_sweep_are_counted(sweep):
    a = sweep("a", level(DENSE, [0.9, 0.9]))
    b = sweep("b", [MadeUp(DENSE, 0, state="failed"), *level(DENSE, [0.9, 0.9])[1:], *level(_static(0.9), [0.8, 0.8])])
    said = "1 run has no finished dense twin in the same sweep. A twin from another sweep replaces it."
    assert said in _told(a, b)[0]
    assert not [
        one for one in _told(a, sweep("c", level(DENSE, [0.9]) + level(_static(0.9), [0.8])))[0] if "twin" in one
    ]


def _digits(runs):
    return [replace(run, workload={"name": "digits_mlp"}) for run in runs]


def test_each_data_set_has_figures_of_its_own(sweep):
    layers = {"metrics": {"final/test_accuracy": 0.9, "layer_sparsity/only.here": 0.5}}
    a = sweep("a", level(DENSE, [0.9]) + level(_static(0.9), [0.8]))
    b = sweep("b", _digits(level(DENSE, [0.9], lambda seed: layers) + level(_static(0.9), [0.7], lambda seed: layers)))
    both = merged([a, b])
    sets = by_data(both)
    assert [len(one.plan.trials) for one in sets.values()] == [len(one.runs) for one in sets.values()] == [2, 2]
    assert ["layer_sparsity/only.here" in one.runs for one in sets.values()] == [False, True]
    assert by_data(a) == {next(iter(sets)): a}
    assert any("Results on different data are not compared" in said for said in SECTION.text(SECTION.summarize(both)))
    page = html(both)
    ids = re.findall(r'<section id="([\w-]+)"', page)
    assert ids[:5] == ["differences", "answer", "answer-2", "accuracy", "accuracy-2"] and len(ids) == len(set(ids))
    assert ids.count("provenance") == 1
    assert set(re.findall(r'id="(figure-accuracy[\w-]*)"', page)) == {"figure-accuracy", "figure-accuracy-2"}
    first, second = sets
    assert f">Verdict: {first}</p>" in page and f">Verdict: {second}</p>" in page


def test_the_page_of_a_comparison_says_what_it_is(sweep):
    parts = [sweep(name, level(DENSE, [0.9]) + level(_static(0.9), [0.8]), question="Why?") for name in "ab"]
    page, alone = html(merged(parts)), html(parts[0])
    assert "Comparison of sparsity sweeps" in page and "<h1>a + b</h1>" in page
    assert "complete: 2 of 2 trials, none failed" in page
    assert "Comparison of" not in alone and 'id="differences"' not in alone
    assert html(merged(parts)) == page


def test_a_trial_that_the_store_misses_names_its_own_sweep(sweep):
    a = sweep("a", level(DENSE, [0.9]))
    b = sweep("b", level(DENSE, [0.9]) + level(_static(0.9), [0.8]))
    lost = replace(b, runs=b.runs[b.runs["method.name"] == "dense"])
    assert "run `sparsity sync b`" in html(merged([a, lost]))
