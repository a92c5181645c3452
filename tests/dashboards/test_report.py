import re
from html.parser import HTMLParser
from math import nan

import pytest
from made_up import MadeUp, level, write

from dashboards import report
from dashboards.report import SECTIONS, html
from dashboards.results import read

LAYERS = ("hidden.0", "hidden.1", "output")
STEPS = (200, 400, 4290)


def _more(accuracy, kept, masked=True):
    """A run with everything that sections draw; `kept` is the share of each layer's 1,000 weights."""

    def of(seed):
        metrics = {"final/test_accuracy": accuracy + 0.001 * seed, "final/nonzero_parameters": 266_200 * kept,
                   "final/prunable_parameters": 266_200, "final/sparsity": 1 - kept}  # fmt: skip
        for layer in LAYERS:
            metrics |= {f"dead_neurons/{layer}": 0.25 * (masked and kept < 0.06), f"dead_structural/{layer}": 0.5,
                        f"dead_functional/{layer}": nan, f"layer_weights/{layer}": 1000 if masked else 1000 * kept,
                        f"layer_sparsity/{layer}": 1 - kept if masked else 0}  # fmt: skip
        curves = {name: {step: accuracy * step / 4290 for step in STEPS} for name in ("train/accuracy", "val/accuracy")}
        curves |= {name: {step: 1 - accuracy for step in STEPS} for name in ("train/loss", "val/loss")}
        curves["gradient_norm/overall"] = {step: 0.5 for step in STEPS}
        if masked and kept < 1:
            curves["zero_grad_norm/overall"] = {200: 1.0, 400: nan, 4290: 0.0}
        return {"metrics": metrics, "curves": curves}

    return of


def _cliff(seeds=5):
    """A dense level of 90 %; nothing lost at half the weights, 20 pp at a tenth and at a twentieth."""
    none = [0] * seeds
    runs = level({"name": "dense"}, none, _more(0.9, 1.0))
    for sparsity, accuracy in ((0.5, 0.9), (0.9, 0.7), (0.95, 0.7)):
        runs += level({"name": "static_random", "sparsity": sparsity}, none, _more(accuracy, 1 - sparsity))
        small = _more(accuracy + 0.05 * (sparsity > 0.9), 1 - sparsity, masked=False)
        runs += level({"name": "small_dense", "sparsity": sparsity}, none, small)
    return runs


@pytest.fixture(scope="module")
def cliff(tmp_path_factory, empty_store):
    return read(write(tmp_path_factory.mktemp("cliff"), empty_store, _cliff()), "made-up")


@pytest.fixture(scope="module")
def page(cliff):
    return html(cliff)


def _section(name):
    return next(section for section in SECTIONS if section.name == name)


def _sentences(results, name="answer"):
    section = _section(name)
    return section.text(section.summarize(results))


def test_the_answer_of_a_cliff(cliff):
    assert _sentences(cliff) == (
        "dense reaches 90.20 % test accuracy (interval 90.00 to 90.40 %, n = 5).",
        "static_random stays within 1 pp of its dense twin up to 50 % sparsity; "
        "at 90 % it first exceeds it, with −20.00 pp (−20.00 to −20.00).",
        "small_dense stays within 1 pp of its dense twin up to 50 % sparsity; "
        "at 90 % it first exceeds it, with −20.00 pp (−20.00 to −20.00).",
        "small_dense against static_random at equal size: at 90 % sparsity, 0.00 pp (0.00 to 0.00), "
        "no clear difference; at 95 % sparsity, +5.00 pp (+5.00 to +5.00), better.",
        "static_random starves layers. Weights left of the 1,000 in hidden.0: 50 at 95 %; dead units in hidden.0: 25 % "
        "at 95 %; weights left of the 1,000 in hidden.1: 50 at 95 %; dead units in hidden.1: 25 % at 95 %; "
        "weights left of the 1,000 in output: 50 at 95 %; dead units in output: 25 % at 95 %.",
    )


def test_no_effect_is_said(stored):
    runs = level({"name": "dense"}, [0.9, 0.91, 0.9, 0.91, 0.9]) + level(
        {"name": "static_random", "sparsity": 0.9}, [0.91, 0.9, 0.9, 0.91, 0.9]
    )
    assert _sentences(stored(runs))[1] == (
        "static_random stays within 1 pp of its dense twin up to 90 % sparsity, the sparsest level tried "
        "(0.00 pp (−0.88 to +0.88)).")  # fmt: skip


