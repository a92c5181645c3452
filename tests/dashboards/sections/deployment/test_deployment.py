"""What the section on deployment says and draws."""

from dataclasses import replace

import pytest

from dashboards.sections.deployment.deployment import SECTION
from dashboards.sections.deployment.tables import ALWAYS, NEVER
from tests.dashboards.made_up_costs import static
from tests.dashboards.made_up_deployment import deployed, deployment_sweep
from tests.dashboards.made_up_outcome import squared
from tests.dashboards.made_up_pruned import around, dense, pruned
from tests.dashboards.made_up_results import in_memory

ONE_SHOT = {"name": "one_shot", "sparsity": 0.8}


def _numbers(runs, **tags):
    results = in_memory(runs)
    return SECTION.summarize(replace(results, runs=results.runs.assign(**tags)))


def _timed(runs):
    return _numbers(runs, **{"deploy.machine": "Z80", "deploy.threads": "2"})


def _rows(table):
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_without_converted_networks_there_is_no_section():
    assert _numbers([*dense([0.9]), *pruned(static(0.5), [0.8])]) is None


def test_the_finding_tells_the_smallest_and_the_fastest():
    """At 20 % int8 takes 0.25 + 0.08 of 4,400 bytes; of equally fast networks the dense one is the best."""
    assert SECTION.finding(_numbers(deployment_sweep())) == (
        "Within 1 pp of dense on validation, the smallest file is one_shot at 20 % as int8, 3 times smaller; the "
        "fastest is dense as int8, 2 times as fast"
    )


def test_a_price_stands_with_the_outcome_its_interval_and_the_change_by_the_conversion():
    small, fast, *_ = SECTION.text(_numbers(deployment_sweep()))
    assert small == (
        "Of the networks within 1 pp of dense on validation, one_shot at 20 % as int8 takes the fewest bytes: 1.45\xa0"
        "kB on disk (0.33 times dense's), 50\xa0µs for a batch of 1 (0.5 times dense's) and 5\xa0ms for a batch of 256 "
        "(0.5 times dense's). Before the conversion the difference to dense is −0.50 pp (−0.54 to −0.46) over 5 seeds, "
        "and the conversion changes test accuracy by −0.20 pp."
    )
    assert "dense as int8 is the fastest with batches of 1 and 256: 1.54" in fast
    assert fast.endswith("The conversion changes test accuracy by −0.20 pp.")


def test_one_seed_has_neither_interval_nor_verdict():
    numbers = _timed(deployment_sweep(seeds=1))
    small, _, both, caveat = SECTION.text(numbers)
    assert "−0.50 pp with one seed, so without an interval" in small and small.endswith("too few seeds for a verdict.")
    assert both == (
        "Pruning and int8 against dense: one_shot at 80 %, pruned alone −2.00 pp, int8 alone −0.20 pp and both −2.20 "
        "pp. One seed was converted, so no interval is possible."
    )
    assert "Each is of one seed's network" in caveat


def test_several_seeds_have_intervals():
    both = SECTION.text(_timed(deployment_sweep(measured=3)))[2]
    assert "both −2.20 pp (−2.30 to −2.10)" in both and "One seed" not in both


def test_the_machine_and_its_threads_are_told():
    numbers = _timed(deployment_sweep())
    caveat = SECTION.text(numbers)[-1]
    assert caveat.startswith("Latencies are of one machine (Z80, 2 threads), measured after the sweep")
    assert "Latencies are of one machine (Z80, 2 threads)." in SECTION.caption(numbers)
    assert "one machine, which was not recorded" in SECTION.caption(_numbers(deployment_sweep()))
    elsewhere = _numbers(deployment_sweep(), **{"deploy.machine": ["Z80"] * 14 + ["6502"]})
    assert "left out" not in SECTION.text(elsewhere)[-1]  # the last run was not converted
    elsewhere = _numbers(deployment_sweep(), **{"deploy.machine": ["Z80"] * 10 + ["6502"] * 5})
    assert "The latencies of 1 run that was timed on other machines" in SECTION.text(elsewhere)[-1]


def test_a_loss_that_seeds_cannot_rule_out_is_said():
    runs = [*dense(around(0.9, noise=0), validation=0.9), *pruned(ONE_SHOT, around(0.8905, noise=10), 0.895)]
    runs[5] = deployed(runs[5], int8__bytes=10, int8__test_accuracy=runs[5].metrics["final/test_accuracy"])
    assert SECTION.text(_numbers(runs))[0].endswith("; the seeds cannot rule out a loss of more than 1 pp.")


def test_without_validation_no_network_is_recommended():
    runs = [replace(run, metrics={name: value for name, value in run.metrics.items() if "val_" not in name})
            for run in deployment_sweep()]  # fmt: skip
    numbers = _numbers(runs)
    assert SECTION.finding(numbers) == "" and SECTION.text(numbers)[0] == (
        "No converted network is known to be within 1 pp of dense on validation."
    )
    assert all(panel.front == () for panel in numbers.panels)


