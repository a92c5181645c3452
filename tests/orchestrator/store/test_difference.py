"""A spec that has changed since its last run: new, kept and dropped trials are reported."""

import shutil

import pytest

from tests.orchestrator.sweeps import TINY, run_sweep

INLINE = ("--executor", "inline")


@pytest.fixture
def changed(sparsity, swept, tmp_path):
    """The lines of `plan` and then `sweep` on the difference, for overrides of the finished sweep's spec."""
    shutil.copytree(swept, tmp_path / "results")

    def lines_for(*overrides: str) -> list[str]:
        words = [word for override in overrides for word in ("--set", override)]
        code, out, _ = sparsity("plan", "tiny.yaml", *words)
        assert code == 0
        code, _, err = sparsity("sweep", "tiny.yaml", *words, *INLINE, "--no-report")
        assert code == 0
        lines = [line for line in err.splitlines() if "since it was last run" in line or "another sweep" in line]
        assert out.splitlines()[-len(lines) or len(out) :] == lines
        return lines

    return lines_for


@pytest.fixture(scope="module")
def swept(tmp_path_factory, embedded_sources):
    """A results folder with a finished sweep, two sparsities and two seeds."""
    place = tmp_path_factory.mktemp("swept")
    run_sweep(place, embedded_sources, TINY, "sparsity=[0.5, 0.8]")
    return place / "results"


@pytest.mark.parametrize(
    ("overrides", "counts"),
    [
        (["sparsity=[0.5, 0.8]", "seeds=3"], "5 trials are new, 10 kept, 0 no longer planned"),
        ([], "0 trials are new, 6 kept, 4 no longer planned"),
        (["sparsity=[0.5, 0.8]", "workload.training.steps=20"], "10 trials are new, 0 kept, 10 no longer planned"),
    ],
    ids=["more seeds", "a sparsity less", "other training"],
)
def test_changes_are_counted(changed, tmp_path, overrides, counts):
    left = f" (their results stay in {tmp_path}/results/tiny; reports leave them out and count them)"
    assert changed(*overrides) == [
        f"tiny has changed since it was last run: {counts}{'' if ', 0 no' in counts else left}"
    ]
    assert changed(*overrides) == []  # the changed spec is the last run now


def test_trials_that_are_no_longer_planned_stay_and_are_counted(sparsity, changed, tmp_path):
    before = {path.read_bytes() for path in (tmp_path / "results").glob("tiny/*/result.json")}
    changed()
    assert {path.read_bytes() for path in (tmp_path / "results").glob("tiny/*/result.json")} == before
    code, out, _ = sparsity("report", "tiny")
    assert code == 0
    page = (tmp_path / "results" / "tiny" / "report.html").read_text()
    assert "4 finished runs of an earlier form of the spec are left out." in page
    assert "80 %" not in sparsity("table", "tiny")[1]
    assert changed("sparsity=[0.5, 0.8]") and "80 %" in sparsity("table", "tiny")[1]


def test_another_question_under_the_same_name_is_a_warning_that_names_both(changed, tmp_path):
    warning = f"warning: {tmp_path}/results/tiny holds another sweep with this name: it asks "
    (line,) = changed('question=What about "another"?', "workload.hidden=[9]")
    assert line == (
        f'{warning}"Does it work?", this one asks "What about \\"another\\"?", and they share no trial; '
        "its results stay, but its plan and its report are replaced; "
        "to keep both, give this sweep another name, e.g. name: tiny-2"
    )
    (tmp_path / "tiny.yaml").write_text("workload: {name: digits_mlp, training: {steps: 20}}\nmethod: dense\n")
    (line,) = changed()
    assert line.startswith(f'{warning}"What about \\"another\\"?", this one asks about digits_mlp with dense, and ')


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe", b'{"trials": [{"key": 1}], "question": null}'])
def test_a_damaged_plan_is_replaced(changed, tmp_path, damage):
    path = tmp_path / "results" / "tiny" / "plan.json"
    whole = path.read_bytes()
    path.write_bytes(damage)
    assert changed("sparsity=[0.5, 0.8]") == []
    assert b'"completed"' in path.read_bytes() and len(path.read_bytes()) > len(whole) / 2