@pytest.mark.parametrize(("losses", "depth"), [((0.001, 0.002, 0.6), 5), ((0.2, 0.3, 0.6), 33)])
def test_the_close_up_shows_two_levels_at_least(stored, losses, depth):
    runs = level({"name": "dense"}, [0.9])
    for sparsity, loss in zip((0.5, 0.8, 0.9), losses, strict=True):
        runs += level({"name": "static_random", "sparsity": sparsity}, [0.9 - loss])
    section = _section("accuracy")
    numbers = section.summarize(stored(runs))
    assert -section.draw(numbers).layout.yaxis2.range[0] == pytest.approx(depth)
    assert f"a loss of {depth}.00 pp" in section.caption(numbers)


def test_few_seeds_give_no_verdict(stored):
    runs = level({"name": "dense"}, [0.9, 0.9]) + level({"name": "static_random", "sparsity": 0.9}, [0.7, 0.7])
    text = _sentences(stored(runs))[1]
    assert text.endswith("With n = 2 this is no verdict; it takes 5.")
    assert "stays within" not in text


def test_one_seed_has_no_interval(stored):
    results = stored(level({"name": "dense"}, [0.9]) + level({"name": "static_random", "sparsity": 0.9}, [0.7]))
    assert _sentences(results)[0] == "dense reaches 90.00 % test accuracy (n = 1)."
    figure = _section("accuracy").draw(_section("accuracy").summarize(results))
    assert "n = 1" in [text for trace in figure.data for text in (trace.text or ())]


def test_an_interval_that_reaches_the_margin_is_said(stored):
    runs = level({"name": "dense"}, [0.9] * 5) + level(
        {"name": "static_random", "sparsity": 0.9}, [0.85, 0.91, 0.85, 0.91, 0.85]
    )
    assert "an interval that still reaches within 1 pp" in _sentences(stored(runs))[1]


def test_a_first_level_beyond_the_margin_and_gaps_are_said(stored):
    none = [MadeUp({"name": "static_random", "sparsity": 0.5}, 0, state="planned")]
    runs = level({"name": "dense"}, [0.9] * 5) + level({"name": "static_random", "sparsity": 0.9}, [0.8] * 5)
    assert _sentences(stored(runs + none))[1] == (
        "static_random is beyond 1 pp of its dense twin already at 90 % sparsity, with −10.00 pp (−10.00 to −10.00). "
        "No finished pair at 50 %."
    )


@pytest.mark.parametrize(
    ("seeds", "nonzero", "said"),
    [
        (5, 1000, "at 90 % sparsity, −5.00 pp (−5.00 to −5.00), worse."),
        (2, 1000, "at 90 % sparsity, −5.00 pp (−5.00 to −5.00), no verdict with n = 2."),
        (5, 1500, "at 90 % sparsity not compared, as 1,500 and 1,000 weights differ in size."),
    ],
)
def test_networks_of_equal_size_are_compared(stored, seeds, nonzero, said):
    def sized(accuracy, count):
        metrics = {"final/test_accuracy": accuracy, "final/nonzero_parameters": count}
        return lambda seed: {"metrics": metrics | {"final/prunable_parameters": 10_000}}

    runs = level({"name": "static_random", "sparsity": 0.9}, [0] * seeds, sized(0.8, 1000))
    runs += level({"name": "small_dense", "sparsity": 0.9}, [0] * seeds, sized(0.75, nonzero))
    assert _sentences(stored(runs))[-1] == f"small_dense against static_random at equal size: {said}"


def test_nothing_finished_still_gives_a_page(stored):
    results = stored([MadeUp({"name": "dense"}, 0, state="failed", error="Diverged: the loss is nan")])
    assert _sentences(results)[0].startswith("No run of this sweep has finished")
    assert "Diverged: the loss is nan" in html(results)


def test_runs_without_twins_are_not_held_against_any(stored):
    runs = level({"name": "static_random", "sparsity": 0.9}, [0.8, 0.8])
    results = stored(runs)
    assert _sentences(results) == ("No run has a finished dense twin, so there are no differences to speak of.",)
    assert "difference [pp]" not in str(_section("accuracy").draw(_section("accuracy").summarize(results)).layout)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_every_section_has_something_to_say(section, cliff):
    numbers = section.summarize(cliff)
    assert section.text(numbers) or section.draw(numbers)
    figure = section.draw(numbers)
    if figure is not None:
        assert figure.data and section.caption(numbers) and section.tables(numbers)
    for table in section.tables(numbers):
        assert table.rows and {len(row) for row in table.rows} == {len(table.columns)}
        assert table.words <= set(table.columns)


