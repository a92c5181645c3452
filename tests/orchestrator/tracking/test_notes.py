"""The notes on MLflow's pages."""

import pytest

from dashboards import schema
from orchestrator.tracking.notes import MEANINGS, SIGNATURE, is_replaceable, of_run, of_sweep, plain
from tests.orchestrator.sweeps import TINY, written

FIGURES = {"final/test_accuracy": 0.86953, "final/val_accuracy": 0.9, "final/sparsity": 0.5000001, "train/loss": 1.0}


@pytest.fixture
def planned(tmp_path):
    return written(tmp_path)[1]


def test_a_sweeps_note(planned):
    lines = of_sweep(planned, "7", "abc", has_report=True).splitlines()
    assert lines[0] == "Question: Does it work?" and lines[2].startswith("This sweep has 6 trials.")
    table = "#/experiments/7/runs?viewStateShareKey=sparsity&workflowType=machine_learning"
    assert f"- [All networks in one table]({table}), the best first" in lines
    report = "#/experiments/7/runs/abc/artifacts/report.html?workflowType=machine_learning"
    assert f"- [The report]({report}), with intervals and tests" in lines
    assert lines[-1] == SIGNATURE
    without = of_sweep(planned, "7", "abc", has_report=False)
    assert "report" not in without.partition("| name")[0]


def test_a_sweep_without_a_question(tmp_path):
    _, planned = written(tmp_path, TINY.replace("question: Does it work?\n", ""))
    assert of_sweep(planned, "7", "abc", has_report=False).startswith("This sweep has 6 trials.")


def test_it_explains_names_that_there_are():
    assert set(MEANINGS) <= {schema.SPARSITY, schema.TWIN, *schema.METRICS}


def test_a_runs_note(planned):
    sparse = next(item for item in planned.trials if item.twin and item.trial.method.name == "static_random")
    note = of_run(sparse, sparse.runs[0], FIGURES, "7", "abc", "def", None)
    assert note == (
        "One network of this [sweep](#/experiments/7/runs/abc?workflowType=machine_learning): "
        "`static_random sparsity=0.5 seed=0 on digits_mlp training.steps=40 measure.evaluate_every=20`. "
        "It ends with a test accuracy of **0.8695** (validation 0.9) and a sparsity of 0.5. Compare it with its "
        "[twin](#/experiments/7/runs/def?workflowType=machine_learning): same seed, nothing removed."
    )
    assert of_run(sparse, sparse.runs[0], {}, "7", "abc", None, None).endswith("evaluate_every=20`.")
    failed = of_run(sparse, sparse.runs[0], FIGURES, "7", "abc", None, "loss *nan*")
    assert failed.endswith("=20`. It failed: loss &#42;nan&#42;")


def test_language_models_have_bits(tmp_path):
    _, planned = written(tmp_path, TINY.replace("digits_mlp", "shakespeare_gpt2"))
    assert "bits_per_character" in of_sweep(planned, "7", "abc", True)
    assert "accuracy" not in of_sweep(planned, "7", "abc", True)
    sparse = planned.trials[-1]
    figures = {"final/val_bits_per_character": 2.25, "final/sparsity": 0.5}
    note = of_run(sparse, sparse.runs[0], figures, "7", "abc", None, None)
    assert note.endswith("It ends with bits per character of **2.25** on the validation split and a sparsity of 0.5.")
    note = of_run(sparse, sparse.runs[0], figures | {"final/test_bits_per_character": 2.5}, "7", "abc", None, None)
    assert note.endswith("It ends with bits per character of **2.5** (validation 2.25) and a sparsity of 0.5.")


def test_classifiers_have_no_bits(planned):
    assert "bits_per_character" not in of_sweep(planned, "7", "abc", True)


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("<script>x</script>", "&#60;script&#62;x&#60;/script&#62;"),
        ("two\n\n# lines", "two &#35; lines"),
        ("[a](b) `c` _d_ ~~e~~ | &amp; \\", "&#91;a&#93;(b) &#96;c&#96; &#95;d&#95; &#126;&#126;e&#126;&#126; &#124; "
                                             "&#38;amp; &#92;"),
        ("https://a.b, me@c.d", "https&#58;//a.b, me&#64;c.d"),
        ("é – 50 % (so?)", "é – 50 % (so?)"),
        ("x" * 501, "x" * 500 + " …"),
    ],
)  # fmt: skip
def test_a_users_text_stays_text(text, encoded):
    assert plain(text) == encoded


def test_a_users_note_is_not_replaced(planned):
    assert (
        is_replaceable(None) and is_replaceable("") and is_replaceable(of_sweep(planned, "7", "abc", has_report=True))
    )
    assert not is_replaceable("What I found") and not is_replaceable(f"{SIGNATURE} And more.")
