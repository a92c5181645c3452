"""What the section on pruning after training says and draws."""

import pytest

from dashboards.sections.post_training.post_training import SECTION
from tests.dashboards.made_up_costs import static
from tests.dashboards.made_up_pruned import TWO_OF_FOUR, dense, post_training, pruned
from tests.dashboards.made_up_results import in_memory

WANDA, SPARSEGPT = {"name": "wanda", "sparsity": 0.5}, {"name": "sparsegpt", "sparsity": 0.5}
SOLVED = {"reconstruct": True}
FLAT, SWING = [0.8] * 5, (0.0, 0.001, -0.001, 0.002, -0.002)


def _numbers(runs):
    return SECTION.summarize(in_memory(runs))


def _around(mean):
    return [mean + swing for swing in SWING]


def test_without_such_networks_there_is_no_section():
    assert _numbers([*dense([0.9]), *pruned(static(0.5), [0.8])]) is None
    for method in ({"name": "one_shot", "fine_tune": {"steps": 0}}, {"name": "wanda", "fine_tune": {"epochs": 1}}):
        assert _numbers([*dense([0.9]), *pruned(method | {"sparsity": 0.5}, [0.8])]) is None


def test_the_finding_names_the_least_loss_and_counts_the_clear_gains():
    numbers = _numbers(post_training())
    assert SECTION.finding(numbers) == (
        "Least loss on validation: sparsegpt with reconstruction at 50 %, 70 % and 2:4; "
        "reconstruction clearly helps in 9 of 9 pairs"
    )
    said = SECTION.text(numbers)
    assert said[0].startswith("At 50 % sparsity, sparsegpt with reconstruction has the least loss on validation: −0.40")
    assert "A simpler criterion with reconstruction matches a more complex one, within 1 pp, in 7 of 9 comparisons." \
        in said  # fmt: skip


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        (_around(0.82), "reconstruction clearly helps in 1 of 1 pair"),
        (_around(0.78), "reconstruction clearly hurts in 1 of 1 pair"),
        ([0.78, 0.83, 0.79, 0.82, 0.8], "reconstruction makes no clear difference in 1 pair"),
    ],
)
def test_what_reconstruction_does_is_told_in_the_finding(after, verdict):
    runs = [*dense([0.9] * 5), *pruned(WANDA, FLAT), *pruned(WANDA | SOLVED, after)]
    assert SECTION.finding(_numbers(runs)).lower() == verdict


def test_few_seeds_give_no_verdict():
    numbers = _numbers(post_training(seeds=2))
    assert "reconstruction clearly" not in SECTION.finding(numbers)
    said = " ".join(SECTION.text(numbers))
    assert "no verdict with n = 2" in said and "matches" not in said and "clearly" not in said
    assert "Holm" not in SECTION.computed(numbers)


@pytest.mark.parametrize(
    ("behind", "verdict"),
    [
        (0.002, "clearly worse, by less than 1 pp"),
        (0.0, "not clear, and worse by less than 1 pp"),
        (0.02, "clearly worse."),
        (-0.02, "clearly better."),
    ],
)
def test_a_simple_criterion_matches_where_no_loss_beyond_the_margin_is_possible(behind, verdict):
    """Five seeds with an error of 0.07 points."""
    runs = [
        *dense([0.9] * 5),
        *pruned(WANDA | SOLVED, _around(0.85 - behind), 0.85),
        *pruned(SPARSEGPT, [0.85] * 5, 0.86),
    ]
    said = SECTION.text(_numbers(runs))
    assert verdict in said[-1]
    assert f"in {int(behind < 0.01)} of 1 comparisons" in said[-2]


def test_the_table_has_a_row_for_each_criterion_and_amount():
    first, second = SECTION.tables(_numbers(post_training()))
    assert first.rows[3][:3] == ("wanda", "50 %", "87.00 %") and first.rows[5][1] == "2:4"
    row = dict(zip(first.columns, first.rows[3], strict=True))
    assert row["Test accuracy solved"] == "89.50 %" and row["Solved minus alone [pp]"] == "+2.50"
    assert (row["Layer error alone [%]"], row["Layer error solved [%]"]) == ("6", "1")
    assert row["Alone minus dense [pp]"].startswith("−3.00 (") and row["n"] == "5" and row["p (Holm)"] == "<0.001"
    assert [row[2] for row in second.rows[:3]] == ["50 %", "50 %", "70 %"] and len(second.rows) == 9


def test_what_was_not_recorded_leaves_its_cells_empty():
    (table,) = SECTION.tables(_numbers([*pruned(WANDA, FLAT), *pruned(SPARSEGPT | SOLVED, [0.9] * 5)]))
    assert table.columns == ("Method", "Sparsity or pattern", "Test accuracy alone",
                             "Test accuracy solved", "n")  # fmt: skip
    assert table.rows == (("wanda", "50 %", "80.00 %", "–", "5"), ("sparsegpt", "50 %", "–", "90.00 %", "5"))


def test_reconstruction_is_dashed_in_the_colour_of_its_criterion():
    figure = SECTION.draw(_numbers(post_training()))
    lines = {(trace.name, trace.mode): trace for trace in figure.data}
    alone, solved = lines["wanda", "lines+markers"], lines["wanda with reconstruction", "lines+markers"]
    assert (alone.line.dash, solved.line.dash) == ("solid", "dash") and alone.line.color == solved.line.color
    assert solved.marker.symbol == f"{alone.marker.symbol}-open"
    assert list(alone.y) == pytest.approx([-3.0, -6.0])
    pattern = lines["wanda with reconstruction", "markers"]
    assert pattern.line.color == alone.line.color and list(pattern.y) == pytest.approx([-0.5])
    assert figure.layout.xaxis.ticktext == ("2:4",) and figure.layout.xaxis2.type == "log"


def test_patterns_alone_have_one_panel():
    runs = [*dense([0.9] * 2), *pruned({"name": "wanda", "pattern": TWO_OF_FOUR}, [0.8] * 2)]
    figure = SECTION.draw(_numbers(runs))
    assert figure.layout.xaxis.ticktext == ("2:4",) and "xaxis2" not in figure.to_dict()["layout"]
    assert {note.text for note in figure.layout.annotations} == {"wanda"}


def test_without_twins_there_is_no_figure():
    numbers = _numbers(pruned(WANDA, FLAT))
    assert SECTION.draw(numbers) is None and SECTION.caption(numbers) == ""