def test_the_mean_curves_are_drawn(cliff):
    curves = _section("curves").summarize(cliff)
    own = curves.frame.query("series == 'static_random' and sparsity == 0.9 and metric == 'val/accuracy'")
    assert list(own["step"]) == list(STEPS) and list(own["n"]) == [5, 5, 5]
    assert list(own["value"]) == pytest.approx([0.7 * step / 4290 for step in STEPS])
    assert curves.levels == (0.0, 0.5, 0.9, 0.95)
    drawn = _section("curves").draw(curves)
    assert len(drawn.data) == 2 * 4 * 4  # series x levels x metrics, the dense twin in each row


def test_what_layers_keep_is_counted(cliff):
    left = {(one.series.label, one.sparsity, one.layer): one for one in _section("layers").summarize(cliff)}
    one = left["static_random", 0.95, "output"]
    assert (one.weights, one.kept, one.dead, one.dead_structural, one.dead_functional) == (1000, 50, 0.25, 0.5, None)


def test_missing_and_failed_trials_are_named(stored):
    failed = MadeUp({"name": "static_random", "sparsity": 0.9}, 3, state="failed", error="Diverged at step 7")
    lost = MadeUp({"name": "static_random", "sparsity": 0.9}, 4, state="lost")
    results = stored([*level({"name": "dense"}, [0.9]), failed, lost], merged=2)
    numbers = _section("provenance").summarize(results)
    assert (numbers.planned, numbers.completed, numbers.failed, numbers.missing, numbers.merged) == (3, 1, 1, 1, 2)
    assert [(one.key, one.seed, one.state, one.error) for one in numbers.unfinished] == [
        (failed.trial.key, 3, "failed", "Diverged at step 7"), (lost.trial.key, 4, "lost", None)]  # fmt: skip


def test_facts_on_which_runs_differ_are_told(stored):
    runs = [
        MadeUp({"name": "dense"}, seed, provenance={"threads": 1 + seed // 2, "started": seed}) for seed in range(5)
    ]
    facts = dict(_section("provenance").summarize(stored(runs)).facts)
    assert facts["git.commit"] == "0123abc" and facts["git.dirty"] == "no"
    assert facts["threads"] == "1 (2 runs); 2 (2 runs); 3 (1 run)"
    assert facts["started"] == "5 different values"


def test_code_that_git_does_not_know_is_said(stored):
    facts = dict(
        _section("provenance").summarize(stored([MadeUp({"name": "dense"}, 0)], provenance={"git": None})).facts
    )
    assert facts["git"].startswith("not known")


class Loads(HTMLParser):
    """Collects what a browser would fetch."""

    def __init__(self):
        super().__init__()
        self.addresses = []

    def handle_starttag(self, tag, attributes):
        self.addresses += [value for name, value in attributes if name in ("src", "href", "srcset", "data", "action")]


def test_the_page_loads_nothing(page):
    loads = Loads()
    loads.feed(page)
    assert loads.addresses and all(address.startswith("#") for address in loads.addresses)
    assert "default-src 'none'" in page
    assert "@import" not in report.TEMPLATES.joinpath("report.css").read_text()


def test_plotly_is_there_once(page):
    assert len(re.findall(r"plotly\.js v\d", page)) == 1
    assert page.count("Plotly.newPlot(") >= 4


def test_the_same_results_give_the_same_bytes(cliff, page):
    assert html(cliff) == page


def test_words_from_outside_are_only_words(stored):
    evil = "<script>alert(1)</script>"
    static = {"name": "static_random", "sparsity": 0.9}
    runs = [*level({"name": "dense"}, [0.9]), *level(static, [0.8]), MadeUp(static, 7, state="failed", error=evil)]
    results = stored(runs, question=evil, provenance={"host": evil})
    for trial in results.plan["trials"]:
        trial["settings"]["workload"]["name"] = evil if trial["settings"]["method"]["name"] == "dense" else "b"
    written = html(results)
    assert "alert(1)" in written and evil not in written


def test_stand_in_data_is_said_in_the_head(stored, page):
    stand_in = {"name": "fashion_mnist_mlp", "data": "stand_in"}
    written = html(stored([MadeUp({"name": "dense"}, 0, {"final/test_accuracy": 0.9}, workload=stand_in)]))
    assert "Stand-in data" in written.partition("</header>")[0]
    assert "Stand-in data" not in page.partition("</header>")[0]


def test_the_newest_run_dates_the_page(page):
    assert "newest run ended 2025-06-15 16:18 UTC" in page
