"""Plans, states and tables as people see them."""

from orchestrator.cli import plan_view, table_view
from orchestrator.cli.printing import Column, table
from orchestrator.store.folders import ResultsFolder
from orchestrator.store.journal import Result, finish
from tests.orchestrator.sweeps import TINY, written


def test_a_table_of_four_numbers():
    columns = [Column("name", ["a", "bcd"], words=True), Column("done", ["1", "-"]), Column("lost", ["-", "-"])]
    assert table(columns, 80) == ["name  done", "a        1", "bcd      -"]  # nothing is lost, so no such column


def test_only_the_elastic_column_is_shortened_and_in_the_middle():
    columns = [Column("key", ["0123456789ab"], words=True), Column("trial", ["x" * 40 + " seed=3"], elastic=True)]
    heading, row = table(columns, 40)
    assert len(row) == 40 and row.startswith("0123456789ab  xx") and "…" in row and row.endswith(" seed=3")


def test_columns_are_taken_from_the_left_while_they_fit():
    headings, rows = ("Method", "Test accuracy", "n"), [["static_random uniform, last", "89.28 %", "5"]]
    assert table_view.fit(headings, rows, 80) == table_view.Fitted((27, 8, 1), ())
    assert table_view.fit(headings, rows, 30) == table_view.Fitted((17, 8, 1), ())  # 17 + 2 + 8 + 2 + 1 = 30
    assert table_view.fit(headings, rows, 28) == table_view.Fitted((18, 8), ("n",))


def test_a_plan_begins_with_totals_and_goes_method_by_method(tmp_path):
    _, plan = written(tmp_path, TINY.replace("[0.5]", "[0.5, 0.8]"))
    folder = ResultsFolder(tmp_path / "results").sweep("tiny")
    head, work, empty, *rows = plan_view.text(plan, folder, 100).splitlines()
    assert head == "tiny: 10 trials, all digits_mlp training.steps=40 measure.evaluate_every=20"
    assert work.startswith("10 to run: about 0:00:") and empty == ""
    assert [row.split("  ")[0] or row.split()[0] for row in rows] == [
        "trials", "dense", "static_random", "sparsity=0.5", "sparsity=0.8", "small_dense", "sparsity=0.5",
        "sparsity=0.8",
    ]  # fmt: skip
    assert rows[0].split() == ["trials", "seeds", "steps", "each", "core", "time"]  # neither done nor failed


def test_a_plan_counts_what_is_done_and_says_where_nothing_is_left(tmp_path):
    _, plan = written(tmp_path, TINY.replace("[static_random, small_dense]", "[static_random, static_random]"))
    folder = ResultsFolder(tmp_path / "results").sweep("tiny")
    for number, planned in enumerate(plan.trials):
        folder.trial(planned.key).path.mkdir(parents=True)
        finish(folder.trial(planned.key), Result("failed" if number == 3 else "completed", 1.0, {}, {}, None))
    head, work, *rows = plan_view.text(plan, folder, 100).splitlines()
    assert head.startswith("tiny: 4 trials, all digits_mlp") and head.endswith("3 done, 1 failed, 2 duplicates merged")
    assert work == "Nothing to run; --retry-failed runs failed trials again"
    assert [row.split()[1:4] for row in rows[-2:]] == [["2", "2", "-"], ["sparsity=0.5", "2", "1"]]
    for planned in plan.trials:
        finish(folder.trial(planned.key), Result("completed", 1.0, {}, {}, None))
    assert plan_view.text(plan, folder, 100).splitlines()[1] == "Nothing to run"
