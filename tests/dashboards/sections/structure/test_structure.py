"""What the section on removed units says and draws."""

import pytest

from dashboards.sections.structure.structure import SECTION
from tests.dashboards.made_up_costs import static
from tests.dashboards.made_up_pruned import dense, pruned, without_units
from tests.dashboards.made_up_results import in_memory

STRUCTURED = {"name": "structured", "sparsity": 0.5}


def _numbers(runs):
    return SECTION.summarize(in_memory(runs))


def test_without_removed_units_there_is_no_section():
    assert _numbers([*dense([0.9]), *pruned(static(0.5), [0.8])]) is None


def test_the_finding_tells_what_is_saved_and_what_it_costs():
    """500 + 100 x 0.71 parameters at 50 %, 250 + 50 of 1,100 at 75 %."""
    assert SECTION.finding(_numbers(without_units())) == (
        "At 75 % sparsity, structured stores 27 % of dense's parameters, takes 0.45 times its step time and changes "
        "test accuracy by −3.00 pp on average"
    )


def test_each_kind_of_peer_has_a_sentence():
    said = SECTION.text(_numbers(without_units()))
    assert said[1].startswith(
        "structured at 75 % sparsity: 300 stored parameters, 27 % of the dense network's; a training step takes 0.45 "
        "times as long"
    )
    assert said[2] == (
        "structured minus small_dense, as many weights: −1.00 pp (−1.04 to −0.96) at 50 % sparsity, clearly worse; "
        "−1.50 pp (−1.54 to −1.46) at 75 % sparsity, clearly worse."
    )


def test_few_seeds_give_no_verdict():
    numbers = _numbers(without_units(seeds=4))
    assert "no verdict with n = 4" in SECTION.text(numbers)[2] and "clearly" not in " ".join(SECTION.text(numbers))
    assert "Holm" not in SECTION.computed(numbers)


def test_the_table_has_a_row_for_the_network_and_each_peer():
    (table,) = SECTION.tables(_numbers(without_units()))
    assert [row[:3] for row in table.rows[:3]] == [
        ("structured at 50 % sparsity", "structured", "88.00 %"),
        ("structured at 50 % sparsity", "small_dense", "89.00 %"),
        ("structured at 50 % sparsity", "one_shot", "89.50 %"),
    ]
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [row["Structured minus this [pp]"] for row in rows[:3]] == ["–", "−1.00", "−1.50"]
    assert [row["Of dense [%]"] for row in rows[:3]] == ["52", "52", "100"]
    assert [row["Step time, of dense (measured)"][:4] for row in rows[:3]] == ["0.60", "0.40", "1.05"]


def test_what_was_not_recorded_leaves_its_columns_out():
    runs = [*dense([0.9], final__total_parameters=None), *pruned(STRUCTURED, [0.8], final__total_parameters=None)]
    numbers = _numbers(runs)
    (table,) = SECTION.tables(numbers)
    assert table.columns == ("Structured network", "Network", "Test accuracy", "n")
    assert SECTION.drawings(numbers) == () and SECTION.caption(numbers) == ""
    assert SECTION.finding(numbers) == "At 50 % sparsity, structured changes test accuracy by −10.00 pp on average"


def test_parameters_are_counted_and_times_measured():
    stored, took = SECTION.drawings(_numbers(without_units()))
    assert (stored.kind, took.kind) == ("counted", "measured")
    lines = {line.name: line for line in stored.figure.data}
    assert list(lines["one_shot"].x) == [1100, 1100] == list(lines["dense"].x) * 2
    assert list(lines["structured"].x) == pytest.approx([570.71, 300], abs=0.01)
    lines = {line.name: line for line in took.figure.data}
    assert list(lines["structured"].x) == pytest.approx([0.6, 0.45]) and list(lines["dense"].x) == [1.0]


def test_a_structured_network_that_loses_most_stays_in_the_figure():
    """Elsewhere networks far behind the others are cut off; here they are what the section is about."""
    stored, _ = SECTION.drawings(_numbers(without_units()))
    low, high = stored.figure.layout.yaxis.range
    (line,) = [line for line in stored.figure.data if line.name == "structured"]
    assert all(low < value < high for value in line.y)


def test_the_caption_says_that_masks_shrink_nothing_and_what_times_are():
    caption = SECTION.caption(_numbers(without_units()))
    assert "Unstructured networks store as many parameters as the dense one" in caption
    assert "may have slowed each other" in caption and len(caption.split()) <= 60