def test_the_table_has_counted_and_measured_bytes_and_quartiles():
    table, _, _ = SECTION.tables(_numbers(deployment_sweep()))
    rows = {(row["Network"], row["Format"]): row for row in _rows(table)}
    csr = rows["one_shot at 80 %", "csr"]
    assert (csr["On disk [kB]"], csr["Counted [kB]"], csr["Times smaller"]) == ("1.76", "2.4", "2.5")
    assert (csr["Batch of 1 [µs]"], csr["1, of dense"]) == ("80 (72 to 88)", "0.80")
    assert (csr["Batch of 256 [ms]"], csr["256, of dense"]) == ("8 (7.2 to 8.8)", "0.80")
    assert (csr["Test accuracy"], csr["Change [pp]"], csr["Largest difference"], csr["n"]) == (
        "88.00 %", "0.00", "0", "1")  # fmt: skip
    int8 = rows["dense", "int8"]
    assert (int8["Change [pp]"], int8["Largest difference"], int8["Counted [kB]"]) == ("−0.20", "0.02", "–")
    assert rows["dense", "bitmask"]["Batch of 1 [µs]"] == "–"
    assert "Compressed [kB]" not in table.columns


def test_break_even_has_a_row_for_each_format_but_dense():
    _, table, _ = SECTION.tables(_numbers(deployment_sweep()))
    assert table.rows == (
        ("one_shot", "bitmask", "97 %", "–", "–"), ("one_shot", "csr", "50 %", "25 %", "25 %"),
        ("one_shot", "int8", ALWAYS, ALWAYS, ALWAYS), ("one_shot", "onnx", NEVER, ALWAYS, ALWAYS),
    )  # fmt: skip


def test_pruning_and_int8_stand_beside_each_other():
    *_, table = SECTION.tables(_numbers(deployment_sweep()))
    last = _rows(table)[-1]
    assert list(last.values()) == ["one_shot", "80 %", "90.00 %", "88.00 %", "89.80 %", "87.80 %", "−2.00", "−0.20",
                                   "−2.20", "0.00", "1"]  # fmt: skip


def test_what_was_not_measured_leaves_its_columns_its_tables_and_its_figures_out():
    """A file, and nothing else."""
    (run,) = pruned(ONE_SHOT, [0.8])
    numbers = _numbers([*dense([0.9]), deployed(run, csr__bytes=100, csr__bytes_zstd=50)])
    table, _ = SECTION.tables(numbers)
    assert table.columns == ("Network", "Format", "On disk [bytes]", "Compressed [bytes]", "n")
    assert table.rows == (("one_shot at 80 %", "csr", "100", "50", "1"),)
    assert SECTION.drawings(numbers) == () and SECTION.caption(numbers) == SECTION.finding(numbers) == ""
    assert "Latencies" not in " ".join(SECTION.text(numbers))


def _lines(drawing):
    return {line.name: line for line in drawing.figure.data}


def test_outcomes_after_the_conversion_stand_against_bytes_and_latencies():
    drawings = SECTION.drawings(_numbers(deployment_sweep()))
    assert [(one.name, one.kind) for one in drawings] == [
        ("bytes", "measured"), ("latency-1", "measured"), ("latency-256", "measured")]  # fmt: skip
    lines = _lines(drawings[0])
    assert list(lines["one_shot, int8"].x) == pytest.approx([4400 * 0.33, 4400 * 0.27])
    assert list(lines["one_shot, int8"].y) == pytest.approx([89.3, 87.8])
    assert list(_lines(drawings[1])["one_shot, csr"].x) == pytest.approx([3.2e-4, 8e-5])
    assert not any("bitmask" in line.name for line in drawings[1].figure.data if line.x[0] is not None)


def test_a_format_has_one_mark_and_a_series_one_colour():
    data = SECTION.drawings(_numbers(deployment_sweep(methods=("one_shot", "wanda"))))[0].figure.data
    lines = [line for line in data if ", " in line.name]
    marks = {(line.name.partition(", ")[2], line.marker.symbol) for line in lines}
    assert len(marks) == len({form for form, _ in marks}) == len({mark for _, mark in marks}) == 5
    assert len({(line.name.partition(", ")[0], line.line.color) for line in lines}) == 3
    assert [line.name for line in data if line.showlegend is not False] == [
        "dense", "one_shot", "wanda", "as dense", "as bitmask", "as csr", "as int8", "as onnx"]  # fmt: skip


def test_the_front_always_has_the_dense_network_as_a_dense_file():
    """onnx is as good in less time than `dense`, and takes as many bytes."""
    for panel in _numbers(deployment_sweep()).panels:
        labels = [member.cell.series.label for member in panel.front]
        assert "dense, dense" in labels and "dense, int8" in labels
        assert [member.price for member in panel.front] == sorted(member.price for member in panel.front)


def test_mcnemar_is_told_to_be_missing_where_it_would_stand():
    assert "McNemar's exact test would compare" in SECTION.computed(_numbers(deployment_sweep()))
    (run,) = pruned(ONE_SHOT, [0.8])
    assert "McNemar" not in SECTION.computed(_numbers([*dense([0.9]), deployed(run, csr__bytes=100)]))


def test_the_caption_is_short_and_tells_measured_from_counted():
    caption = SECTION.caption(_timed(deployment_sweep()))
    assert "Measured on converted networks (n = 1)" in caption and "By arithmetic" in caption
    assert len(caption.split()) <= 60


def test_an_outcome_of_which_less_is_better_is_told_in_its_unit():
    """Squared errors as `squared` makes them of accuracies; converted, 2 more."""
    runs = [deployed(run, int8__bytes=100, int8__test_squared_error=run.metrics["final/test_squared_error"] + 2)
            for run in squared(deployment_sweep())]  # fmt: skip
    numbers = _numbers(runs)
    table = SECTION.tables(numbers)[0]
    (row, *_) = [row for row in _rows(table) if row["Format"] == "int8"]
    assert row["Change [squared units]"] == "+2"
    assert "accuracy" not in " ".join(SECTION.text(numbers))
